"""A sync under way, as the manager's page tells it, and what is said when it was cut."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from lms.learners import register_learner
from offline_pack import jobs
from offline_pack.models import CentreLink, Job, JobState
from offline_pack.sync.errors import CentreUnreachableError
from offline_pack.sync.exchange import exchange

PAGE = "/centre/synchroniser/"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def state_of(manager, job):
    return manager.get(reverse("yelen_offline_pack:sync_state", args=[job.pk])).json()


def test_the_progress_is_told_in_results_and_in_time(manager, link):
    job = Job.objects.create(kind="sync", state=JobState.RUNNING, bytes_done=3, bytes_total=12)
    slow = Job.objects.create(
        kind="sync", state=JobState.RUNNING, bytes_done=500, bytes_total=6000, bytes_per_second=50
    )

    assert state_of(manager, job)["percent"] == 25
    assert state_of(manager, job)["words"] == "3 of 12 results sent"
    assert state_of(manager, slow)["words"] == "500 of 6000 results sent – about 2 min left"


def test_while_it_runs_one_number_alone_says_what_is_left(manager, link):
    register_learner("Awa", telecentre=link.telecentre)
    Job.objects.create(kind="sync", state=JobState.RUNNING, bytes_done=1, bytes_total=2)

    page = manager.get(PAGE).content.decode()
    tile = manager.get("/centre/").content.decode()

    assert "1 of 2 results sent" in page
    assert "to send" not in page
    assert "you may leave this page" in page
    assert "Synchronisation under way" in tile


def test_how_many_wait_is_known_before_the_first_ones_arrive(link):
    register_learner("Awa", telecentre=link.telecentre)
    told = []

    class Nobody:
        address = link.address

        def send_batch(self, _body, *, centre):
            raise CentreUnreachableError(self.address, reason="no answer in time")

    with pytest.raises(CentreUnreachableError):
        exchange(link, Nobody(), progress=lambda *numbers: told.append(numbers))

    assert told == [(0, 1)]


def test_after_a_cut_the_page_says_what_had_arrived_and_what_waits(manager, link, monkeypatch):
    def cut(_params, progress):
        for done in (0, 500, 1000):  # at once: not each of them is written down
            progress(done, 6000)
        raise CentreUnreachableError(link.address, reason="reset")

    monkeypatch.setitem(jobs._kinds, "sync", cut)
    job = Job.objects.create(kind="sync")
    CentreLink.objects.update(last_error="CentreUnreachableError", error_facts={"address": "x"})
    register_learner("Awa", telecentre=link.telecentre)

    jobs.run_job(job.pk)

    page = manager.get(PAGE).content.decode()
    assert "1000 results reached the centre before; they are not sent again." in page
    assert "1 result to send" in page
    assert "Synchronise now" in page

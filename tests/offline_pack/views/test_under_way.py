"""An installation under way, as the manager's pages tell it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from offline_pack import jobs
from offline_pack.models import Job, JobState
from tests.offline_pack.views.test_packs import PAGE, manager, packs_on, posted, run_jobs, stick

__all__ = ["manager", "stick"]  # fixtures
pytestmark = pytest.mark.django_db


def test_a_second_press_finds_the_same_job(manager, stick):
    first = posted(manager, "install", place="usb", name="cours.pack")
    second = posted(manager, "install", place="usb", name="cours.pack")

    assert second.context["job"] == first.context["job"]
    assert Job.objects.count() == 1


def test_a_poll_tells_how_far_it_is(manager, stick):
    job = posted(manager, "install", place="usb", name="cours.pack").context["job"]
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, bytes_done=40_000_000, bytes_total=160_000_000
    )

    told = manager.get(reverse("yelen_offline_pack:job_state", args=[job.pk])).json()

    assert (told["percent"], told["is_finished"], told["state"]) == (25, False, "running")
    assert "25" in told["words"]


def test_a_pack_being_installed_is_not_offered_again(manager, stick):
    shown = posted(manager, "install", place="usb", name="cours.pack")
    page = manager.get(PAGE)
    run_jobs()
    after = manager.get(PAGE)

    (found,) = packs_on(page)
    assert (found.job, found.can_install) == (shown.context["job"].pk, False)
    assert reverse("yelen_offline_pack:install") not in page.content.decode()
    assert reverse("yelen_offline_pack:job", args=[found.job]) in page.content.decode()
    assert packs_on(after)[0].is_installed


def test_the_tile_says_that_an_installation_is_under_way(manager, stick, settings):
    settings.YELEN_ROLE = "telecentre"
    before = manager.get("/centre/", headers={"Accept-Language": "en"}).content.decode()
    posted(manager, "install", place="usb", name="cours.pack")
    page = manager.get("/centre/", headers={"Accept-Language": "en"}).content.decode()

    assert "Installation under way" not in before
    assert "Installation under way" in page


def test_a_worker_that_died_leaves_a_page_that_says_it_starts_again(manager, stick):
    shown = posted(manager, "install", place="usb", name="cours.pack")
    job = shown.context["job"]
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, bytes_done=9, bytes_total=10)
    dead = manager.get(reverse("yelen_offline_pack:job", args=[job.pk])).context["words"]

    Job.objects.filter(pk=job.pk).update(host=jobs.platform.node())
    jobs.restart_unfinished_jobs()
    taken_up = manager.get(reverse("yelen_offline_pack:job_state", args=[job.pk])).json()
    run_jobs()
    done = manager.get(reverse("yelen_offline_pack:job", args=[job.pk])).context["words"]

    assert (dead.percent, dead.is_finished) == (90, False)
    assert (taken_up["percent"], taken_up["is_finished"]) == (0, False)
    assert done.state == JobState.DONE

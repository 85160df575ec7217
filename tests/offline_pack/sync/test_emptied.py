"""A list on which nobody is left: nothing happens before a person says that it is right."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from lms.models import Learner
from offline_pack import jobs, syncing
from offline_pack.models import CentreLink, Job
from offline_pack.sync.applying import apply_news
from tests.factories import make_staff
from tests.offline_pack.box.boxes import put_answer
from tests.offline_pack.sync.test_roster import person, roster

PAGE = "/centre/synchroniser/liste-vide/"
ACCEPT = f"{PAGE}accepter/"
EMPTY = roster(version=2)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def refused(link):
    """Awa is here, and the centre's next list names nobody."""
    apply_news(link, (roster(person("Awa")),))
    CentreLink.objects.update(last_error="EmptyRosterError", error_facts={"held": 1})
    return link


@pytest.fixture
def plugged(settings, tmp_path):
    settings.YELEN_USB_DIR = tmp_path
    return tmp_path


def are_left():
    return Learner.objects.active().exists()


def test_the_manager_is_told_what_it_means_and_nothing_is_done_yet(manager, refused, settings):
    settings.YELEN_USB_DIR = settings.YELEN_DATA_DIR / "no stick"
    sync = manager.get("/centre/synchroniser/").content.decode()
    page = manager.get(PAGE).content.decode()

    assert f'href="{PAGE}"' in sync
    assert "Call the centre first." in page
    assert "1 learner here cannot sign in any more." in page
    assert "Accept what is on the stick" not in page
    assert are_left()
    assert not Job.objects.exists()


def test_accepting_is_a_sync_that_insists_and_the_next_one_does_not(manager, refused, monkeypatch):
    insisted = []

    def exchange(link, _centre, *, accept_empty_roster, **_options):
        insisted.append(accept_empty_roster)
        apply_news(link, (EMPTY,), accept_empty_roster=accept_empty_roster)
        return syncing.Exchanged(received=1)

    monkeypatch.setattr(syncing, "exchange", exchange)
    manager.post(ACCEPT)
    jobs.run_job(Job.objects.get().pk)
    syncing.ask_for_sync()
    jobs.run_job(Job.objects.unfinished().get().pk)

    assert insisted == [True, False]
    assert not are_left()
    assert CentreLink.objects.get().last_error == ""


def test_accepting_while_a_sync_is_under_way_is_said_to_have_done_nothing(manager, refused):
    Job.objects.create(kind="sync")

    page = manager.post(ACCEPT, follow=True).content.decode()

    assert "A synchronisation is under way already." in page
    assert Job.objects.get().params == {}


def test_a_list_on_a_stick_is_refused_and_accepted_in_the_same_way(manager, refused, plugged):
    CentreLink.objects.update(last_error="", error_facts={}, address="")
    put_answer(plugged, down=(EMPTY,))
    read = reverse("yelen_offline_pack:sync_stick_read")

    told = manager.post(read, follow=True).content.decode()
    kept, page = are_left(), manager.get(PAGE).content.decode()
    manager.post(ACCEPT, {"way": "stick"})

    assert "The centre sent an empty list of learners" in told
    assert kept
    assert "Accept what is on the stick" in page
    assert "Accept and synchronise" not in page
    assert not are_left()
    assert not Job.objects.exists()


def test_without_a_stick_it_says_so(manager, refused, settings):
    settings.YELEN_USB_DIR = settings.YELEN_DATA_DIR / "no stick"

    page = manager.post(ACCEPT, {"way": "stick"}, follow=True).content.decode()

    assert "No stick is plugged into this computer." in page
    assert are_left()


def test_where_no_list_was_refused_nothing_can_be_accepted(manager, link, plugged):
    apply_news(link, (roster(person("Awa")),))
    put_answer(plugged, down=(EMPTY,))

    answers = [manager.get(PAGE), manager.post(ACCEPT), manager.post(ACCEPT, {"way": "stick"})]

    assert {answer.status_code for answer in answers} == {302}
    assert are_left()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("role", "status", "jobs_made"),
    [
        ("manager", 200, 1),
        ("coordinator", 200, 1),
        ("trainer", 403, 0),
        ("learner", 403, 0),
        ("", 302, 0),
    ],
)
def test_who_runs_the_telecentre_decides(
    client, at_telecentre, refused, django_user_model, role, status, jobs_made
):
    if role == "learner":
        client.force_login(
            django_user_model.objects.create_user("awa"), backend="lms.backends.LearnerBackend"
        )
    elif role:
        client.force_login(make_staff(role), backend="lms.backends.LearnerBackend")

    shown, done = client.get(PAGE), client.post(ACCEPT)

    assert shown.status_code == status
    assert done.status_code == (status if status == 403 else 302)
    assert Job.objects.count() == jobs_made
    assert are_left()


def test_the_centre_has_no_such_page(client, refused):
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")

    assert client.get(PAGE).status_code == client.post(ACCEPT).status_code == 404

"""The pages about sync: who may see them, what they say, what their buttons do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from lms.models import Device
from offline_pack.models import CentreLink, DeviceContact, Job, JobState, PairingCode, SyncPlan
from offline_pack.sync.errors import CentreUnreachableError
from offline_pack.sync.planning import note_success
from offline_pack.telecentres.stolen import revoke_device
from tests.factories import make_learner, make_staff, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice, post

PAGE = "/centre/synchroniser/"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_the_page_of_a_telecentre_not_paired_asks_for_a_code(manager):
    page = manager.get(PAGE).content.decode()

    assert "Pair with the centre" in page
    assert "Synchronise now" not in page


def test_the_page_says_what_waits_and_when_it_last_worked(manager, link, learner):
    from lms.enrolling import enrol  # noqa: F401 - any fact will do
    from lms.learners import register_learner

    register_learner("Awa", telecentre=link.telecentre)

    page = manager.get(PAGE).content.decode()

    assert "1 result to send (2 KB)" in page
    assert "Never synchronised yet" in page
    assert "Synchronise now" in page


@pytest.mark.parametrize("is_under_way", [True, False])
def test_just_after_pairing_nothing_contradicts_itself(manager, link, is_under_way):
    if is_under_way:
        Job.objects.create(kind="sync")

    page = manager.get(PAGE).content.decode()

    said = "First synchronisation under way" if is_under_way else "Not synchronised yet"
    assert said in page
    assert "Everything is sent" not in page
    assert "Never synchronised yet" not in page


def test_a_clock_that_is_not_sure_is_told_with_the_way_to_set_it(manager, link, settings):
    settings.YELEN_CLOCK_QUALITY = 0
    unsure = manager.get(PAGE).content.decode()
    settings.YELEN_CLOCK_QUALITY = 3
    sure = manager.get(PAGE).content.decode()

    assert "The date of this server is not sure" in unsure
    assert f'href="{reverse("yelen_offline_pack:clock")}"' in unsure
    assert "The date of this server is not sure" not in sure


def test_keys_from_an_old_backup_are_told_until_when_they_are_good(manager, link):
    CentreLink.objects.update(key_until=datetime(2027, 5, 4, tzinfo=UTC))

    page = manager.get(PAGE).content.decode()

    assert "The centre takes them until 4 May 2027" in page


def test_a_centre_met_by_stick_alone_offers_no_network(manager, link):
    CentreLink.objects.update(address="")

    page = manager.get(PAGE).content.decode()

    assert "by USB stick" in page
    assert "Synchronise now" not in page
    assert "How often" not in page


def test_the_tile_says_the_same_as_the_page(manager, link):
    fresh = manager.get("/centre/").content.decode()
    link.telecentre.last_synced_at = timezone.now()
    link.telecentre.save()
    synced = manager.get("/centre/").content.decode()
    CentreLink.objects.update(last_error="CentreBusyError")
    failed = manager.get("/centre/").content.decode()

    assert "Not synchronised yet" in fresh
    assert "Everything is sent" in synced
    assert "The last try failed" in failed


def test_the_page_says_what_went_wrong_and_what_to_do(manager, link):
    CentreLink.objects.update(
        last_error="CentreUnreachableError",
        error_facts={"address": "https://centre.example.org", "reason": "no answer in time"},
    )

    page = manager.get(PAGE).content.decode()

    assert "The centre cannot be reached" in page
    assert "Nothing is lost" in page


def test_the_button_starts_one_job_and_not_two(manager, link):
    manager.post(reverse("yelen_offline_pack:sync_start"))
    answer = manager.post(reverse("yelen_offline_pack:sync_start"), follow=True)

    job = Job.objects.get()
    assert (job.kind, job.state) == ("sync", JobState.WAITING)
    assert "Waiting to start" in answer.content.decode()


def test_the_manager_chooses_how_often_and_the_page_says_when_next(manager, link):
    answer = manager.post(
        reverse("yelen_offline_pack:sync_rhythm"), {"rhythm": "off"}, follow=True
    ).content.decode()
    refused = manager.post(reverse("yelen_offline_pack:sync_rhythm"), {"rhythm": "x"})

    assert SyncPlan.objects.get().rhythm == "off"
    assert "Your choice is kept" in answer
    assert "Only when you press the button" in answer
    assert refused.status_code == 400


def test_after_a_sync_the_page_says_what_was_sent_and_when_it_tries_again(manager, link):
    note_success(sent=12)

    page = manager.get(PAGE).content.decode()

    assert "12 results sent then" in page
    assert "Next: in about 6 hours, if this machine stays on" in page


def test_a_pairing_that_fails_comes_back_with_the_reason(manager, monkeypatch):
    def unreachable(address, code):
        raise CentreUnreachableError(address, reason="unknown name")

    monkeypatch.setattr("offline_pack.views.sync.pair", unreachable)

    page = manager.post(
        reverse("yelen_offline_pack:sync_pair"), {"centre": "x.example", "code": "K7QF-3MZD-P2WX"}
    ).content.decode()

    assert "The centre cannot be reached (x.example)" in page
    assert 'value="x.example"' in page
    assert not Job.objects.exists()


def test_a_pairing_that_works_starts_the_first_sync(manager, monkeypatch, link):
    monkeypatch.setattr("offline_pack.views.sync.pair", lambda *_: link)

    answer = manager.post(
        reverse("yelen_offline_pack:sync_pair"), {"centre": "x.example", "code": "K7QF-3MZD-P2WX"}
    )

    assert answer.status_code == 302
    assert Job.objects.get().kind == "sync"


@pytest.mark.parametrize("role", ["trainer", ""])
def test_who_runs_no_telecentre_is_kept_out(client, at_telecentre, role):
    if role:
        client.force_login(make_staff(role), backend="lms.backends.LearnerBackend")

    answers = [client.get(PAGE), client.post(reverse("yelen_offline_pack:sync_start"))]

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert not Job.objects.exists()


def test_the_centre_has_no_such_page(client, telecentre):
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")

    assert client.get(PAGE).status_code == 404


@pytest.fixture
def operator(client, db):
    user = make_staff("coordinator")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    return client


def test_the_operator_sees_telecentres_devices_and_what_was_set_aside(operator, device):
    device.lines.append(b"{")
    post(device.body(), key=device.key)

    listed = operator.get(reverse("yelen_telecentres")).content.decode()
    shown = operator.get(reverse("yelen_telecentre", args=[device.telecentre.pk]))

    assert device.telecentre.name in listed
    assert "unreadable" in shown.content.decode()
    assert str(device.id) in shown.content.decode()


def test_the_list_says_how_many_need_a_look_and_the_page_what_to_do(operator, device, settings):
    settings.LANGUAGE_CODE = "en"
    DeviceContact.objects.create(device=device.row, trouble="trust")
    gone = RemoteDevice(make_telecentre(slug="a", name="A")).registered()
    revoke_device(gone.id)

    listed = operator.get(reverse("yelen_telecentres")).content.decode()
    shown = operator.get(reverse("yelen_telecentre", args=[device.telecentre.pk])).content.decode()

    assert "1 telecentre needs a look." in listed
    assert "1 withdrawn" in listed
    assert "It does not believe the centre&#x27;s keys" in listed
    assert "Send it a pack or a trust file" not in listed
    assert "Send it a pack or a trust file" in shown


def test_the_list_costs_as_many_queries_for_three_as_for_one(operator, device):
    operator.get(reverse("yelen_telecentres"))
    costs = []
    for more in (0, 2):
        for number in range(more):
            RemoteDevice(make_telecentre(slug=f"t{number}", name=f"T{number}")).registered()
        with CaptureQueriesContext(connection) as queries:
            operator.get(reverse("yelen_telecentres"))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_code_is_shown_once(operator, telecentre):
    answer = operator.post(reverse("yelen_pairing_code", args=[telecentre.pk]))
    again = operator.get(reverse("yelen_telecentre", args=[telecentre.pk]))

    lookup = PairingCode.objects.get().lookup
    assert f"<code>{lookup}-" in answer.content.decode()
    assert f"<code>{lookup}-" not in again.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_withdrawn_device_is_refused_from_then_on(operator, device, learner):
    operator.post(reverse("yelen_device_revoke", args=[device.id]))

    device.records(learner.pk)
    told = post(device.body(), key=device.key)

    assert (told.status, told.document) == (403, {"code": "revoked"})


@pytest.mark.parametrize("role", ["trainer", "manager"])
def test_only_who_runs_the_network_deals_with_devices(client, device, role):
    user = make_staff(role)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")

    answers = [
        client.get(reverse("yelen_telecentres")),
        client.post(reverse("yelen_pairing_code", args=[device.telecentre.pk])),
        client.post(reverse("yelen_device_revoke", args=[device.id])),
        client.post(reverse("yelen_device_reinstate", args=[device.id])),
    ]

    assert all(answer.status_code in (302, 403) for answer in answers)
    assert not PairingCode.objects.exists()
    assert Device.objects.get(pk=device.id).revoked_at is None


def test_the_number_of_learners_does_not_matter_to_the_page(manager, link):
    costs = []
    for more in (1, 2):
        for _ in range(more):
            make_learner(telecentre=link.telecentre)
        with CaptureQueriesContext(connection) as queries:
            manager.get(PAGE)
        costs.append(len(queries))

    assert costs[0] == costs[1]

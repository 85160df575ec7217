"""The screens for boxes: who may use them, what they say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from lms.models import Statement
from lms.recording import own_device
from offline_pack.box.asks import ASK
from offline_pack.box.names import BOX, OUT, answer_path
from tests.factories import make_staff
from tests.offline_pack.box.boxes import (
    ANSWERED_AT,
    cursor,
    new_identity,
    put_answer,
    put_box,
)
from tests.offline_pack.sync.devices import RemoteDevice

PAGE = "/centre/synchroniser/"
WRITE, READ = f"{PAGE}cle/ecrire/", f"{PAGE}cle/lire/"

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def link(settings, link):
    settings.YELEN_ROLE = "telecentre"
    return link


def signed_in(client, role):
    user = make_staff(role)
    if role != "manager":  # as their groups at the centre give it
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    return client


def test_the_manager_saves_onto_the_stick_and_is_told_when_to_pull_it(client, link, plugged):
    manager = signed_in(client, "manager")

    page = manager.post(WRITE, follow=True).content.decode()

    said = "No result waits: the stick only asks the centre for news. You may pull out the stick."
    assert said in page
    assert len(list((plugged / "YELEN-OUT").iterdir())) == 1


def test_without_an_answer_the_manager_is_told_what_to_do(client, link, plugged):
    page = signed_in(client, "manager").post(READ, follow=True).content.decode()

    assert "There is nothing for this server on the stick." in page


def test_a_damaged_answer_is_to_be_written_by_the_centre_again(client, link, plugged):
    (plugged / "YELEN-IN").mkdir()
    answer_path(plugged, own_device().pk).write_bytes(b"cut")

    page = signed_in(client, "manager").post(READ, follow=True).content.decode()

    assert "Have it written onto the stick again, where it comes from." in page


def test_who_read_an_answer_is_told_what_to_do_next(client, link, plugged, record):
    manager = signed_in(client, "manager")
    record(2)
    put_answer(plugged, cursor(2))
    nothing_waits = manager.post(READ, follow=True).content.decode()
    record(1)
    put_answer(plugged, cursor(2), at=ANSWERED_AT + 1000)

    one_waits = manager.post(READ, follow=True).content.decode()

    assert "The centre received 2 results. You may pull out the stick." in nothing_waits
    assert "1 result waits: save it onto the stick, and take it to the centre." in one_waits
    assert "once more" not in one_waits
    assert "You may pull out the stick." not in one_waits


@pytest.mark.parametrize(
    "told",
    [
        {"stored": 1},  # put back from a copy
        {"stored": 5, "chain_hash": b"\1" * 32, "seen": [2, "01" * 8]},  # and a clone spoke first
        {"stored": 2, "chain_hash": b"\1" * 32},
    ],
)
def test_who_has_to_send_again_is_told_that_nothing_is_lost(client, link, plugged, record, told):
    manager = signed_in(client, "manager")
    record(2)
    put_answer(plugged, cursor(2))
    manager.post(READ)
    put_answer(plugged, cursor(**told), at=ANSWERED_AT + 1000)

    page = manager.post(READ, follow=True).content.decode()

    assert "It asks for results once more. Nothing is lost." in page
    assert "save" in page.split("Nothing is lost.")[1].split("</p>")[0]


def test_an_answer_for_another_telecentre_is_said_so(client, link, plugged):
    (plugged / "YELEN-IN").mkdir()
    (plugged / "YELEN-IN" / f"{'0' * 32}.yelenack").write_bytes(b"sealed")

    page = signed_in(client, "manager").post(READ, follow=True).content.decode()

    assert "The answer on this stick is for another telecentre." in page
    assert "Look for the right stick" in page


def test_a_box_for_another_centre_is_said_so_and_the_others_are_taken(client, device, plugged):
    put_box(plugged, device, recipients=[str(new_identity().to_public())])
    put_box(plugged, device)

    page = signed_in(client, "coordinator").post(reverse("yelen_boxes")).content.decode()

    assert "It was sealed for another centre. Send it there." in page
    assert "No answer is on it: pair the telecentre again" in page
    assert Statement.objects.count() == 4


def test_without_a_stick_there_is_no_button_and_no_promise(client, link, settings, tmp_path):
    settings.YELEN_USB_DIR = tmp_path / "nothing"
    manager = signed_in(client, "manager")

    page = manager.get(PAGE).content.decode()
    answer = manager.post(WRITE, follow=True).content.decode()

    assert "Save onto the stick" not in page
    assert "No stick is plugged into this computer." in answer


@pytest.mark.parametrize("address", [WRITE, READ])
@pytest.mark.parametrize("role", ["trainer", None])
def test_others_may_not_use_the_stick(client, link, plugged, role, address):
    if role:
        signed_in(client, role)

    answer = client.post(address)

    assert answer.status_code in (302, 403)
    assert answer.get("Location", "").endswith("synchroniser/") is False
    assert list(plugged.iterdir()) == []


@pytest.mark.parametrize("address", [WRITE, READ])
def test_a_look_writes_nothing(client, link, plugged, address):
    assert signed_in(client, "manager").get(address).status_code == 405
    assert list(plugged.iterdir()) == []


def test_the_coordinator_receives_boxes_and_reads_what_became_of_each(client, device, plugged):
    mine = new_identity()
    put_box(plugged, device, device.body(age=str(mine.to_public())))
    stranger = RemoteDevice(device.telecentre)
    put_box(plugged, stranger)
    (plugged / "YELEN-OUT" / "z.yelenbox").write_bytes(b"damaged")
    coordinator = signed_in(client, "coordinator")

    before = coordinator.get(reverse("yelen_boxes")).content.decode()
    page = coordinator.post(reverse("yelen_boxes")).content.decode()

    assert "3 boxes are on the stick." in before
    assert "never paired with this centre" in page
    assert "z.yelenbox is damaged" in page
    assert "1 answer is on it, checked." in page
    assert Statement.objects.count() == 4
    assert (plugged / "YELEN-IN" / f"{device.id.hex}.yelenack").exists()


def test_nobody_is_sent_back_with_a_stick_that_holds_no_answer(client, db, plugged):
    (plugged / "YELEN-OUT").mkdir()
    (plugged / "YELEN-OUT" / "z.yelenbox").write_bytes(b"damaged")

    page = signed_in(client, "coordinator").post(reverse("yelen_boxes")).content.decode()

    assert "No answer is on it: no box could be used." in page
    assert "Bring" not in page.partition("help-block")[2].partition("</table>")[0]


def test_an_answer_that_cannot_be_written_does_not_hide_what_was_taken(client, device, plugged):
    put_box(plugged, device, device.body(age=str(new_identity().to_public())))
    (plugged / "YELEN-IN").write_text("a file where the folder should be")

    page = signed_in(client, "coordinator").post(reverse("yelen_boxes")).content.decode()

    assert "The stick refused to write" in page
    assert device.telecentre.name in page
    assert "You may pull out" not in page
    assert Statement.objects.count() == 4


@pytest.mark.parametrize("role", ["trainer", "manager"])
def test_only_whoever_runs_the_network_receives_boxes(client, device, plugged, role):
    put_box(plugged, device)

    answer = signed_in(client, role).post(reverse("yelen_boxes"))

    assert answer.status_code in (302, 403)
    assert Statement.objects.count() == 0


@pytest.mark.parametrize("page", ["yelen_boxes", "yelen_requests_read"])
def test_a_name_that_is_no_text_does_not_spoil_the_page(client, device, plugged, page):
    put_box(plugged, device)
    for ending in (BOX, ASK):
        Path(os.fsdecode(os.fsencode(plugged / OUT) + b"/bo\xeete" + ending.encode())).touch()

    shown = signed_in(client, "coordinator").post(reverse(page), follow=True).content.decode()

    assert "bo\N{REPLACEMENT CHARACTER}te" in shown

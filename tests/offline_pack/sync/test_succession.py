"""At the centre: a device brings in new keys by its old ones, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyrage
import pytest
from django.utils import timezone

from lms.models import Statement
from offline_pack.format.signing import SigningKey
from offline_pack.models import DeviceKey
from offline_pack.pairing.codes import admit
from offline_pack.sync.rotation import offer_rotation
from offline_pack.sync.succession import OVERLAP, recipients_of
from offline_pack.telecentres.stolen import revoke_device
from tests.offline_pack.sync.devices import RemoteDevice, post


def new_age():
    return str(pyrage.x25519.Identity.generate().to_public())


@pytest.fixture
def new():
    return SigningKey.generate()


def rotation(device, new, *, age="", by=None, old=None, of=None):
    made = offer_rotation(
        new, age or new_age(), device=of or device.id, old=(old or device.key).key_id
    )
    if by:
        forged = offer_rotation(by, made.age, device=device.id, old=device.key.key_id)
        made = replace(made, proof=forged.proof)
    return made


def test_a_new_key_is_taken_and_the_old_one_lives_for_a_year(device, new, learner):
    device.records(learner.pk)
    age = new_age()

    told = post(device.body(rotate=rotation(device, new, age=age)), key=device.key)

    old_row = DeviceKey.objects.get(pk=device.key.key_id)
    new_row = DeviceKey.objects.get(pk=new.key_id)
    assert told.document["next"] == new.key_id
    assert told.document["stored"] == 1
    assert told.document["key"]["until"] == int(old_row.expires_at.timestamp() * 1000)
    assert (new_row.device_id, new_row.age, new_row.expires_at) == (device.id, age, None)
    assert abs(old_row.expires_at - timezone.now() - OVERLAP) < timedelta(minutes=1)


def test_both_keys_work_until_the_old_one_ends(device, new, learner):
    post(device.body(rotate=rotation(device, new)), key=device.key)
    device.records(learner.pk)

    by_new = post(device.body(), key=new)
    by_old = post(device.body(), key=device.key)
    DeviceKey.objects.filter(pk=device.key.key_id).update(expires_at=timezone.now())
    ended = post(device.body(), key=device.key)

    assert (by_new.status, by_old.status) == (200, 200)
    assert "until" not in by_new.document["key"]
    assert (ended.status, ended.document) == (401, {"code": "unknown_device"})
    assert Statement.objects.count() == 1


def test_a_lost_answer_is_given_again_and_ends_nothing_later(device, new):
    wanted = rotation(device, new)
    first = post(device.body(rotate=wanted), key=device.key).document
    second = post(device.body(rotate=wanted), key=device.key).document

    assert first["next"] == second["next"] == new.key_id
    assert first["key"] == second["key"]
    assert DeviceKey.objects.count() == 2


def test_a_key_that_another_took_the_place_of_brings_in_no_third_one(device, new):
    post(device.body(rotate=rotation(device, new)), key=device.key)

    told = post(device.body(rotate=rotation(device, SigningKey.generate())), key=device.key)

    assert told.status == 200
    assert "next" not in told.document
    assert DeviceKey.objects.count() == 2


def test_a_new_key_must_be_held_by_whoever_offers_it(device, new):
    forged = rotation(device, new, by=SigningKey.generate())

    told = post(device.body(rotate=forged), key=device.key)

    assert "next" not in told.document
    assert DeviceKey.objects.count() == 1


def test_anothers_key_does_not_become_ones_own(device):
    other = RemoteDevice(device.telecentre).registered()

    told = post(device.body(rotate=rotation(device, other.key)), key=device.key)

    assert "next" not in told.document
    assert DeviceKey.objects.get(pk=other.key.key_id).device_id == other.id


def test_a_rotation_of_another_device_or_key_cannot_be_replayed(device, new):
    other = RemoteDevice(device.telecentre).registered()
    for wanted in (
        rotation(device, new, of=other.id),
        rotation(device, new, old=other.key),
    ):
        told = post(device.body(rotate=wanted), key=device.key)
        assert "next" not in told.document


def test_a_stolen_device_cannot_change_its_keys(device, new):
    revoke_device(device.id)

    told = post(device.body(rotate=rotation(device, new)), key=device.key)

    assert (told.status, told.document) == (403, {"code": "revoked"})
    assert DeviceKey.objects.count() == 1


def test_keys_brought_in_before_a_theft_was_reported_go_with_it(device, new):
    post(device.body(rotate=rotation(device, new)), key=device.key)
    revoke_device(device.id)

    answers = [post(device.body(), key=key).document for key in (device.key, new)]

    assert answers == [{"code": "revoked"}] * 2


def test_answers_on_a_stick_are_sealed_for_every_key_that_lives(device, new):
    first, second = new_age(), new_age()
    post(device.body(age=first, rotate=rotation(device, new, age=second)), key=device.key)
    post(device.body(age=second), key=new)

    assert set(recipients_of(device.row)) == {first, second}
    DeviceKey.objects.filter(pk=device.key.key_id).update(expires_at=timezone.now())
    assert recipients_of(device.row) == [second]


def test_pairing_anew_gives_an_ended_key_its_life_back(device, new):
    post(device.body(rotate=rotation(device, new)), key=device.key)
    row = DeviceKey.objects.get(pk=device.key.key_id)

    admit({"device": device.id.hex, "proto": [1]}, row.verifying_key(), device.telecentre)

    row.refresh_from_db()
    assert (row.expires_at, row.successor) == (None, "")


def test_the_answer_tells_since_when_a_key_is_known(device):
    told = post(device.body(), key=device.key).document["key"]

    since = DeviceKey.objects.get().paired_at
    assert told == {"id": device.key.key_id, "since": int(since.timestamp() * 1000)}

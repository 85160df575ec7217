"""Pairing by approval at the centre: what is taken, who is let in, what the offer says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.models import Device
from offline_pack.box.errors import BoxDamagedError, BoxNotFoundError
from offline_pack.fingerprints import device_digest, words_of
from offline_pack.format.signing import SYNC, SigningKey
from offline_pack.models import AskedBy, DeviceContact, DeviceKey, PairingRequest
from offline_pack.pairing.admitting import (
    MOST_WAITING,
    approve,
    approved_by_stick,
    offer_for,
    refuse,
    take_ask,
    take_asks,
    write_offers,
)
from offline_pack.sync.envelope import decode_answer
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.signing import request_payload, sign_request
from offline_pack.telecentres.stolen import revoke_device
from offline_pack.trust.keys import own_key
from tests.factories import make_telecentre
from tests.offline_pack.box.asking import Asker

ASK = "/sync/v1/ask"


@pytest.fixture
def asker():
    return Asker()


def taken(asker, **changes):
    return take_ask(asker.data(**changes), way=AskedBy.STICK, name="x")


def over_network(asker):
    data = asker.data()
    response = Client().post(
        ASK,
        data=data,
        content_type="application/vnd.yelen.ask",
        HTTP_AUTHORIZATION=sign_request(asker.key, request_payload("POST", ASK, data)),
    )
    return response.status_code, decode_answer(response.content)


def test_a_request_from_a_stick_waits_and_shows_the_words_of_its_keys(db, asker, stick):
    asker.puts_on(stick)

    result = take_asks(stick)

    row = PairingRequest.objects.get()
    assert result.requests == [row]
    assert row.words == words_of(device_digest(asker.key.public.hex(), asker.age))
    assert (row.device, row.name, row.decided_at) == (asker.device, "boitier", None)
    assert not Device.objects.exists()


def test_an_approved_device_is_known_and_its_offer_fits_it_alone(asker, telecentre, stick):
    row = taken(asker)

    approve(row, telecentre=telecentre)
    row.refresh_from_db()
    (name,) = write_offers(stick, [row])

    offer = asker.opens((stick / "YELEN-IN" / name).read_bytes())
    assert name == f"{asker.device.hex}.yelenoffer"
    assert offer["telecentre"]["id"] == telecentre.pk.hex
    assert offer["sync_key"] == own_key(SYNC).public.hex()
    assert offer["request"] == row.digest
    assert [item["kind"] for item in offer["down"]] == ["roster"]
    assert Device.objects.get().telecentre == telecentre
    assert DeviceKey.objects.get().key_id == asker.key.key_id
    assert DeviceContact.objects.get().age == asker.age


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "text", "other key", "deep"])
def test_a_damaged_request_is_refused_and_the_others_are_taken(db, asker, stick, harm):
    good = asker.data()
    bad = {
        "cut": good[: len(good) // 2],
        "flip": good[:300] + bytes([good[300] ^ 1]) + good[301:],
        "empty": b"",
        "text": b"hello\nworld",
        "other key": asker.data(key=SigningKey.generate().public.hex()),
        "deep": good.partition(b"\n")[0] + b"\n" + b"[" * 16000,
    }[harm]
    asker.puts_on(stick)
    Asker().puts_on(stick, bad)

    result = take_asks(stick)

    assert [row.pk for row in result.requests] == [asker.key.key_id]
    assert len(result.troubles) == 1


def test_a_stick_without_a_request_is_said_so(db, stick):
    with pytest.raises(BoxNotFoundError):
        take_asks(stick)


def test_a_later_request_of_a_device_takes_the_place_of_the_one_before(asker, telecentre):
    row = taken(asker)
    approve(row, telecentre=telecentre)
    asker.nonce = "11" * 16

    again = taken(asker)

    assert PairingRequest.objects.get() == again
    assert (again.decided_at, again.telecentre) == (None, None)


def test_a_withdrawn_device_is_refused_at_once_and_when_it_is_approved(asker, telecentre):
    device = approve(taken(asker), telecentre=telecentre)
    with_other_keys = taken(Asker(device=asker.device))
    revoke_device(device.pk)

    with pytest.raises(RefusalError, match="revoked"):
        taken(asker)
    with pytest.raises(RefusalError, match="revoked"):
        approve(with_other_keys, telecentre=telecentre)
    assert list(PairingRequest.objects.all()) == [with_other_keys]
    assert approved_by_stick() == []


def test_a_device_of_another_telecentre_cannot_be_taken_over(asker, telecentre):
    approve(taken(asker), telecentre=telecentre)
    thief = Asker(device=asker.device)

    with pytest.raises(RefusalError, match="other_device"):
        approve(taken(thief), telecentre=make_telecentre(slug="autre"))

    assert DeviceKey.objects.get().key_id == asker.key.key_id
    assert Device.objects.get().telecentre == telecentre


def test_a_device_that_lost_its_keys_comes_back_with_new_ones(asker, telecentre):
    approve(taken(asker), telecentre=telecentre)
    anew = Asker(device=asker.device)

    device = approve(taken(anew), telecentre=telecentre)

    assert device.pk == asker.device
    assert device.keys.count() == 2


def test_a_device_that_lost_its_database_gets_its_id_back(asker, telecentre):
    approve(taken(asker), telecentre=telecentre)
    before, asker.device = asker.device, Asker().device

    device = approve(row := taken(asker), telecentre=telecentre)

    row.refresh_from_db()
    assert device.pk == before
    assert asker.opens(offer_for(row))["device"] == before.hex
    assert Device.objects.count() == 1


def test_over_the_network_it_waits_and_then_gets_the_same_offer(asker, telecentre):
    first = over_network(asker)
    approve(PairingRequest.objects.get(), telecentre=telecentre)
    status, said = over_network(asker)

    assert first == (200, {"state": "waiting"})
    assert (status, said["state"]) == (200, "approved")
    assert asker.opens(bytes.fromhex(said["offer"]))["telecentre"]["slug"] == telecentre.slug


def test_who_was_refused_is_told_so_and_may_begin_anew(db, asker):
    over_network(asker)
    refuse(PairingRequest.objects.get())

    told = over_network(asker)
    asker.nonce = "11" * 16
    again = over_network(asker)

    assert told == (200, {"state": "refused"})
    assert again == (200, {"state": "waiting"})


def test_too_many_that_wait_are_turned_away_and_the_old_ones_forgotten(db, asker):
    for _ in range(MOST_WAITING):
        taken(Asker())

    status, said = over_network(asker)
    PairingRequest.objects.update(asked_at=timezone.now() - timedelta(days=31))
    later = over_network(asker)

    assert (status, said["code"]) == (503, "wait")
    assert later == (200, {"state": "waiting"})
    assert PairingRequest.objects.count() == 1


def test_what_is_no_request_is_refused_over_the_network(db, asker):
    asker.data = lambda: b"hello"

    status, said = over_network(asker)

    assert (status, said["code"]) == (400, "malformed")


def test_a_device_of_tomorrow_is_told_what_is_spoken_here(db, asker):
    with pytest.raises(RefusalError, match="protocol"):
        taken(asker, proto=[9])
    with pytest.raises(BoxDamagedError):
        taken(asker, kind="yelen-pairing/2")

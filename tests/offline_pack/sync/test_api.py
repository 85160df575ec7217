"""The doors of the centre: who may come in, what is refused and how, what it costs."""

from __future__ import annotations

import gzip
import sys

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.models import Statement
from offline_pack.format.signing import SigningKey
from offline_pack.models import DeviceContact, DeviceKey
from offline_pack.sync.envelope import MAX_BODY, MAX_RAW, encode_batch
from offline_pack.sync.signing import request_payload, sign_request
from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import BOX, RemoteDevice, post

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HAVE_NOTHING: dict = {}


def settled(device: RemoteDevice) -> dict:
    """``have`` after a first sync."""
    told = post(device.body(), key=device.key).document
    return {item["kind"]: (item["version"], item["digest"]) for item in told["down"]}


def test_a_batch_is_answered_with_the_cursor_and_what_is_new(device, learner):
    device.records(learner.pk)
    device.lines.append(b"{")

    told = post(device.body(), key=device.key)

    assert told.status == 200
    assert (told.document["stored"], told.document["durable"]) == (2, 0)
    assert told.document["rejected"] == [{"seq": 2, "code": "unreadable"}]
    assert [item["kind"] for item in told.document["down"]] == ["trust", "roster", "packs"]


def test_a_lost_answer_costs_nothing(device, learner):
    device.records(learner.pk)
    first = post(device.body(), key=device.key).document

    again = post(device.body(), key=device.key).document

    assert first | {"server_time": 0} == again | {"server_time": 0}
    assert Statement.objects.count() == 1


def test_gzip_is_accepted(device, learner):
    device.records(learner.pk)
    raw = zstd.decompress(device.body())

    told = post(gzip.compress(raw), key=device.key)

    assert told.document["stored"] == 1


def test_nothing_goes_down_while_facts_are_still_to_come(device, learner):
    device.records(learner.pk)
    device.records(learner.pk)

    told = post(device.body(1, 1), key=device.key)

    assert told.document["down"] == []


def test_what_the_telecentre_has_is_not_sent_again(device):
    have = settled(device)

    told = post(device.body(have=have), key=device.key)

    assert told.document["down"] == []


def test_a_sync_with_nothing_new_is_small(device):
    have = settled(device)
    body = device.body(have=have)

    response = Client().post(
        BOX,
        data=body,
        content_type="application/vnd.yelen.box",
        HTTP_AUTHORIZATION=sign_request(device.key, request_payload("POST", BOX, body)),
    )

    assert response.status_code == 200
    assert len(body) + len(response.content) < 800


def test_the_same_number_of_queries_with_one_learner_and_with_three(device, learner):
    have = settled(device)
    costs = []
    for more in (0, 2):
        for _ in range(more):
            make_learner(telecentre=device.telecentre)
        body = device.body(have=have)
        with CaptureQueriesContext(connection) as queries:
            told = post(body, key=device.key).document["down"]
        have |= {item["kind"]: (item["version"], item["digest"]) for item in told}
        if not more:
            costs.append(len(queries))
    with CaptureQueriesContext(connection) as queries:
        post(device.body(have=have), key=device.key)

    assert [len(queries)] == costs


def test_the_centre_notes_who_called_and_when(device, learner, telecentre):
    device.records(learner.pk)
    device.records(learner.pk)

    post(device.body(1, 1, software="1.2"), key=device.key)

    telecentre.refresh_from_db()
    contact = DeviceContact.objects.get()
    assert device.row.last_heard_at is not None
    assert (contact.software, contact.waiting) == ("1.2", 1)
    assert telecentre.last_synced_at is None  # not all has come yet
    post(device.body(2), key=device.key)
    telecentre.refresh_from_db()
    assert telecentre.last_synced_at is not None


def test_an_unknown_device_is_refused(device, learner):
    device.records(learner.pk)

    told = post(device.body(), key=SigningKey.generate())

    assert (told.status, told.document) == (401, {"code": "unknown_device"})
    assert not Statement.objects.exists()


def test_a_body_changed_on_the_way_is_refused(device, learner):
    device.records(learner.pk)
    body = device.body()
    device.records(learner.pk)
    other = device.body()

    response = Client().post(
        BOX,
        data=other,
        content_type="application/vnd.yelen.box",
        HTTP_AUTHORIZATION=sign_request(device.key, request_payload("POST", BOX, body)),
    )

    assert response.status_code == 401
    assert not Statement.objects.exists()


@pytest.mark.parametrize("header", ["", "Basic abc", "Yelen", "Yelen x:y", "Yelen " + "0" * 193])
def test_a_request_without_a_good_signature_is_refused(device, header):
    response = Client().post(
        BOX,
        data=device.body(),
        content_type="application/vnd.yelen.box",
        HTTP_AUTHORIZATION=header,
    )

    assert response.status_code == 401


def test_another_devices_batch_is_refused(device, learner, telecentre):
    device.records(learner.pk)
    thief = RemoteDevice(telecentre).registered()

    told = post(device.body(), key=thief.key)

    assert (told.status, told.document["code"]) == (403, "other_device")
    assert not Statement.objects.exists()


def test_a_batch_for_another_centre_is_refused(device, learner):
    device.records(learner.pk)

    told = post(device.body(to="0" * 64), key=device.key)

    assert (told.status, told.document["code"]) == (403, "other_centre")
    assert not Statement.objects.exists()


@pytest.mark.parametrize("what", ["key", "device"])
def test_a_revoked_device_is_refused(device, learner, what):
    device.records(learner.pk)
    row = DeviceKey.objects.get() if what == "key" else device.row
    row.revoked_at = timezone.now()
    row.save()

    told = post(device.body(), key=device.key)

    assert (told.status, told.document) == (403, {"code": "revoked"})
    assert not Statement.objects.exists()


def test_a_gap_and_a_fork_are_told_with_their_facts(device, learner):
    device.records(learner.pk)
    device.records(learner.pk)

    gap = post(device.body(2), key=device.key)
    post(device.body(), key=device.key)
    device.lines.pop()
    device.records(learner.pk)
    fork = post(device.body(), key=device.key)

    assert (gap.status, gap.document["stored"]) == (412, 0)
    assert (fork.status, fork.document["at"]) == (409, 2)
    assert DeviceContact.objects.get().forked_at is not None


def test_a_protocol_of_tomorrow_is_told_what_is_spoken_here(device):
    told = post(device.body(proto=(7,)), key=device.key)

    assert told.status == 426
    assert told.document == {"code": "protocol", "min_proto": 1, "max_proto": 1}


def test_a_newer_device_that_still_speaks_our_protocol_is_understood(device, learner):
    device.records(learner.pk)

    told = post(device.body(proto=(1, 2)), key=device.key)

    assert told.document["stored"] == 1


BAD_BODIES = {
    "no frame": b"hello",
    "not lines": zstd.compress(b"hello"),
    "header no JSON": zstd.compress(b"hello\n"),
    "header a list": zstd.compress(b"[]\n"),
    "header empty": zstd.compress(b"{}\n"),
    "header deep": zstd.compress(b"[" * 10_000 + b"\n"),
    "bad UTF-8": zstd.compress(b"\xff\xfe\n"),
    "two frames": zstd.compress(b"{}\n") + zstd.compress(b"{}\n"),
    "zstd bomb": zstd.compress(bytes(MAX_RAW + 10)),
    "gzip bomb": gzip.compress(bytes(MAX_RAW + 10)),
    "too many lines": zstd.compress(b"{}\n" * 2000),
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_what_is_no_batch_is_refused_in_words(device, body):
    told = post(body, key=device.key)

    assert (told.status, told.document["code"]) == (400, "malformed")
    assert told.document["reason"]


def test_a_cut_body_is_refused(device, learner):
    device.records(learner.pk)

    told = post(device.body()[:-5], key=device.key)

    assert told.status == 400
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    "header", [{"n": 2}, {"last_h": bytes(32)}, {"prev_h": bytes([1]) * 32}, {"first_seq": 2**62}]
)
def test_a_header_that_does_not_fit_its_facts_stores_nothing(device, learner, header):
    device.records(learner.pk)
    batch = device.batch(**header)

    told = post(encode_batch(batch.header, batch.lines), key=device.key)

    assert told.status in (400, 412)
    assert not Statement.objects.exists()


def test_a_body_above_the_limit_is_not_read(device):
    told = post(b"x", key=device.key, CONTENT_LENGTH=str(MAX_BODY + 1))

    assert (told.status, told.document["code"]) == (413, "too_large")


@pytest.mark.parametrize(("length", "status"), [("", 411), ("abc", 411), ("-1", 411)])
def test_a_body_without_a_length_is_refused(device, length, status):
    told = post(device.body(), key=device.key, CONTENT_LENGTH=length)

    assert told.status == status


def test_another_content_type_is_refused(device):
    told = post(device.body(), key=device.key, content_type="application/json")

    assert (told.status, told.document["code"]) == (415, "wrong_type")


def test_a_full_disk_asks_to_come_back(device, learner, settings):
    settings.YELEN_SYNC_ROOM_BYTES = 2**62
    device.records(learner.pk)

    told = post(device.body(), key=device.key)

    assert (told.status, told.document["code"]) == (507, "wait")
    assert not Statement.objects.exists()


def test_the_time_is_told_to_anybody_and_signed(db):
    response = Client().get("/sync/v1/time", {"nonce": "0123456789abcdef"})

    assert response.status_code == 200
    assert response["Yelen-Signature"]
    assert Client().get("/sync/v1/time", {"nonce": "<b>"}).status_code == 400


def test_a_telecentre_has_no_such_doors(db, settings):
    settings.YELEN_ROLE = "telecentre"

    assert Client().get("/sync/v1/time", {"nonce": "0123456789abcdef"}).status_code == 404


def test_a_roster_holds_that_telecentres_people_only(device, learner):
    make_learner(name="Autre", telecentre=make_telecentre(slug="neem", name="Neem"))
    learner.pin_hash = "secret"
    learner.save()

    told = post(device.body(), key=device.key)

    roster = next(item for item in told.document["down"] if item["kind"] == "roster")
    assert [item["name"] for item in roster["document"]["learners"]] == [learner.name]
    assert "secret" not in str(told.document)

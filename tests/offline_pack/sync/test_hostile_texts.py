"""At the centre: texts that a damaged or a hostile device sends, and no database can hold."""

from __future__ import annotations

import json

import pytest

from lms.fact import canonical_text
from lms.models import Statement
from offline_pack.format.signing import SigningKey
from offline_pack.models import DeviceContact, DeviceKey, ErasurePlace
from offline_pack.pairing.codes import create_pairing_code
from offline_pack.sync.codes import lookup_of, normal_code, verifier_of
from offline_pack.sync.envelope import compress, expand
from offline_pack.sync.signing import prove, request_payload
from offline_pack.transport import PAIR_PATH, PAIRING_TYPE
from tests.offline_pack.sync.devices import RemoteDevice, post

NUL, HALF = "\0", "\ud800"  # half of a surrogate pair


def told(device: RemoteDevice, **changes: object) -> bytes:
    """Its stream, with other words in the header."""
    head, rest = expand(device.body(), limit=10_000).split(b"\n", 1)
    return compress(canonical_text(json.loads(head) | changes).encode() + b"\n" + rest)


@pytest.mark.parametrize("bad", [NUL, HALF])
@pytest.mark.parametrize("name", ["sw", "trouble", "age"])
def test_a_header_is_kept_without_what_no_database_holds(device, learner, name, bad):
    device.records(learner.pk)

    answer = post(told(device, **{name: f"1.2{bad}"}), key=device.key)

    assert answer.status == 200
    assert Statement.objects.count() == 1
    said = DeviceContact.objects.get(device=device.row)
    assert said.software + said.trouble == ("" if name == "age" else "1.2")


@pytest.mark.parametrize("bad", [NUL, HALF])
def test_a_list_that_no_device_can_have_is_another_one(device, learner, bad):
    ErasurePlace.objects.create(learner_id=learner.pk, telecentre=device.telecentre)

    answer = post(told(device, have={"roster": [7, bad], bad: [1, ""]}), key=device.key)

    assert [item["version"] for item in answer.document["down"] if item["kind"] == "roster"] == [8]


def test_new_keys_with_an_impossible_recipient_are_refused_in_words(device):
    offered = {"key": "00" * 32, "proof": "00" * 64, "age": HALF}

    answer = post(told(device, rotate=offered), key=device.key)

    assert (answer.status, answer.document["code"]) == (400, "malformed")
    assert DeviceKey.objects.count() == 1


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(device, length):
    answer = post(b"x", key=device.key, CONTENT_LENGTH=length)

    assert (answer.status, answer.document["code"]) in [(411, "too_large"), (413, "too_large")]


def pairing(key: SigningKey, **changes: object) -> bytes:
    document = {"proto": [1], "lookup": "", "device": "1" * 32, "key": key.public.hex()}
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize("bad", [NUL, HALF])
def test_a_pairing_code_that_cannot_be_is_a_wrong_one(db, bad):
    key = SigningKey.generate()

    answer = post(pairing(key, lookup=bad), key=key, path=PAIR_PATH, content_type=PAIRING_TYPE)

    assert (answer.status, answer.document["code"]) == (403, "wrong_code")


def test_a_device_whose_recipient_cannot_be_is_paired_without_one(telecentre):
    key, code = SigningKey.generate(), normal_code(create_pairing_code(telecentre))
    body = pairing(key, lookup=lookup_of(code), age=HALF)
    proof = prove(verifier_of(code), request_payload("POST", PAIR_PATH, body))

    answer = post(body, key=key, path=PAIR_PATH, content_type=PAIRING_TYPE, HTTP_YELEN_PROOF=proof)

    assert answer.status == 200
    assert DeviceKey.objects.get(pk=key.key_id).age == ""

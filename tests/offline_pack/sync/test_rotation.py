"""The centre's sync key changes: telecentres that know the old one only are answered, and told."""

from __future__ import annotations

import pytest
from django.test import Client

from offline_pack.format.signing import SYNC, VerifyingKey
from offline_pack.sync.envelope import CONTENT_TYPE, decode_answer
from offline_pack.sync.signing import (
    UnsignedError,
    answer_payload,
    check_answer,
    request_payload,
    sign_request,
)
from offline_pack.trust.chain import decode_trust, documents_in
from offline_pack.trust.issuing import own_trust, rotate_key
from offline_pack.trust.keys import own_key
from tests.offline_pack.sync.devices import BOX

pytestmark = pytest.mark.django_db


def ask(device, **header):
    """The answer to an empty batch, and the payload its signature must fit."""
    body = device.body(**header)
    asked = request_payload("POST", BOX, body)
    response = Client().post(
        BOX,
        data=body,
        content_type=CONTENT_TYPE,
        HTTP_AUTHORIZATION=sign_request(device.key, asked),
    )
    return response, answer_payload(response.status_code, asked, response.content)


def test_a_telecentre_with_the_old_key_is_answered_and_told_the_new_one(device):
    own_trust()
    old = VerifyingKey(own_key(SYNC).public, SYNC)
    rotate_key(SYNC)

    response, payload = ask(device, to=old.key_id)

    check_answer(old, payload, response["Yelen-Signature"])
    (trust,) = [
        news for news in decode_answer(response.content)["down"] if news["kind"] == "trust"
    ]
    newest = decode_trust(documents_in(trust["document"])[-1])
    assert newest.trust.key_in_use(SYNC).key_id == own_key(SYNC).key_id


def test_a_telecentre_with_the_new_key_is_answered_under_it(device):
    own_trust()
    rotate_key(SYNC)

    response, payload = ask(device)

    check_answer(VerifyingKey(own_key(SYNC).public, SYNC), payload, response["Yelen-Signature"])
    assert response.status_code == 200


def test_under_a_revoked_key_nothing_is_answered_any_more(device):
    own_trust()
    old = VerifyingKey(own_key(SYNC).public, SYNC)
    rotate_key(SYNC, revoke=True)

    response, payload = ask(device, to=old.key_id)

    assert decode_answer(response.content)["code"] == "other_centre"
    with pytest.raises(UnsignedError):
        check_answer(old, payload, response["Yelen-Signature"])

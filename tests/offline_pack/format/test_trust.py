"""The rules of trust documents, hostile ones included; no Django, no disk, no clock."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_pack.format import strictjson
from offline_pack.format.errors import (
    TrustDocumentError,
    TrustError,
    TrustForkError,
    TrustThresholdError,
)
from offline_pack.format.signing import SigningKey, VerifyingKey, encode_signatures, signed_by
from offline_pack.format.trust import (
    MAX_CHAIN,
    MAX_SIZE,
    PAYLOAD_TYPE,
    SignedTrust,
    chain_of,
    decode_trust,
    follow,
)
from tests.offline_pack.format.trusting import (
    NEW_PACKS_KEY,
    PACKS_KEY,
    TRUST,
    A,
    B,
    C,
    D,
    packs_key,
    root_of,
    signed,
)

FIRST = signed()
TWO_OF_THREE = root_of(A, B, C, threshold=2)


def changed(*keys, payload_type=PAYLOAD_TYPE, **changes):
    """The bytes of a document that says ``changes``, really signed by these keys."""
    document = TRUST.document() | changes
    signatures = signed_by(payload_type, strictjson.canonical(document), keys or [A])
    return strictjson.canonical(document | {"signatures": encode_signatures(signatures)})


def resigned(document, signatures):
    return strictjson.canonical(document | {"signatures": signatures})


def test_a_document_comes_back_as_it_was():
    assert decode_trust(FIRST.data).trust == TRUST
    assert decode_trust(FIRST.data).data == FIRST.data


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_byte_can_change(place, flip):
    data = bytearray(FIRST.data)
    data[place % len(data)] ^= flip

    with pytest.raises(TrustError):
        decode_trust(bytes(data))


def test_unknown_keys_of_a_newer_version_are_kept():
    data = changed(news={"from": ["the", "future"]})

    assert decode_trust(data).data == data
    assert decode_trust(data).trust == TRUST


def test_a_key_for_something_unknown_is_kept():
    key = VerifyingKey(D.public, "software", TRUST.centre)

    document = signed(keys=(*TRUST.keys, key))

    assert document.trust.key_in_use("software") == key
    assert document.trust.key_in_use("packs").key_id == PACKS_KEY.key_id


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "yelenpack"},
        {"v": 2},
        {"version": 0},
        {"version": 2**31},
        {"version": True},
        {"version": "1"},
        {"centre": ""},
        {"centre": "x" * 201},
        {"issued_at": "yesterday"},
        {"root": []},
        {"root": TRUST.document()["root"] | {"threshold": 0}},
        {"root": TRUST.document()["root"] | {"threshold": 2}},
        {"root": {"threshold": 1, "keys": []}},
        {"root": {"threshold": 1, "keys": TRUST.document()["root"]["keys"] * 2}},
        {"keys": {}},
        {"keys": TRUST.document()["keys"] * 2},
        {"keys": [TRUST.document()["keys"][0] | {"keyid": "0" * 64}]},
        {"keys": [TRUST.document()["keys"][0] | {"public": "00"}]},
        {"keys": [TRUST.document()["keys"][0] | {"purpose": "root"}]},
        {"keys": [TRUST.document()["keys"][0] | {"purpose": "P" * 30}]},
        {"keys": [TRUST.document()["root"]["keys"][0] | {"purpose": "packs"}]},
        {"keys": ["a key"]},
        {"revoked": ["short"]},
        {"revoked": [1]},
        {"revoked": ["a" * 64] * 200},
    ],
    ids=str,
)
def test_what_breaks_a_rule_is_refused_though_it_is_signed(changes):
    with pytest.raises(TrustDocumentError):
        decode_trust(changed(**changes))


def test_a_document_that_is_too_large_is_not_read():
    with pytest.raises(TrustDocumentError):
        decode_trust(changed(news="x" * MAX_SIZE))


def test_a_document_is_written_in_one_way_only():
    spaced = json.dumps(json.loads(FIRST.data), sort_keys=True).encode()

    with pytest.raises(TrustDocumentError):
        decode_trust(spaced)


def test_a_signature_for_something_else_does_not_count():
    with pytest.raises(TrustDocumentError):
        decode_trust(changed(payload_type="yelenpack/1"))


def test_a_packs_key_cannot_sign_trust():
    with pytest.raises(TrustThresholdError):
        decode_trust(changed(PACKS_KEY))


def test_two_of_three_root_keys_are_enough_and_one_is_not():
    document = replace(TRUST, root=TWO_OF_THREE).document()

    assert decode_trust(changed(A, C, **document)).trust.root == TWO_OF_THREE
    with pytest.raises(TrustThresholdError) as caught:
        decode_trust(changed(B, **document))

    assert (caught.value.signed, caught.value.needed) == (1, 2)


def test_one_key_that_signs_twice_counts_once():
    document = replace(TRUST, root=TWO_OF_THREE).document()
    once = encode_signatures(signed_by(PAYLOAD_TYPE, strictjson.canonical(document), [B]))

    with pytest.raises(TrustDocumentError):
        decode_trust(resigned(document, once * 2))
    # Even where a reader would let the list through, the key is one key.
    one = decode_trust(changed(A))
    twice = SignedTrust(one.trust, one.content, one.signatures * 2)
    assert twice.signed_by(root_of(A, B, threshold=2)) == 1


def test_a_wrong_signature_by_a_root_key_spoils_the_document():
    document = replace(TRUST, root=root_of(A, B)).document()
    good = encode_signatures(signed_by(PAYLOAD_TYPE, strictjson.canonical(document), [A]))
    bad = [{"keyid": B.key_id, "sig": "00" * 64}]

    with pytest.raises(TrustDocumentError):
        decode_trust(resigned(document, good + bad))


def test_the_fingerprint_is_of_the_set_of_root_keys():
    assert root_of(A, B).fingerprint == root_of(B, A).fingerprint
    assert root_of(A, B).fingerprint != root_of(A, B, threshold=2).fingerprint
    assert root_of(A, B).fingerprint != root_of(A, C).fingerprint


def test_a_later_version_by_the_same_root_is_followed_over_a_gap():
    later = signed(version=7, keys=(packs_key(NEW_PACKS_KEY), *TRUST.keys))

    followed = follow(FIRST, [later])

    assert followed.accepted == (later,)
    assert later.trust.key_in_use("packs").key_id == NEW_PACKS_KEY.key_id


def test_new_root_keys_are_followed_step_by_step():
    second = signed(A, B, version=2, root=root_of(B))
    third = signed(B, C, version=3, root=root_of(C))
    fourth = signed(C, version=4, root=root_of(C))

    assert follow(FIRST, [fourth, third, second]).accepted == (second, third, fourth)
    assert follow(FIRST, [third, fourth]).accepted == ()
    assert follow(FIRST, [third, fourth]).strangers == (third, fourth)


def test_new_root_keys_must_sign_too():
    document = replace(TRUST, version=2, root=root_of(B)).document()

    with pytest.raises(TrustThresholdError):
        decode_trust(changed(A, **document))


def test_as_many_of_the_root_keys_held_must_have_signed_as_held_here():
    held = signed(A, B, root=TWO_OF_THREE)
    weaker = signed(C, version=2, root=root_of(C))

    with pytest.raises(TrustThresholdError):
        follow(held, [weaker])


def test_an_older_version_is_passed_over():
    held = signed(version=5)

    assert follow(held, [FIRST, signed(version=4)]).accepted == ()


def test_the_same_version_with_another_content_is_refused():
    other = signed(keys=(packs_key(NEW_PACKS_KEY),))

    with pytest.raises(TrustForkError):
        follow(FIRST, [other])


def test_two_contents_of_one_new_version_are_refused():
    one = signed(version=2)
    other = signed(version=2, keys=(packs_key(NEW_PACKS_KEY),))

    with pytest.raises(TrustForkError):
        follow(FIRST, [one, other])


def test_the_same_content_under_more_signatures_is_no_other_content():
    held = signed(A, root=root_of(A, B))
    again = signed(A, B, root=root_of(A, B))

    assert follow(held, [again]).accepted == ()


def test_another_centre_is_a_stranger():
    assert follow(FIRST, [signed(D, root=root_of(D))]).accepted == ()
    assert follow(FIRST, [signed(D, version=9, root=root_of(D))]).accepted == ()


def test_no_date_is_looked_at():
    past = signed(version=2, issued_at=datetime(1970, 1, 1, tzinfo=UTC))

    assert follow(FIRST, [past]).accepted == (past,)


def test_a_chain_holds_the_changes_of_the_root_and_the_newest():
    second = signed(version=2)
    third = signed(A, B, version=3, root=root_of(B))
    fourth, fifth = (signed(B, version=number, root=root_of(B)) for number in (4, 5))

    assert chain_of([fifth, fourth, third, second, FIRST]) == (third, fifth)
    assert chain_of([FIRST]) == (FIRST,)
    assert chain_of([]) == ()


def test_a_chain_is_bounded_to_the_newest():
    keys = [SigningKey(number.to_bytes(32, "big")) for number in range(1, MAX_CHAIN + 10)]
    documents = [
        signed(before, key, version=number, root=root_of(key))
        for number, (before, key) in enumerate(zip([keys[0], *keys], keys, strict=False), 1)
    ]

    assert chain_of(documents) == tuple(documents[-MAX_CHAIN:])

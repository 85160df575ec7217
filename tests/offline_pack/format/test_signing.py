from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_pack.format.errors import (
    BadSignatureError,
    MalformedSignatureError,
    RevokedKeyError,
)
from offline_pack.format.signing import (
    PACKS,
    Signature,
    SigningKey,
    TrustedKeys,
    VerifyingKey,
    check_signatures,
    decode_envelope,
    encode_envelope,
    fingerprint,
    pae,
    signed_by,
)

ONE, OTHER = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def check(signatures, *trusted, payload=b"payload"):
    return check_signatures(
        "type/1", payload, signatures, trusted=TrustedKeys(trusted), purpose=PACKS
    )


def test_the_encoding_before_signing_is_that_of_dsse():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_type_is_part_of_what_is_signed():
    signatures = signed_by("other/1", b"payload", [ONE])

    with pytest.raises(BadSignatureError):
        check(signatures, VerifyingKey(ONE.public, PACKS))


def test_one_known_key_is_enough():
    signatures = signed_by("type/1", b"payload", [ONE, OTHER])

    assert check(signatures, VerifyingKey(OTHER.public, PACKS)).key_id == OTHER.key_id


def test_a_wrong_signature_by_a_known_key_is_never_passed_over():
    good = signed_by("type/1", b"payload", [ONE])
    bad = Signature(OTHER.key_id, bytes(64))

    with pytest.raises(BadSignatureError):
        check([*good, bad], VerifyingKey(ONE.public, PACKS), VerifyingKey(OTHER.public, PACKS))


def test_a_new_key_stands_in_for_a_revoked_one():
    signatures = signed_by("type/1", b"payload", [ONE, OTHER])
    revoked = VerifyingKey(ONE.public, PACKS, revoked_at=DAY)

    assert check(signatures, revoked, VerifyingKey(OTHER.public, PACKS)).key_id == OTHER.key_id
    with pytest.raises(RevokedKeyError):
        check(signatures, revoked)


@given(st.binary(max_size=300))
def test_no_bytes_but_an_envelope_pass_for_one(data):
    with pytest.raises(MalformedSignatureError):
        decode_envelope(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"keyid"', b'"keyId"'),
        (b"{", b"{ "),
        (b"}", b"}\n"),
        (b'{"signatures"', b'{"extra":1,"signatures"'),
    ],
)
def test_an_envelope_is_written_in_one_way_only(old, new):
    data = encode_envelope(signed_by("type/1", b"payload", [ONE]))

    with pytest.raises(MalformedSignatureError):
        decode_envelope(data.replace(old, new, 1))


def test_capital_letters_in_a_signature_are_refused():
    data = encode_envelope([Signature("ab" * 32, b"\xab" * 64)])

    with pytest.raises(MalformedSignatureError):
        decode_envelope(data.replace(b"abab", b"ABAB", 1))


def test_a_fingerprint_is_short_enough_to_be_read_aloud():
    assert fingerprint("0123456789abcdef" * 4) == "0123 4567 89ab cdef"

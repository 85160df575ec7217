from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_pack.errors import TrustFileError
from offline_pack.format.signing import PACKS, SYNC, SigningKey, VerifyingKey
from offline_pack.keys import trusted_keys
from offline_pack.models import TrustedKey
from offline_pack.trust import Trust, accept_trust, decode_trust, encode_trust, import_trust

PACKS_KEY, SYNC_KEY = SigningKey(b"\x03" * 32), SigningKey(b"\x04" * 32)
TRUST = Trust(
    centre="Réseau de test",
    keys=(
        VerifyingKey(PACKS_KEY.public, PACKS, "Réseau de test"),
        VerifyingKey(SYNC_KEY.public, SYNC, "Réseau de test"),
    ),
)


def test_a_trust_file_comes_back_as_it_was():
    assert decode_trust(encode_trust(TRUST, [PACKS_KEY, SYNC_KEY])) == TRUST


def test_every_key_must_have_signed():
    with pytest.raises(TrustFileError):
        decode_trust(encode_trust(TRUST, [PACKS_KEY]))


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_byte_can_change(place, flip):
    data = bytearray(encode_trust(TRUST, [PACKS_KEY, SYNC_KEY]))
    data[place % len(data)] ^= flip

    with pytest.raises(TrustFileError):
        decode_trust(bytes(data))


def test_a_missing_file_is_said_so(tmp_path):
    with pytest.raises(TrustFileError):
        import_trust(tmp_path / "none")


@pytest.mark.django_db
def test_a_revoked_key_does_not_come_back():
    accept_trust(TRUST)
    accept_trust(Trust(TRUST.centre, TRUST.keys, revoked=(PACKS_KEY.key_id,)))
    revoked_at = TrustedKey.objects.get(key_id=PACKS_KEY.key_id).revoked_at

    accept_trust(TRUST)

    assert revoked_at is not None
    assert trusted_keys().get(PACKS_KEY.key_id).revoked_at == revoked_at
    assert trusted_keys().get(SYNC_KEY.key_id).revoked_at is None

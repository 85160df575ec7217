from __future__ import annotations

import stat

import pytest

from offline_pack.format.errors import KeyFileError
from offline_pack.format.signing import PACKS, SYNC
from offline_pack.keys import has_own_key, own_key


def test_a_key_is_made_once_and_kept(data_dir):
    first = own_key(PACKS)

    assert own_key(PACKS).key_id == first.key_id
    assert own_key(SYNC).key_id != first.key_id
    assert has_own_key(PACKS)


def test_only_its_owner_can_read_a_key(data_dir):
    own_key(PACKS)

    mode = (data_dir / "keys" / "packs.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in (data_dir / "keys").iterdir()] == ["packs.key"]


@pytest.mark.parametrize("content", ["", "short", "g" * 64])
def test_a_damaged_key_is_not_replaced(data_dir, content):
    (data_dir / "keys" / "packs.key").write_text(content)

    with pytest.raises(KeyFileError):
        own_key(PACKS)

    assert (data_dir / "keys" / "packs.key").read_text() == content

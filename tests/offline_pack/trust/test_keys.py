from __future__ import annotations

import signal
import stat

import pytest

from offline_pack.format.errors import KeyFileError
from offline_pack.format.signing import PACKS, SYNC
from offline_pack.trust.keys import (
    has_own_key,
    key_in,
    next_key,
    own_key,
    own_keys,
    read_key,
    take_next_key,
)
from tests.offline_pack.interrupting import run_python


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


def test_drafts_of_makers_that_were_killed_go_with_the_next_key(data_dir):
    for name in (".sync.key.0123456789abcdef", ".box.age.fedcba9876543210", ".sync.key.old"):
        (data_dir / "keys" / name).write_text("")

    own_key(PACKS)

    left = {path.name for path in (data_dir / "keys").iterdir()}
    assert left == {"packs.key", ".sync.key.old"}


def test_a_key_that_is_cut_while_it_is_made_is_whole_or_not_there(tmp_path):
    """``kill -9`` at every step of the making; a second try always ends with one whole key."""
    for step in ("open", "write", "fsync", "link", "unlink"):
        folder = tmp_path / step
        folder.mkdir()

        cut = make_key(folder, die_after=step)

        assert cut.returncode == -signal.SIGKILL, (step, cut.stderr)
        path = folder / "root.key"
        seed = path.read_text() if path.exists() else None
        assert seed is None or len(seed) == 65, step
        again = make_key(folder, die_after="never")
        assert again.returncode == 0, (step, again.stderr)
        assert len(path.read_text()) == 65
        assert seed in (None, path.read_text()), step
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def make_key(folder, *, die_after):
    return run_python(folder, "-c", MAKER, folder / "root.key", die_after)


MAKER = """
import sys, django
django.setup()
from pathlib import Path
from offline_pack.trust import keys
from tests.offline_pack.interrupting import after, die
path, step = Path(sys.argv[1]), sys.argv[2]
if step in ("open", "fsync", "link"):
    setattr(keys.os, step, after(getattr(keys.os, step)))
elif step == "write":
    keys.os.fsync = die
elif step == "unlink":
    Path.unlink = after(Path.unlink)
keys.key_in(path)
"""


def test_a_stick_without_hard_links_takes_a_key_too(tmp_path, monkeypatch):
    def no_links(*_args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("offline_pack.trust.keys.os.link", no_links)

    stick = tmp_path / "stick"

    key = key_in(stick / "root.key")

    assert read_key(stick / "root.key").key_id == key.key_id
    assert [path.name for path in stick.iterdir()] == ["root.key"]


def test_switching_keys_can_be_cut_and_run_again(data_dir, monkeypatch):
    before, coming = own_key(SYNC), next_key(SYNC)
    with monkeypatch.context() as patch:
        patch.setattr("offline_pack.trust.keys.Path.replace", lambda *_: die())
        with pytest.raises(KeyboardInterrupt):
            take_next_key(SYNC, keep_older=True)
    assert own_key(SYNC).key_id == before.key_id

    take_next_key(SYNC, keep_older=True)

    assert [key.key_id for key in own_keys(SYNC)] == [coming.key_id, before.key_id]


def die():
    raise KeyboardInterrupt

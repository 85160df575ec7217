"""The commands about keys and withdrawals: a last line, and refusals in words."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from offline_pack.making.generating import generate_pack
from offline_pack.models import Pack
from offline_pack.trust.issuing import own_trust
from offline_pack.trust.keys import own_key
from tests.offline_pack import courses

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    """The last line that the command wrote."""
    output = StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=output, **options)
    return output.getvalue().strip().splitlines()[-1]


def test_rotate_says_the_new_key_and_version():
    own_trust()

    line = run("rotate_keys", "packs")

    in_use = own_trust().trust.key_in_use("packs")
    assert line == f"packs key is now {in_use.fingerprint}, trust version 2"


def test_rotate_without_the_root_key_says_what_is_missing(data_dir, tmp_path):
    own_trust()
    away = (data_dir / "keys" / "root.key").rename(tmp_path / "root.key")

    with pytest.raises(CommandError, match="0 root keys are at hand; 1 are needed"):
        run("rotate_keys", "sync", "--revoke")

    assert run("rotate_keys", "sync", "--revoke", "--root", away).endswith("trust version 2")


def test_a_root_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(CommandError):
        run("rotate_keys", "packs", "--root", tmp_path / "none")


def test_revoke_says_which():
    before = own_trust().trust.key_in_use("packs")
    run("rotate_keys", "packs")

    line = run("revoke_key", before.key_id[:8])

    assert line == f"revoked packs key {before.fingerprint}, trust version 3"


def test_revoking_the_key_in_use_is_refused():
    with pytest.raises(CommandError, match="rotate_keys packs --revoke"):
        run("revoke_key", own_trust().trust.key_in_use("packs").key_id)


def test_root_keys_are_added_and_removed(tmp_path):
    added = run("add_root_key", to=tmp_path / "stick", threshold=2)
    gone = own_trust().trust.root.keys[1].key_id

    removed = run("remove_root_key", gone, "--threshold", 1, "--root", tmp_path / "stick")

    assert added.startswith("2 of 2 root keys sign, trust version 2, fingerprint ")
    assert removed.startswith("1 of 1 root keys sign, trust version 3, fingerprint ")
    assert (tmp_path / "stick").stat().st_mode & 0o777 == 0o600


def test_show_trust_lists_the_keys():
    assert run("show_trust") == "no centre is trusted here yet"
    fingerprint = own_trust().trust.root.fingerprint

    output = StringIO()
    call_command("show_trust", stdout=output)

    lines = output.getvalue().splitlines()
    assert lines[0] == f"root\t{own_key('root').key_id}\tgood"
    assert [line.split("\t")[0] for line in lines[:3]] == ["root", "packs", "sync"]
    assert lines[-1].endswith(f"trust version 1, fingerprint {fingerprint}")


def test_withdraw_says_what():
    generate_pack(courses.publish())

    assert run("withdraw_pack", "maintenance", 1) == "withdrawn: maintenance version 1"

    assert Pack.objects.get().withdrawn_at is not None


def test_withdrawing_what_was_not_made_is_refused():
    courses.publish()

    with pytest.raises(CommandError):
        run("withdraw_pack", "maintenance", 1)

"""A centre that rotates and revokes keys, and keeps its root key elsewhere."""

from __future__ import annotations

import json

import pytest

from offline_pack.errors import (
    KeyInUseError,
    KeyNotListedError,
    NotARootKeyError,
    RootKeysMissingError,
    RootSetError,
)
from offline_pack.format.errors import RevokedKeyError
from offline_pack.format.signing import PACKS, SYNC
from offline_pack.models import TrustDocument, TrustedKey
from offline_pack.trust.chain import (
    accept_trust_chain,
    adopt_trust,
    documents_in,
    encode_chain,
    held_chain,
    held_trust,
    import_trust,
)
from offline_pack.trust.issuing import (
    add_root_key,
    export_trust,
    own_trust,
    remove_root_key,
    revoke_key,
    rotate_key,
)
from offline_pack.trust.keys import has_own_key, own_key, own_keys
from tests.offline_pack.trust.test_chain import check_pack

pytestmark = pytest.mark.django_db


def take_root_away(data_dir, to):
    return (data_dir / "keys" / "root.key").rename(to)


def test_a_centre_begins_with_a_root_key_of_its_own(data_dir):
    trust = own_trust().trust

    assert (trust.version, trust.root.threshold) == (1, 1)
    assert [key.key_id for key in trust.root.keys] == [own_key("root").key_id]
    assert [key.key_id for key in trust.keys] == [own_key(PACKS).key_id, own_key(SYNC).key_id]
    assert (data_dir / "keys" / "root.key").stat().st_mode & 0o777 == 0o600
    assert own_trust().trust == trust


def test_what_the_centre_issues_is_what_a_telecentre_follows(tmp_path):
    path = tmp_path / "trust.json"
    first = own_trust()
    rotate_key(PACKS)
    rotate_key(SYNC, revoke=True)
    export_trust(path)
    TrustDocument.objects.all().delete()
    TrustedKey.objects.all().delete()
    adopt_trust([first.data])

    import_trust(path)

    assert held_trust().version == 3
    assert check_pack(own_key(PACKS))


def test_rotation_puts_a_new_key_in_use_and_keeps_the_old_believed():
    before = own_key(PACKS)
    own_trust()

    trust = rotate_key(PACKS).trust

    assert own_key(PACKS).key_id != before.key_id
    assert trust.key_in_use(PACKS).key_id == own_key(PACKS).key_id
    assert check_pack(before).key_id == before.key_id
    assert check_pack(own_key(PACKS))


def test_rotation_with_revocation_turns_the_old_key_out():
    before = own_key(PACKS)
    own_trust()

    rotate_key(PACKS, revoke=True)

    with pytest.raises(RevokedKeyError):
        check_pack(before)


def test_the_centre_answers_under_an_older_sync_key_until_it_is_revoked():
    before = own_key(SYNC)
    own_trust()

    rotate_key(SYNC)
    assert [key.key_id for key in own_keys(SYNC)] == [own_key(SYNC).key_id, before.key_id]

    revoke_key(before.key_id[:16])
    assert [key.key_id for key in own_keys(SYNC)] == [own_key(SYNC).key_id]


def test_a_rotation_cut_before_the_switch_is_taken_up(monkeypatch):
    own_trust()
    before = own_key(PACKS)
    monkeypatch.setattr("offline_pack.trust.issuing.take_next_key", cut)
    with pytest.raises(PowerCutError):
        rotate_key(PACKS)
    monkeypatch.undo()
    assert own_key(PACKS).key_id == before.key_id

    trust = rotate_key(PACKS).trust

    assert trust.version == 2
    assert own_key(PACKS).key_id == trust.key_in_use(PACKS).key_id
    assert not has_own_key("packs.next")


def test_a_rotation_cut_before_the_document_is_taken_up(monkeypatch):
    own_trust()
    monkeypatch.setattr("offline_pack.trust.issuing.hold_trust", cut)
    with pytest.raises(PowerCutError):
        rotate_key(PACKS)
    monkeypatch.undo()
    waiting = own_key("packs.next")

    trust = rotate_key(PACKS).trust

    assert trust.key_in_use(PACKS).key_id == waiting.key_id == own_key(PACKS).key_id


def test_a_key_in_use_is_not_revoked_without_another():
    with pytest.raises(KeyInUseError):
        revoke_key(own_trust().trust.key_in_use(PACKS).key_id)


@pytest.mark.parametrize("key", ["", "0123", "0" * 64])
def test_a_key_that_nobody_has_is_not_revoked(key):
    with pytest.raises(KeyNotListedError):
        revoke_key(key)


def test_revoking_takes_the_fingerprint_as_people_read_it():
    before = own_trust().trust.key_in_use(PACKS)
    rotate_key(PACKS)

    key, issued = revoke_key(before.fingerprint.upper())

    assert (key.key_id, issued.version) == (before.key_id, 3)
    assert revoke_key(before.key_id)[1].version == 3  # twice is once


def test_with_the_root_key_away_nothing_is_signed(data_dir, tmp_path):
    own_trust()
    before = own_key(PACKS)
    away = take_root_away(data_dir, tmp_path / "root.key")

    with pytest.raises(RootKeysMissingError) as caught:
        rotate_key(PACKS)

    assert (caught.value.given, caught.value.needed) == (0, 1)
    assert (own_key(PACKS).key_id, own_trust().version) == (before.key_id, 1)
    assert not has_own_key("root")
    assert rotate_key(PACKS, root_files=[away]).version == 2
    assert not has_own_key("root")


def test_another_key_is_no_root_key(data_dir):
    own_trust()

    with pytest.raises(NotARootKeyError):
        rotate_key(PACKS, root_files=[data_dir / "keys" / "packs.key"])


def test_two_of_three_root_keys(data_dir, tmp_path):
    one = own_trust()
    sticks = [tmp_path / "stick-1", tmp_path / "stick-2"]
    add_root_key(sticks[0])
    held = add_root_key(sticks[1], threshold=2, root_files=sticks[:1])
    sticks.append(take_root_away(data_dir, tmp_path / "stick-0"))

    assert (held.version, held.trust.root.threshold, len(held.trust.root.keys)) == (3, 2, 3)
    with pytest.raises(RootKeysMissingError):
        rotate_key(PACKS, root_files=[sticks[0]])
    with pytest.raises(RootKeysMissingError):
        rotate_key(PACKS, root_files=[sticks[0], sticks[0]])
    last = rotate_key(PACKS, root_files=[sticks[0], sticks[1]])
    chain = held_chain()
    TrustDocument.objects.all().delete()
    adopt_trust([one.data])
    assert accept_trust_chain([last.data]) == ()  # the documents between are needed
    assert accept_trust_chain(item.data for item in chain)[-1] == last


def test_a_lost_root_key_is_taken_out(tmp_path):
    held = add_root_key(tmp_path / "stick", threshold=2)
    lost = held.trust.root.keys[1]

    trust = remove_root_key(lost.key_id, threshold=1, root_files=[tmp_path / "stick"]).trust

    assert [key.key_id for key in trust.root.keys] == [own_key("root").key_id]
    with pytest.raises(NotARootKeyError):
        rotate_key(PACKS, root_files=[tmp_path / "stick"])


@pytest.mark.parametrize("threshold", [3, 9])
def test_a_threshold_that_nobody_can_reach_is_refused(tmp_path, threshold):
    with pytest.raises(RootSetError):
        add_root_key(tmp_path / "stick", threshold=threshold)

    assert not (tmp_path / "stick").exists()
    assert own_trust().version == 1


def test_a_chain_travels_as_an_object():
    own_trust()
    rotate_key(PACKS)
    document = json.loads(encode_chain(held_chain()))

    assert documents_in(document) == [own_trust().data]


class PowerCutError(Exception):
    pass


def cut(*_args, **_kwargs):
    raise PowerCutError

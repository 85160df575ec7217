"""A telecentre that follows what its centre says of its keys, and believes no stranger."""

from __future__ import annotations

import pytest

from offline_pack.errors import (
    TrustFileError,
)
from offline_pack.format.errors import (
    OtherRootError,
    RevokedKeyError,
    TrustDocumentError,
    TrustForkError,
    TrustThresholdError,
    UnknownKeyError,
    WrongPurposeError,
)
from offline_pack.format.signing import PACKS, SYNC, check_signatures, signed_by
from offline_pack.format.trust import MAX_CHAIN, MAX_SIZE
from offline_pack.models import CentreLink, TrustedKey
from offline_pack.trust.chain import (
    accept_trust_chain,
    adopt_trust,
    encode_chain,
    held_chain,
    held_trust,
    import_trust,
)
from offline_pack.trust.keys import trusted_keys
from tests.factories import make_telecentre
from tests.offline_pack.format.trusting import (
    NEW_PACKS_KEY,
    PACKS_KEY,
    SYNC_KEY,
    TRUST,
    A,
    B,
    C,
    D,
    packs_key,
    root_of,
    signed,
)

pytestmark = pytest.mark.django_db

FIRST = signed()
ROTATED = signed(version=2, keys=(packs_key(NEW_PACKS_KEY), *TRUST.keys))
REVOKED = signed(
    version=3, keys=(packs_key(NEW_PACKS_KEY), *TRUST.keys), revoked=(PACKS_KEY.key_id,)
)


@pytest.fixture
def telecentre():
    """It was paired when the centre was at version 1."""
    adopt_trust([FIRST.data])


def check_pack(*keys):
    """As a reader of packs does."""
    signatures = signed_by("yelenpack/1", b"manifest", keys)
    return check_signatures(
        "yelenpack/1", b"manifest", signatures, trusted=trusted_keys(), purpose=PACKS
    )


# The telecentre


def test_nobody_is_believed_before_a_person_has_vouched_for_them():
    assert accept_trust_chain([FIRST.data, ROTATED.data]) == ()

    assert held_trust() is None
    assert not TrustedKey.objects.exists()


def test_a_rotation_in_a_pack_lets_the_new_key_in_and_keeps_the_old(telecentre):
    with pytest.raises(UnknownKeyError):
        check_pack(NEW_PACKS_KEY)

    accept_trust_chain([ROTATED.data])

    assert check_pack(NEW_PACKS_KEY).key_id == NEW_PACKS_KEY.key_id
    assert check_pack(PACKS_KEY).key_id == PACKS_KEY.key_id


def test_a_revocation_in_a_pack_turns_the_old_key_out(telecentre):
    accept_trust_chain([REVOKED.data])

    with pytest.raises(RevokedKeyError):
        check_pack(PACKS_KEY)
    assert check_pack(NEW_PACKS_KEY).key_id == NEW_PACKS_KEY.key_id


def test_a_look_into_a_pack_writes_nothing_down(telecentre):
    looked = trusted_keys().with_documents([REVOKED.data])

    assert looked.get(NEW_PACKS_KEY.key_id).revoked_at is None
    assert looked.get(PACKS_KEY.key_id).revoked_at is not None
    assert held_trust() == FIRST
    assert trusted_keys().get(NEW_PACKS_KEY.key_id) is None
    assert trusted_keys().get(PACKS_KEY.key_id).revoked_at is None


def test_a_look_without_a_centre_believes_nobody():
    assert list(trusted_keys().with_documents([REVOKED.data])) == []


def test_the_purpose_of_a_key_is_enforced(telecentre):
    with pytest.raises(WrongPurposeError):
        check_pack(SYNC_KEY)
    with pytest.raises(UnknownKeyError):
        check_pack(A)  # a root key signs nothing but trust


def test_a_replayed_version_brings_nothing_back(telecentre):
    accept_trust_chain([REVOKED.data])

    assert accept_trust_chain([FIRST.data, ROTATED.data]) == ()

    assert held_trust() == REVOKED
    with pytest.raises(RevokedKeyError):
        check_pack(PACKS_KEY)


def test_a_revoked_key_never_comes_back(telecentre):
    accept_trust_chain([REVOKED.data])
    revoked_at = TrustedKey.objects.get(pk=PACKS_KEY.key_id).revoked_at

    accept_trust_chain([signed(version=4).data])

    assert TrustedKey.objects.get(pk=PACKS_KEY.key_id).revoked_at == revoked_at
    assert revoked_at is not None


def test_a_key_revoked_before_it_was_ever_listed_here_does_not_come_in(telecentre):
    accept_trust_chain([signed(version=2, revoked=(NEW_PACKS_KEY.key_id,)).data])

    accept_trust_chain([signed(version=3, keys=(packs_key(NEW_PACKS_KEY),)).data])

    with pytest.raises(RevokedKeyError):
        check_pack(NEW_PACKS_KEY)


def test_documents_of_another_centre_change_nothing(telecentre):
    stranger = signed(D, version=8, root=root_of(D), keys=(packs_key(NEW_PACKS_KEY),))

    assert accept_trust_chain([stranger.data]) == ()

    assert held_trust() == FIRST
    with pytest.raises(UnknownKeyError):
        check_pack(NEW_PACKS_KEY)


def test_a_second_content_for_a_version_is_refused_and_nothing_of_it_stays(telecentre):
    other = signed(version=2, keys=(packs_key(D),))

    with pytest.raises(TrustForkError):
        accept_trust_chain([ROTATED.data, other.data])

    assert held_trust() == FIRST


def test_too_few_of_the_root_keys_held_are_refused():
    held = signed(A, B, root=root_of(A, B, C, threshold=2))
    adopt_trust([held.data])

    with pytest.raises(TrustThresholdError):
        accept_trust_chain([signed(C, version=2, root=root_of(C)).data])

    enough = signed(B, C, version=2, root=root_of(A, B, C, threshold=2))
    assert accept_trust_chain([enough.data]) == (enough,)


def test_a_damaged_document_is_refused(telecentre):
    with pytest.raises(TrustDocumentError):
        accept_trust_chain([ROTATED.data.replace(b"test", b"tost")])


@pytest.mark.parametrize("documents", [[b"x" * (MAX_SIZE + 1)], [FIRST.data] * (MAX_CHAIN + 1)])
def test_too_much_is_not_looked_at(telecentre, documents):
    with pytest.raises(TrustDocumentError):
        accept_trust_chain(documents)


def test_new_root_keys_are_followed_through_the_documents_between(telecentre):
    second = signed(A, B, version=2, root=root_of(B))
    third = signed(B, C, version=3, root=root_of(C))

    assert accept_trust_chain([third.data, second.data]) == (second, third)

    assert held_trust().trust.root == root_of(C)
    assert held_chain() == (second, third)


def test_pairing_with_another_centre_forgets_the_keys_of_the_first(telecentre):
    adopt_trust([signed(D, root=root_of(D), keys=(packs_key(NEW_PACKS_KEY),)).data])

    assert check_pack(NEW_PACKS_KEY)
    with pytest.raises(UnknownKeyError):
        check_pack(PACKS_KEY)


def test_pairing_again_with_the_same_centre_goes_back_to_no_older_version(telecentre):
    accept_trust_chain([REVOKED.data])

    adopt_trust([FIRST.data])

    assert held_trust() == REVOKED


def test_a_key_revoked_by_one_centre_is_not_believed_for_the_sake_of_another(telecentre):
    accept_trust_chain([REVOKED.data])

    adopt_trust([signed(D, root=root_of(D)).data])

    with pytest.raises(RevokedKeyError):
        check_pack(PACKS_KEY)


def test_the_link_with_the_centre_goes_on_with_the_new_sync_key(telecentre):
    link = CentreLink.objects.create(
        address="https://centre.example.org",
        sync_key=SYNC_KEY.public.hex(),
        telecentre=make_telecentre(),
    )
    sync_key = type(TRUST.keys[1])(D.public, SYNC, TRUST.centre)

    accept_trust_chain([signed(version=2, keys=(sync_key, *TRUST.keys)).data])

    link.refresh_from_db()
    assert link.sync_key == D.public.hex()


def test_the_link_with_another_centre_is_left_alone(telecentre):
    link = CentreLink.objects.create(
        address="https://centre.example.org",
        sync_key=B.public.hex(),
        telecentre=make_telecentre(),
    )

    accept_trust_chain([ROTATED.data])

    link.refresh_from_db()
    assert link.sync_key == B.public.hex()


# The trust file


def write(path, *documents):
    path.write_bytes(encode_chain(documents))
    return path


def test_a_trust_file_is_believed_the_first_time(tmp_path):
    assert import_trust(write(tmp_path / "t", FIRST, ROTATED)) == ROTATED

    assert check_pack(NEW_PACKS_KEY)


def test_another_centres_trust_file_is_refused_unless_somebody_insists(tmp_path, telecentre):
    path = write(tmp_path / "t", signed(D, root=root_of(D)))

    with pytest.raises(OtherRootError):
        import_trust(path)
    assert held_trust() == FIRST

    import_trust(path, replace=True)
    assert held_trust().trust.root == root_of(D)


def test_an_older_trust_file_changes_nothing(tmp_path, telecentre):
    accept_trust_chain([REVOKED.data])

    assert import_trust(write(tmp_path / "t", FIRST)) == REVOKED


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"documents":[]}', b'{"documents":[1]}', b'{"documents":{}}'],
)
def test_no_trust_file_is_said_so(tmp_path, content):
    (tmp_path / "t").write_bytes(content)

    with pytest.raises(TrustFileError):
        import_trust(tmp_path / "t")


def test_a_missing_file_is_said_so(tmp_path):
    with pytest.raises(TrustFileError):
        import_trust(tmp_path / "none")

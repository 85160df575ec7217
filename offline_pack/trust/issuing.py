"""At the centre: new trust documents, signed by its root keys, which may be kept elsewhere.

Each document says everything anew under the next number. A command that was cut short is run
again: a key that was made and not yet listed, or listed and not yet put in use, is taken up.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from offline_pack.conf import centre_name, is_centre
from offline_pack.errors import (
    KeyInUseError,
    KeyNotListedError,
    NotARootKeyError,
    RootKeysMissingError,
    RootSetError,
)
from offline_pack.format.signing import PACKS, SYNC, SigningKey, VerifyingKey
from offline_pack.format.trust import SignedTrust, follow, sign_trust
from offline_pack.format.trust_document import MAX_ROOT_KEYS, ROOT, Root, Trust
from offline_pack.trust.age_keys import (
    centre_recipients,
    coming_recipient,
    next_recipient,
    own_recipient,
    take_next_identity,
)
from offline_pack.trust.chain import encode_chain, held_chain, held_trust, hold_trust
from offline_pack.trust.keys import (
    forget_older_key,
    has_own_key,
    key_in,
    next_key,
    own_key,
    read_key,
    take_next_key,
)

LEAST_PREFIX = 8  # characters of a key id that a person types

RootFiles = Sequence[Path]
"""Files with private root keys, besides ``keys/root.key``."""


def own_trust() -> SignedTrust:
    """This centre's newest document; its keys and version 1 are made if there is none yet."""
    held = held_trust()
    if held is not None:
        return held
    name = centre_name()
    root = own_key(ROOT)
    first = Trust(
        version=1,
        centre=name,
        issued_at=_now(),
        root=Root(threshold=1, keys=(VerifyingKey(root.public, ROOT, name),)),
        keys=tuple(
            VerifyingKey(own_key(purpose).public, purpose, name) for purpose in (PACKS, SYNC)
        ),
        box=tuple(centre_recipients()),
    )
    with suppress(IntegrityError):  # another process was first
        hold_trust(sign_trust(first, [root]))
    return held_trust() or own_trust()


def documents_to_carry() -> tuple[SignedTrust, ...]:
    """For ``META/trust`` of the packs made here: the chain held; at the centre, its own."""
    if is_centre():
        own_trust()
    return held_chain()


def export_trust(to: Path) -> SignedTrust:
    """Write this centre's trust file; it holds nothing secret."""
    trust = own_trust()
    with to.open("wb") as target:
        target.write(encode_chain(held_chain()))
        target.flush()
        os.fsync(target.fileno())
    return trust


def rotate_key(purpose: str, *, revoke: bool = False, root_files: RootFiles = ()) -> SignedTrust:
    """Put a new key for that purpose in use; the one before stays believed unless ``revoke``.

    Raises ``RootKeysMissingError``; then nothing has changed.
    """
    held = own_trust()
    signers = root_signers(held.trust.root, root_files)
    coming = next_key(purpose)
    if not held.trust.lists(coming.key_id):
        key = VerifyingKey(coming.public, purpose, held.trust.centre)
        before = held.trust.key_in_use(purpose)
        gone = (before.key_id,) if revoke and before else ()
        trust = replace(
            held.trust, keys=(key, *held.trust.keys), revoked=(*held.trust.revoked, *gone)
        )
        held = _issue(trust, signers)
    older_is_good = own_key(purpose).key_id not in held.trust.revoked
    # Only a telecentre that has not heard yet makes us use an older key: to answer it.
    take_next_key(purpose, keep_older=purpose == SYNC and older_is_good)
    return held


def rotate_box_key(*, root_files: RootFiles = ()) -> SignedTrust:
    """A new key to seal results for; also the way to make a new escrow known.

    The older private halves stay: sticks are on their way. Raises ``RootKeysMissingError``.
    """
    held = own_trust()
    signers = root_signers(held.trust.root, root_files)
    if next_recipient() not in held.trust.box:
        held = _issue(held.trust, signers)
    take_next_identity()
    return held


def revoke_key(key: str, *, root_files: RootFiles = ()) -> tuple[VerifyingKey, SignedTrust]:
    """Tell everybody that a packs or sync key is to be believed no more; for ever.

    ``key`` is how its id begins, spaces allowed. Raises ``KeyNotListedError``, or
    ``KeyInUseError`` for one that signs today.
    """
    held = own_trust()
    found = _named(key, held.trust.keys)
    if found.key_id in held.trust.revoked:
        return found, held
    if held.trust.key_in_use(found.purpose) == found:
        raise KeyInUseError(purpose=found.purpose)
    signers = root_signers(held.trust.root, root_files)
    issued = _issue(replace(held.trust, revoked=(*held.trust.revoked, found.key_id)), signers)
    forget_older_key(found.purpose, found.key_id)
    return found, issued


def add_root_key(
    to: Path, *, threshold: int | None = None, root_files: RootFiles = ()
) -> SignedTrust:
    """Make one more root key in a file of its own; the file is to be taken away, and kept."""
    held = own_trust()
    signers = root_signers(held.trust.root, root_files)
    _check_set(len(held.trust.root.keys) + 1, threshold or held.trust.root.threshold)
    added = key_in(to)
    keys = held.trust.root.keys
    if not held.trust.root.holds(added.key_id):
        keys = (*keys, VerifyingKey(added.public, ROOT, held.trust.centre))
    return _issue_root(held, keys, threshold=threshold, signers=[*signers, added])


def remove_root_key(
    key: str, *, threshold: int | None = None, root_files: RootFiles = ()
) -> SignedTrust:
    """Take a lost or stolen root key out; the others sign that. Raises ``KeyNotListedError``."""
    held = own_trust()
    gone = _named(key, held.trust.root.keys)
    signers = root_signers(held.trust.root, root_files)
    keys = tuple(item for item in held.trust.root.keys if item != gone)
    return _issue_root(held, keys, threshold=threshold, signers=signers)


def root_signers(root: Root, files: RootFiles) -> list[SigningKey]:
    """The private root keys at hand, none twice.

    Raises ``RootKeysMissingError`` when they are too few, ``NotARootKeyError`` for another key.
    """
    found: dict[str, SigningKey] = {}
    for path in files:
        key = read_key(path)
        if not root.holds(key.key_id):
            raise NotARootKeyError(str(path))
        found[key.key_id] = key
    if has_own_key(ROOT) and root.holds(own_key(ROOT).key_id):
        found[own_key(ROOT).key_id] = own_key(ROOT)
    if len(found) < root.threshold:
        raise RootKeysMissingError(given=len(found), needed=root.threshold)
    return list(found.values())


def _issue_root(
    held: SignedTrust,
    keys: tuple[VerifyingKey, ...],
    *,
    threshold: int | None,
    signers: list[SigningKey],
) -> SignedTrust:
    """A document with other root keys: enough of the old ones and of the new ones sign it."""
    root = Root(threshold or held.trust.root.threshold, keys)
    _check_set(len(root.keys), root.threshold)
    if root == held.trust.root:
        return held
    able = [key for key in signers if root.holds(key.key_id)]
    if len(able) < root.threshold:
        raise RootKeysMissingError(given=len(able), needed=root.threshold)
    return _issue(replace(held.trust, root=root), signers)


def _check_set(keys: int, threshold: int) -> None:
    if not 1 <= threshold <= keys <= MAX_ROOT_KEYS:
        raise RootSetError(keys=keys, threshold=threshold)


@transaction.atomic
def _issue(trust: Trust, signers: list[SigningKey]) -> SignedTrust:
    """Give the content the next number, and follow it here as a telecentre would."""
    held = own_trust()
    numbered = replace(
        trust,
        version=held.version + 1,
        centre=centre_name(),
        issued_at=_now(),
        box=_box_recipients(),
    )
    signed = sign_trust(numbered, signers)
    (accepted,) = follow(held, [signed]).accepted
    hold_trust(accepted)
    return accepted


def _box_recipients() -> tuple[str, ...]:
    """The key to come first: it is in use from the moment the document is out."""
    others = [item for item in centre_recipients() if item != own_recipient()]
    return (coming_recipient(), *others)


def _named(beginning: str, keys: Sequence[VerifyingKey]) -> VerifyingKey:
    prefix = "".join(beginning.split()).lower()
    found = [key for key in keys if key.key_id.startswith(prefix)]
    if len(prefix) < LEAST_PREFIX or len(found) != 1:
        raise KeyNotListedError(beginning)
    return found[0]


def _now() -> datetime:
    return timezone.now().replace(microsecond=0)

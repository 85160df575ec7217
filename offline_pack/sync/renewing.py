"""New keys for this telecentre: made, offered in every batch, taken once the centre has them.

May be cut anywhere: the files say how far it went. Older keys stay, for a centre that was put
back from an old copy. The centre's half is ``offline_pack.sync.succession``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lms.recording import own_device
from offline_pack.format.signing import DEVICE, SigningKey
from offline_pack.models import CentreLink
from offline_pack.sync.envelope import whole
from offline_pack.sync.rotation import Rotation, offer_rotation
from offline_pack.trust.age_keys import coming_recipient, next_recipient, take_next_identity
from offline_pack.trust.keys import has_next_key, next_key, own_key, take_next_key

DUE = timedelta(days=365)  # by the centre's clock


@dataclass(frozen=True, slots=True)
class KeyNews:
    """What an answer says of the key that signed the batch; all by the centre's clock."""

    key_id: str
    since: datetime
    until: datetime | None  # another took its place, and this is when it ends
    taken: str  # key id of a new key the centre has taken; empty: none
    now: datetime

    @classmethod
    def parse(cls, document: Mapping[str, Any], *, now: datetime) -> KeyNews | None:
        """None from a centre that says nothing of keys; raises ``KeyError`` and the like."""
        told = document.get("key")
        if told is None:
            return None
        until = told.get("until")
        return cls(
            key_id=str(told["id"]),
            since=_time(told["since"]),
            until=None if until is None else _time(until),
            taken=str(document.get("next", "")),
            now=now,
        )

    @property
    def is_due(self) -> bool:
        return self.until is None and self.now - self.since >= DUE


def make_new_keys() -> None:
    """Make them now, unless they wait already; from here on every batch offers them."""
    next_recipient()  # first: a batch offers both as soon as there is the other
    next_key(DEVICE)


def rotation_for(signing: SigningKey) -> Rotation | None:
    """What a batch signed by that key is to offer: the key to come, or the one in use."""
    new = next_key(DEVICE) if has_next_key(DEVICE) else own_key(DEVICE)
    if new.key_id == signing.key_id:
        return None
    return offer_rotation(new, coming_recipient(), device=own_device().pk, old=signing.key_id)


def note_key(link: CentreLink, news: KeyNews | None) -> None:
    """Take the new keys once the centre has them; make some when it is time."""
    if news is None:
        return
    since, until = news.since, news.until
    if news.taken and has_next_key(DEVICE) and next_key(DEVICE).key_id == news.taken:
        take_next_identity()
        take_next_key(DEVICE, keep_older=True)
        since, until = news.now, None
    elif news.is_due and news.key_id == own_key(DEVICE).key_id:
        make_new_keys()
    CentreLink.objects.filter(pk=link.pk).update(key_since=since, key_until=until)


def _time(told: Any) -> datetime:
    return datetime.fromtimestamp(whole(told) / 1000, tz=UTC)

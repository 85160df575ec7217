"""At a telecentre: take the centre's answer from a stick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from lms.models import Epoch, Statement, Telecentre
from lms.recording import own_device
from lms.streams import carry_into_new_epoch, hash_at
from offline_pack.box.container import asked_by_stick, unseal_answer
from offline_pack.box.errors import BoxDamagedError, BoxNotFromCentreError
from offline_pack.box.names import answer_at, read_bounded, shown_name
from offline_pack.format.errors import SignatureError
from offline_pack.locking import LockedError, machine_lock
from offline_pack.models import CentreLink
from offline_pack.sync.applying import Answer, apply_cursor, apply_lost, apply_news, note_answer
from offline_pack.sync.envelope import whole
from offline_pack.sync.errors import EmptyRosterError, NotPairedError, SyncBusyError
from offline_pack.sync.exchange import Exchanged
from offline_pack.sync.planning import note_success
from offline_pack.sync.stories import MARK_CHARS
from offline_pack.timekeeping import remember_time
from offline_pack.trust.age_keys import own_identities
from offline_pack.words.explain import facts_of


def read_answer(place: Path, *, accept_empty_roster: bool = False) -> Exchanged:
    """Apply the answer for this machine; the same one again, or an older one, does no harm.

    Raises a ``SyncError``; cursors that were read before it stay.
    """
    link = CentreLink.objects.current()
    if link is None:
        raise NotPairedError("this machine is not paired with a centre")
    document = _document(answer_at(place, own_device().pk), link)
    try:
        with machine_lock("sync"):
            return _apply(document, link, accept_empty_roster=accept_empty_roster)
    except LockedError as error:
        raise SyncBusyError("a sync is under way") from error
    except EmptyRosterError as error:
        # A person has to decide, and the page where they do so knows it from here.
        note = {"last_error": type(error).__name__, "error_facts": facts_of(error)}
        CentreLink.objects.filter(pk=link.pk).update(**note)
        raise


def _document(path: Path, link: CentreLink) -> dict[str, Any]:
    name = shown_name(path)
    answer = unseal_answer(read_bounded(path), identities=own_identities(), name=name)
    try:
        answer.check(link.verifying_key(), asked=asked_by_stick(own_device().pk.hex))
    except SignatureError as error:
        raise BoxNotFromCentreError(name) from error
    return answer.document()


def _apply(
    document: Mapping[str, Any], link: CentreLink, *, accept_empty_roster: bool
) -> Exchanged:
    done = Exchanged(rejected=len(document.get("rejected", [])))
    own = {epoch.pk: epoch for epoch in Epoch.objects.filter(device=own_device())}
    told = _told(document, link)
    answer = Answer.parse({**document, "stored": 0}, address=link.address)
    # The centre's own clock tells its answers apart: an older one never takes a cursor back.
    is_news = link.last_contact_at is None or answer.server_time >= link.last_contact_at
    for epoch_id, cursor in told.items():
        if epoch_id in own:
            _believe(own[epoch_id], cursor, done=done, is_news=is_news)
    if is_news:
        done.is_asked_again |= apply_lost(answer)
        note_answer(link, answer)
        remember_time()  # it is later than that; how much later, a stick does not say
    done.received = apply_news(link, answer.down, accept_empty_roster=accept_empty_roster)
    if is_news:
        Telecentre.objects.filter(pk=link.telecentre_id).update(last_synced_at=answer.server_time)
        note_success(sent=done.stored)
    CentreLink.objects.filter(pk=link.pk).update(
        last_error="", error_facts={}, last_success_at=timezone.now()
    )
    return done


@dataclass(frozen=True, slots=True)
class _Cursor:
    """What the centre says of one epoch."""

    answer: Answer
    chain_hash: bytes  # after ``answer.stored``
    seen: int  # up to where this machine, when it wrote the box, thought it was held; 0: not said
    seen_mark: str  # how the chain hash there begins; empty: not known there

    @classmethod
    def parse(cls, item: Mapping[str, Any], *, answer: Answer) -> _Cursor:
        seen, mark = item.get("seen") or (0, "")
        return cls(answer, bytes.fromhex(item["h"]), whole(seen), str(mark)[:MARK_CHARS])


def _told(document: Mapping[str, Any], link: CentreLink) -> dict[UUID, _Cursor]:
    time = document.get("server_time")
    try:
        return {
            UUID(item["epoch"]): _Cursor.parse(
                item, answer=Answer.parse({**item, "server_time": time}, address=link.address)
            )
            for item in document["epochs"]
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BoxDamagedError("the answer") from error


def _believe(epoch: Epoch, cursor: _Cursor, *, done: Exchanged, is_news: bool) -> None:
    """Note in ``done`` how many more facts of it the centre holds, or that it asks again."""
    answer = cursor.answer
    is_other = cursor.seen <= epoch.last_sequence and not _is_our_story(
        epoch, cursor.seen, cursor.seen_mark
    )
    if is_news and is_other:
        # It was put back from a copy, and a clone of this machine was the first to tell again.
        carry_into_new_epoch(epoch, after=0)
        done.is_asked_again = True
        return
    is_settled = epoch.closed_at is not None and epoch.acknowledged >= epoch.last_sequence
    if is_settled and answer.stored > epoch.last_sequence:
        return  # what the centre has beyond was told by another copy of this machine
    if not _is_our_story(epoch, answer.stored, cursor.chain_hash.hex()):
        # Put back from an old copy, or cloned. What was acknowledged is the same in both
        # stories; all that came after goes into a new epoch, and the centre knows it by its ids.
        known = epoch.acknowledged if epoch.acknowledged < answer.stored else 0
        carry_into_new_epoch(epoch, after=known)
        done.is_asked_again = True
        return
    if not is_news:
        stored = max(answer.stored, epoch.acknowledged)
        answer = replace(answer, stored=stored, durable=max(answer.durable, epoch.durable))
    done.is_asked_again |= answer.stored < epoch.acknowledged
    done.stored += apply_cursor(epoch, answer)


def _is_our_story(epoch: Epoch, sequence: int, mark: str) -> bool:
    """Whether our chain hash there begins so."""
    if sequence > epoch.last_sequence:
        return False
    try:
        return hash_at(epoch, sequence).hex().startswith(mark)
    except Statement.DoesNotExist:
        return sequence <= epoch.acknowledged

"""At a telecentre: one whole exchange with the centre, whatever carries the bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from lms.clock import uptime_ms
from lms.models import Epoch, Telecentre
from lms.recording import own_device
from lms.streams import carry_into_new_epoch
from offline_pack.errors import TrustFileError
from offline_pack.format.errors import TrustError
from offline_pack.format.signing import DEVICE, SigningKey, VerifyingKey
from offline_pack.installations import versions_in_use
from offline_pack.models import CentreLink, SnapshotKind
from offline_pack.sync.applying import (
    Answer,
    apply_cursor,
    apply_lost,
    apply_news,
    held_snapshots,
    note_answer,
)
from offline_pack.sync.batch import Outgoing, Sender, collect_batch, waiting_facts
from offline_pack.sync.batch_size import after_a_cut, next_limit
from offline_pack.sync.envelope import MAX_FACTS
from offline_pack.sync.errors import (
    BatchTooLargeError,
    CentreUnreachableError,
    DamagedStreamError,
    EmptyRosterError,
    NoProgressError,
    StreamForkError,
    StreamGapError,
)
from offline_pack.sync.forgotten import erased_beyond_roster
from offline_pack.sync.planning import batch_facts, keep_batch_facts
from offline_pack.sync.renewing import rotation_for
from offline_pack.sync.stories import carry_other_stories, longer_streams
from offline_pack.sync.troubles import trouble_code
from offline_pack.timekeeping import heard_time
from offline_pack.trust.age_keys import own_recipient
from offline_pack.trust.keys import own_key

MAX_HEALINGS = 5  # of one exchange: beyond, centre and device do not come to an end

Progress = Callable[[int, int], None]
"""Told how many facts the centre holds, of how many there were to send."""


class Centre(Protocol):
    address: str

    def send_batch(self, body: bytes, *, centre: VerifyingKey) -> dict[str, Any]: ...


@dataclass(slots=True)
class Exchanged:
    sent: int = 0  # facts, those sent again included
    stored: int = 0  # facts the centre newly says it holds
    received: int = 0  # snapshots applied
    rejected: int = 0  # facts set aside at the centre
    is_asked_again: bool = False  # by stick: it lacks, or holds otherwise, what it held before


def exchange(
    link: CentreLink,
    centre: Centre,
    *,
    progress: Progress | None = None,
    accept_empty_roster: bool = False,
    signing: SigningKey | None = None,
) -> Exchanged:
    """Send all that waits, then apply what is new at the centre; at least one request.

    ``signing`` is the key of this machine that ``centre`` signs with, if not the one in use.

    May be cut anywhere and begun again. Raises a ``SyncError``; what went before it stays.
    """
    course = _Exchange(
        link,
        centre,
        progress=progress or (lambda _done, _total: None),
        accept_empty=accept_empty_roster,
        signing=signing or own_key(DEVICE),
    )
    course.run()
    return course.done


class _Exchange:
    def __init__(
        self,
        link: CentreLink,
        centre: Centre,
        *,
        progress: Progress,
        accept_empty: bool,
        signing: SigningKey,
    ) -> None:
        self.link, self.centre, self.accept_empty = link, centre, accept_empty
        self.progress, self.signing = progress, signing
        self.done = Exchanged()
        self.limit = batch_facts()
        self.most = MAX_FACTS
        self.came: set[str] = set()  # kinds of snapshot, in this exchange
        self.asked: set[UUID] = set()  # streams that another copy of this machine went on with
        self.refused: Exception | None = None
        self.healings = 0
        self.total = waiting_facts()
        self.device_id = own_device().pk
        self.sender = self._sender()

    def run(self) -> None:
        """Batch after batch until nothing waits and the centre has said what is new."""
        self.progress(0, self.total)
        while True:
            epoch = self._next_epoch()
            try:
                if not self._send(epoch):
                    return
            except StreamGapError as gap:
                self._heal()
                Epoch.objects.filter(pk=epoch.pk).update(
                    acknowledged=min(gap.stored, epoch.acknowledged)
                )
            except StreamForkError as fork:
                self._heal()
                epoch.acknowledged = min(fork.at - 1, epoch.last_sequence)  # equal up to there
                carry_into_new_epoch(epoch, after=epoch.acknowledged)
            except DamagedStreamError as damage:
                self._heal()
                carry_into_new_epoch(epoch, after=damage.after)
            except BatchTooLargeError:
                if self.limit == 1:
                    raise
                self.limit = self.most = max(self.limit // 2, 1)

    def _next_epoch(self) -> Epoch:
        """The oldest of this machine's streams with something to send, else the open one."""
        own = Epoch.objects.filter(device=self.device_id).order_by("started_at", "pk")
        return next(
            (epoch for epoch in own if epoch.last_sequence > epoch.acknowledged),
            None,
        ) or own.filter(closed_at=None).latest("started_at")

    def _send(self, epoch: Epoch) -> bool:
        """One batch there and its answer back; whether there is more to send or to fetch."""
        batch = collect_batch(epoch, sender=self.sender, limit=self.limit)
        answer = self._post(batch)
        newly = apply_cursor(epoch, answer)
        self.done.stored += newly
        self.done.rejected += answer.rejected
        self._note(answer)
        if answer.stored > epoch.last_sequence:
            # The centre has more of this stream than we: this machine was put back from a copy.
            self._heal()
            carry_into_new_epoch(epoch, after=epoch.last_sequence)
            return True
        self.progress(self.done.stored, max(self.total, self.done.stored))
        if batch.header.left:
            if not newly:
                self._heal()
            return True
        if apply_lost(answer) or self._find_other_stories(answer):
            self._heal()
            return True
        return self._apply(answer)

    def _find_other_stories(self, answer: Answer) -> bool:
        """Whether streams we hold for settled are to be told again under another name."""
        held = answer.held or {}
        is_found = carry_other_stories(held)
        longer = (epoch for epoch in longer_streams(held) if epoch.pk not in self.asked)
        for epoch in longer:
            self.asked.add(epoch.pk)
            try:  # a batch of nothing: the centre holds it against the fact before it
                sender = replace(self.sender, skip=tuple(SnapshotKind.values))
                self._post(collect_batch(epoch, sender=sender, limit=1))
            except StreamForkError:
                carry_into_new_epoch(epoch, after=0)
                is_found = True
        return is_found

    def _sender(self) -> Sender:
        """Worked out at the beginning, and when something came: not for each batch."""
        return Sender(
            device=self.device_id,
            to=self.link.verifying_key().key_id,
            have=held_snapshots(self.link.telecentre),
            installed=versions_in_use(),
            age=own_recipient(),
            erased=erased_beyond_roster(self.link.telecentre),
            skip=tuple(sorted(self.came)),
            trouble=trouble_code(self.link.last_error),
            rotate=rotation_for(self.signing),
        )

    def _post(self, batch: Outgoing) -> Answer:
        """The answer; what the line can carry is measured, and kept for the next time."""
        self.done.sent += batch.header.n
        began, before = time.monotonic(), self.limit
        asked = uptime_ms()
        try:
            document = self.centre.send_batch(batch.body, centre=self.link.verifying_key())
        except CentreUnreachableError:
            keep_batch_facts(after_a_cut(min(batch.header.n or self.limit, self.limit)))
            raise
        seconds = time.monotonic() - began
        self.limit = min(next_limit(self.limit, sent=batch.header.n, seconds=seconds), self.most)
        if self.limit != before:
            keep_batch_facts(self.limit)
        answer = Answer.parse(document, address=self.centre.address)
        heard_time(answer.server_time, asked_ms=asked, answered_ms=uptime_ms())
        return answer

    def _apply(self, answer: Answer) -> bool:
        """Each snapshot by itself; whether the centre has more of them for us."""
        try:
            self.done.received += apply_news(
                self.link, answer.down, accept_empty_roster=self.accept_empty
            )
        except (EmptyRosterError, TrustError, TrustFileError) as error:
            self.refused = self.refused or error
        came = {str(snapshot.get("kind", "")) for snapshot in answer.down}
        if answer.more and came - self.came:
            self.came |= came
            self.link.refresh_from_db()  # the keys that came may have changed whom we believe
            self.sender = self._sender()
            return True
        if self.refused:
            raise self.refused
        Telecentre.objects.filter(pk=self.link.telecentre_id).update(
            last_synced_at=answer.server_time
        )
        return False

    def _note(self, answer: Answer) -> None:
        note_answer(self.link, answer)

    def _heal(self) -> None:
        """Once more around; but not for ever."""
        self.healings += 1
        if self.healings > MAX_HEALINGS:
            raise NoProgressError("centre and device do not come to an end")

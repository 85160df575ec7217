"""At a telecentre: all that waits, as boxes on a stick. Writing one moves no cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from lms.models import Epoch
from lms.recording import own_device, own_epoch
from lms.streams import carry_into_new_epoch
from offline_pack.box.container import SignedBatch, seal_box
from offline_pack.box.errors import BoxKeyUnknownError
from offline_pack.box.names import OUT, box_name, earlier_boxes
from offline_pack.format.signing import DEVICE
from offline_pack.installations import versions_in_use
from offline_pack.locking import LockedError, machine_lock
from offline_pack.models import CentreLink
from offline_pack.stick import write_checked
from offline_pack.sync.applying import held_snapshots
from offline_pack.sync.batch import Outgoing, Sender, collect_batch
from offline_pack.sync.envelope import USUAL_FACTS
from offline_pack.sync.errors import DamagedStreamError, NotPairedError, SyncBusyError
from offline_pack.sync.forgotten import erased_beyond_roster
from offline_pack.sync.renewing import rotation_for
from offline_pack.sync.signing import request_payload, sign_request
from offline_pack.transport import BOX_PATH
from offline_pack.trust.age_keys import own_recipient
from offline_pack.trust.keys import own_key

MAX_HEALINGS = 5
BATCHES_A_BOX = 200  # 100,000 facts, some 5 MB


@dataclass(frozen=True, slots=True)
class Written:
    names: tuple[str, ...]
    facts: int


def write_boxes(stick: Path) -> Written:
    """Write all facts that the centre is not known to hold; with none, an empty box that asks.

    Earlier boxes of this machine on the stick are removed once the new ones, which hold all of
    what they held, are read back. Raises a ``SyncError`` or one of ``offline_pack.stick``.
    """
    link = CentreLink.objects.current()
    if link is None:
        raise NotPairedError("this machine is not paired with a centre")
    if not link.box_recipients:
        raise BoxKeyUnknownError("the centre has not said for whom to seal")
    device = own_device()
    try:
        with machine_lock("sync"):
            boxes = list(_boxes(_healed_batches(link)))
    except LockedError as error:
        raise SyncBusyError("a sync is under way") from error
    earlier = set(earlier_boxes(stick, device.pk))
    written = []
    for box in boxes:
        first, last = box[0].header, box[-1].header
        name = box_name(
            link.telecentre.slug,
            device.pk,
            first.epoch,
            first=first.first_seq,
            last=last.first_seq + last.n - 1,
        )
        sealed = seal_box([_signed(item) for item in box], recipients=link.box_recipients)
        write_checked(stick / OUT / name, sealed)
        written.append(stick / OUT / name)
    for path in earlier - set(written):
        path.unlink(missing_ok=True)
    facts = sum(item.header.n for box in boxes for item in box)
    return Written(tuple(path.name for path in written), facts)


def _healed_batches(link: CentreLink) -> list[Outgoing]:
    """A damaged stream is carried into a new epoch first, as in a sync over the network."""
    for healing in range(MAX_HEALINGS + 1):
        batches: list[Outgoing] = []
        for epoch in _epochs():
            try:
                told = sum(item.header.n for item in batches)
                batches += _batches(epoch, sender=replace(_sender(link), told=told))
            except DamagedStreamError as damage:
                if healing == MAX_HEALINGS:
                    raise
                carry_into_new_epoch(epoch, after=damage.after)
                break
        else:
            return batches
    raise AssertionError("unreachable")


def _epochs() -> list[Epoch]:
    own = Epoch.objects.filter(device=own_device()).order_by("started_at", "pk")
    return [epoch for epoch in own if epoch.last_sequence > epoch.acknowledged] or [own_epoch()]


def _batches(epoch: Epoch, *, sender: Sender) -> Iterator[Outgoing]:
    """The facts of one epoch that wait; at least one batch, which may be empty."""
    after, told = epoch.acknowledged, sender.told
    while True:
        batch = collect_batch(
            epoch, sender=replace(sender, told=told), limit=USUAL_FACTS, after=after
        )
        yield batch
        after, told = after + batch.header.n, told + batch.header.n
        if not batch.header.n or after >= epoch.last_sequence:
            return


def _boxes(batches: list[Outgoing]) -> Iterator[list[Outgoing]]:
    """Neighbours of one epoch together, so that a box's name says what is in it."""
    box: list[Outgoing] = []
    for batch in batches:
        if box and (box[0].header.epoch != batch.header.epoch or len(box) == BATCHES_A_BOX):
            yield box
            box = []
        box.append(batch)
    yield box


def _sender(link: CentreLink) -> Sender:
    return Sender(
        device=own_device().pk,
        to=link.verifying_key().key_id,
        have=held_snapshots(link.telecentre),
        installed=versions_in_use(),
        age=own_recipient(),
        erased=erased_beyond_roster(link.telecentre),
        rotate=rotation_for(own_key(DEVICE)),
        cursors_seen=_cursors_seen(),
    )


def _cursors_seen() -> dict[UUID, int]:
    """A stick cannot ask whether the centre tells our story: it says up to where we think so."""
    held = Epoch.objects.filter(device=own_device(), acknowledged__gt=0).order_by("-started_at")
    return dict(held.values_list("pk", "acknowledged"))


def _signed(batch: Outgoing) -> SignedBatch:
    payload = request_payload("POST", BOX_PATH, batch.body)
    return SignedBatch(sign_request(own_key(DEVICE), payload), batch.body)

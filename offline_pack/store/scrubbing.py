"""The slow check of the store: every file read again, once in 30 days of running.

A damaged one is moved aside, so that the store lacks it and the next pack (the same version will
do) brings it back. How far the check has come survives a restart.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Sum
from django.utils import timezone

from courses.blobs import blob_path, stored_blobs
from courses.models import Blob
from offline_pack.locking import LockedError, machine_lock
from offline_pack.models import Rot, ScrubState
from offline_pack.store.hashing import Read, quiet_reader, read_from_disk
from offline_pack.store.repairing import note_lost, note_repairs, set_aside

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_SLICES = 15 * 60
SLICES_A_PASS: Final = 30 * 24 * 3600 // SECONDS_BETWEEN_SLICES


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What a check found."""

    files: int
    bytes: int
    rotten: tuple[str, ...]  # SHA-256 of the damaged and the lost
    is_whole: bool  # the pass came to its end


@dataclass(slots=True)
class _Pace:
    """How far this process is ahead: a film is read in one go, and waited for afterwards."""

    ahead: int = 0  # bytes


_pace = _Pace()


def scrub_slice() -> Scrubbed | None:
    """What to do every 15 minutes; None when the check is ahead of its time."""
    wanted = slice_bytes() - _pace.ahead
    if wanted <= 0:
        _pace.ahead = -wanted
        return None
    done = scrub(at_most=wanted)
    _pace.ahead = max(0, done.bytes - wanted)
    return done


def slice_bytes() -> int:
    """How much to read at a time, for a pass to take 30 days."""
    total = Blob.objects.aggregate(total=Sum("size"))["total"] or 0
    return int(total) // SLICES_A_PASS + 1


def scrub(*, at_most: int) -> Scrubbed:
    """Go on from where the last check stopped, for about so many bytes; a file is never cut."""
    note_repairs()
    state, _created = ScrubState.objects.get_or_create(pk=1)
    names = sorted(name for name in stored_blobs() if name > state.last_checked)
    return _scrub(names, at_most=at_most)


def scrub_all() -> Scrubbed:
    """Check the whole store now."""
    note_repairs()
    ScrubState.objects.get_or_create(pk=1)
    return _scrub(list(stored_blobs()), at_most=None)


def _scrub(names: list[str], *, at_most: int | None) -> Scrubbed:
    files = size = 0
    rotten: list[str] = []
    last, is_whole = "", True
    with quiet_reader() as reader:
        for name in names:
            if at_most is not None and size >= at_most:
                is_whole = False
                break
            try:
                reason, read = _check(name, reader)
                if reason and not _is_set_aside(name, reason, reader):
                    continue
            except LockedError:  # a pack is being installed: another time
                is_whole = False
                break
            rotten += [name] if reason else []
            files, size, last = files + 1, size + read, name
    if is_whole:
        rotten += note_lost()
    _remember(last, is_whole=is_whole)
    return Scrubbed(files, size, tuple(rotten), is_whole)


def _check(name: str, reader: ThreadPoolExecutor) -> tuple[Rot | None, int]:
    """What is wrong with a file, and how many bytes were read."""
    try:
        read: Read = reader.submit(read_from_disk, blob_path(name)).result()
    except FileNotFoundError:  # deleted meanwhile, by right
        return None, 0
    except OSError as error:
        logger.warning("file %s of the store cannot be read: %s", name[:12], error)
        return Rot.UNREADABLE, 0
    if read.sha256 == name:
        return None, read.size
    known = Blob.objects.filter(pk=name).values_list("size", flat=True).first()
    return (Rot.SIZE if known not in (None, read.size) else Rot.CHANGED), read.size


def _is_set_aside(name: str, reason: Rot, reader: ThreadPoolExecutor) -> bool:
    """Look again with imports held off: one may have mended it meanwhile."""
    with machine_lock("import"):
        if not _check(name, reader)[0]:
            return False
        set_aside(name, reason)
        return True


def _remember(last: str, *, is_whole: bool) -> None:
    """One small write, and none when nothing was read."""
    state = ScrubState.objects.filter(pk=1)
    if is_whole:
        state.update(last_checked="", passes=F("passes") + 1, finished_at=timezone.now())
    elif last:
        state.update(last_checked=last)

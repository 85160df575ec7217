"""At the centre: copy the database, and know which facts are safe away from this machine.

``durable`` is read from the copy itself: what it does not hold is not durable.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from lms.models import Epoch
from offline_pack.conf import data_folder
from offline_pack.sync.errors import BackupDamagedError, BackupPlaceError, NotSQLiteError

_EPOCHS = "SELECT id, last_sequence, last_hash FROM yelen_lms_epoch"


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    is_elsewhere: bool  # on another disk than the data


@dataclass(frozen=True, slots=True)
class Marked:
    facts: int  # of all streams, now durable
    other_story: int  # streams whose copy does not fit what is held here


@dataclass(frozen=True, slots=True)
class _Held:
    sequence: int
    chain_hash: bytes


def back_up(folder: Path) -> Backup:
    """Copy the database as it is, while the server runs, and read the copy back.

    Raises ``BackupPlaceError``, ``BackupDamagedError``, ``NotSQLiteError`` or ``OSError``.
    """
    _check_place(folder)
    path = folder / f"yelen-{timezone.now():%Y%m%dT%H%M%S%fZ}.sqlite3"
    part = path.with_suffix(".part")
    try:
        _copy_database(part)
        _flush(part)
        with _opened(part):
            pass
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    _flush(folder)
    return Backup(path, is_elsewhere=folder.stat().st_dev != data_folder().stat().st_dev)


@transaction.atomic
def mark_durable(path: Path) -> Marked:
    """Believe that the copy in ``path`` is safe: what it holds of each stream is durable.

    Never takes back what was durable. Raises ``BackupDamagedError``.
    """
    with _opened(path) as copy:
        held = {
            UUID(str(epoch)): _Held(sequence, bytes(chain_hash))
            for epoch, sequence, chain_hash in copy.execute(_EPOCHS)
        }
    facts = other = 0
    for epoch in Epoch.objects.select_for_update().order_by("pk"):
        found = held.get(epoch.pk)
        if found and _hash_at(epoch, found.sequence) == found.chain_hash:
            epoch.durable = max(epoch.durable, found.sequence)
            epoch.save(update_fields=["durable"])
        elif found and found.sequence:
            other += 1
        facts += epoch.durable
    return Marked(facts=facts, other_story=other)


def _hash_at(epoch: Epoch, sequence: int) -> bytes | None:
    """None for a place this centre does not hold: it was put back from an older copy."""
    if sequence == epoch.last_sequence:
        return bytes(epoch.last_hash)
    for rows in (epoch.statements, epoch.quarantined):
        found = rows.filter(sequence=sequence).values_list("chain_hash", flat=True).first()
        if found is not None:
            return bytes(found)
    return None


def _check_place(folder: Path) -> None:
    if not folder.is_dir() or folder.resolve().is_relative_to(data_folder().resolve()):
        raise BackupPlaceError(str(folder))


def _copy_database(path: Path) -> None:
    if connection.vendor != "sqlite":
        raise NotSQLiteError(connection.vendor)
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
    except sqlite3.Error as error:  # the disk is full, or fails
        raise BackupDamagedError(str(path), reason=str(error)) from error


def _flush(path: Path) -> None:
    """Have the disk write it; then forget it, so that it is read back from the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A whole copy of a centre's database, for reading alone."""
    try:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as copy:
            said = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if said != "ok":
                raise BackupDamagedError(str(path), reason=said)
            copy.execute(f"{_EPOCHS} LIMIT 1")
            yield copy
    except sqlite3.Error as error:
        raise BackupDamagedError(str(path), reason=str(error)) from error

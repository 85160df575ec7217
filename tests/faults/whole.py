"""What must hold after any fault, asked of the disk and of the database file themselves."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.scenes import words_of


def faults_in(
    telecentre: Path, *, served: set[int | None], may_lack_files: bool = False
) -> list[str]:
    """Everything that is wrong; ``served`` are the versions that may be on offer."""
    found = list(_faults_in_store(telecentre))
    with closing(sqlite3.connect(telecentre / "db.sqlite3")) as database:
        found += _faults_in_database(database, served)
        return found if may_lack_files else [*found, *_files_lacking(database, telecentre)]


def left_over(telecentre: Path) -> list[str]:
    """What an import that completed should have cleared away."""
    blobs = telecentre / "blobs"
    return [
        str(path.relative_to(blobs))
        for name in ("stage", "arriving")
        for path in (blobs / name).rglob("*")
    ]


def version_served(telecentre: Path) -> int | None:
    with closing(sqlite3.connect(telecentre / "db.sqlite3")) as database:
        return _version(database)


def stored(telecentre: Path) -> dict[str, int]:
    """Name and size of every file in the store."""
    return {
        path.name: path.stat().st_size
        for path in (telecentre / "blobs").glob("[0-9a-f][0-9a-f]/*")
    }


def _faults_in_store(telecentre: Path) -> Iterator[str]:
    for path in (telecentre / "blobs").glob("[0-9a-f][0-9a-f]/*"):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            yield f"the bytes of {path.name[:12]} ({path.stat().st_size}) are not its name's"


def _faults_in_database(database: sqlite3.Connection, served: set[int | None]) -> Iterator[str]:
    checked = database.execute("PRAGMA integrity_check").fetchall()
    if checked != [("ok",)] or database.execute("PRAGMA foreign_key_check").fetchall():
        yield f"the database is damaged: {checked}"
    version = _version(database)
    if version not in served:
        yield f"version {version} is served, not one of {served}"
    if version is not None:
        yield from _faults_in_course(database, version)


def _files_lacking(database: sqlite3.Connection, telecentre: Path) -> Iterator[str]:
    """Files that the database claims, or that a kept version needs, and that are not here."""
    here = stored(telecentre)
    known = {name for (name,) in database.execute("SELECT sha256 FROM yelen_courses_blob")}
    if known - set(here):
        yield f"{len(known - set(here))} files are known and not here"
    for rev, document in _kept(database):
        lacking = [b for b in _blobs(json.loads(document)) if here.get(b["sha256"]) != b["size"]]
        if lacking:
            yield f"{len(lacking)} files of version {rev} are not here"


def _faults_in_course(database: sqlite3.Connection, version: int) -> Iterator[str]:
    """The rows learners are shown are those of this version, all of them."""
    lessons = database.execute(
        "SELECT block_documents FROM yelen_courses_lesson WHERE retired_at IS NULL"
    ).fetchall()
    words = sorted(json.loads(blocks)[0]["html"] for (blocks,) in lessons)
    if words != sorted(words_of(version, number) for number in range(version + 2)):
        yield f"the lessons are not those of version {version}: {words}"
    row = database.execute(
        "SELECT is_kept FROM yelen_offline_pack_release WHERE rev = ?", [version]
    ).fetchall()
    if row != [(1,)]:
        yield f"version {version} is served and its release is {row}"


def _version(database: sqlite3.Connection) -> int | None:
    rows = database.execute("SELECT version FROM yelen_courses_course").fetchall()
    return rows[0][0] if rows else None


def _kept(database: sqlite3.Connection) -> list[tuple[int, str]]:
    return database.execute(
        "SELECT r.rev, v.document FROM yelen_offline_pack_release r "
        "JOIN yelen_courses_courseversion v ON v.course_id = r.pack AND v.version = r.rev "
        "WHERE r.is_kept"
    ).fetchall()


def _blobs(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "sha256" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _blobs(item)

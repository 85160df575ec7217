"""Several Yelens in one process: each has its folder, its own SQLite database, keys and clock."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils import timezone

import lms.clock
import lms.identifiers
from tests.machine.clocks import Clock, Time

CENTRE, TELECENTRE = "central", "telecentre"
FOLDERS = ("blobs", "keys", "packs", "usb", "media")
ROWS = "db.sqlite3"


class Killed(BaseException):
    """The power went, here and now. No code of the product may catch it."""


@dataclass(eq=False)
class Place:
    """``seat`` is the number of the telecentre; two clones share one."""

    name: str
    role: str
    folder: Path
    clock: Clock
    time: Time
    seat: int = -1
    last_id_ms: int = 0
    _database: DatabaseWrapper | None = field(default=None, repr=False)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What runs inside is run by this machine."""
        before = connections["default"], _Shown.take(), self.time.shown
        lms.identifiers._last_ms = self.last_id_ms
        connections["default"] = self._opened()
        _Shown(self.role, self.folder, 3 if self.role == CENTRE else 0).put()
        self.time.shown = self.clock
        try:
            yield
        except Killed:
            self.switch_off()
            raise
        finally:
            self.last_id_ms = lms.identifiers._last_ms
            connections["default"], shown, self.time.shown = before
            shown.put()

    @contextmanager
    def dying_at(self, query: int) -> Iterator[None]:
        """The power goes when the database is asked for the so-manieth time; 0: it does not."""
        if not query:
            yield
            return
        left = query

        def count(execute: Callable[..., object], *asked: object) -> object:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Killed(f"{self.name} at query {query}")
            return execute(*asked)

        with self._opened().execute_wrapper(count):
            yield

    def switch_off(self) -> None:
        """Nothing that was not committed is there afterwards."""
        if self._database is not None and self._database.connection is not None:
            self._database.connection.close()
        self._database = None

    def copied_to(self, folder: Path) -> None:
        """A card as it is now: what is committed, the keys, and all other files."""
        skipped = shutil.ignore_patterns(f"{ROWS}*", "locks")
        shutil.copytree(self.folder, folder, ignore=skipped)
        here, there = sqlite3.connect(self.folder / ROWS), sqlite3.connect(folder / ROWS)
        with closing(here), closing(there):
            here.backup(there)

    def put_back(self, folder: Path) -> None:
        """The card is now as that copy of it was."""
        self.switch_off()
        shutil.rmtree(self.folder)
        shutil.copytree(folder, self.folder)

    def put_rows_back(self, file: Path) -> None:
        """The database alone, from a copy made while it ran."""
        self.switch_off()
        for path in self.folder.glob(f"{ROWS}*"):
            path.unlink()
        shutil.copy(file, self.folder / ROWS)

    def _opened(self) -> DatabaseWrapper:
        if self._database is None:
            wanted = deepcopy(connections.settings["default"])
            wanted["NAME"] = str(self.folder / ROWS)
            self._database = DatabaseWrapper(wanted, "default")
        return self._database


@dataclass(frozen=True, slots=True)
class _Shown:
    """The settings that differ from machine to machine."""

    role: str
    folder: Path
    quality: int

    @classmethod
    def take(cls) -> _Shown:
        return cls(settings.YELEN_ROLE, settings.YELEN_DATA_DIR, settings.YELEN_CLOCK_QUALITY)

    def put(self) -> None:
        settings.YELEN_ROLE = self.role
        settings.YELEN_DATA_DIR = self.folder
        settings.YELEN_CLOCK_QUALITY = self.quality


def make_folder(folder: Path) -> Path:
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    return folder


def save_rows(file: Path) -> None:
    """The database that this process has open, whatever it is. Not inside a transaction."""
    connections["default"].ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        connections["default"].connection.backup(copy)


def fill_again(file: Path) -> None:
    """The database that this process has open is again as ``save_rows`` found it."""
    with closing(sqlite3.connect(file)) as copy:
        copy.backup(connections["default"].connection)


def show(told: Time, patch: pytest.MonkeyPatch) -> None:
    """Every clock of this process shows the time of the machine at work."""
    patch.setattr(time, "time_ns", told.time_ns)
    patch.setattr(time, "clock_gettime_ns", told.clock_gettime_ns)
    patch.setattr(timezone, "now", told.datetime)
    patch.setattr(lms.clock, "boot_id", told.boot_id)
    patch.setattr(lms.identifiers, "secrets", told)

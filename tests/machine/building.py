"""The world as it is before anything happens: a centre with three telecentres, paired."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model

from courses.outline import CourseOutline, ModuleOutline
from courses.publishing import publish_outline
from lms.learners import register_learner
from lms.models import Role, StaffProfile, Telecentre
from offline_pack import transport
from offline_pack.pairing.codes import create_pairing_code
from offline_pack.pairing.joining import pair
from tests.factories import make_course_outline, make_exercise, make_lesson, make_modules
from tests.machine.clocks import Time
from tests.machine.line import Line, Weather, Wire
from tests.machine.places import CENTRE, ROWS, TELECENTRE, Place, make_folder

SEATS = ("baobab", "karite", "nere")
ADDRESS = "http://centre.example"


@dataclass(frozen=True, slots=True)
class Beginning:
    """Folders to be copied for each run, and who is where."""

    folder: Path
    time: Time
    now: int
    line: Line
    telecentres: tuple[UUID, ...]  # by seat
    blank: Path  # a machine with the course, paired with nobody


def new_world(folder: Path, time: Time) -> tuple[Place, list[Place]]:
    """The places in that folder, switched on."""
    centre = Place("centre", CENTRE, folder / "centre", time.boot(), time)
    others = [
        Place(name, TELECENTRE, folder / name, time.boot(), time, seat=seat)
        for seat, name in enumerate(SEATS)
    ]
    return centre, others


def begin_again(beginning: Beginning, folder: Path, *, seed: int) -> tuple[Place, list[Place]]:
    """The same places in another folder."""
    shutil.copytree(beginning.folder, folder)
    beginning.time.begins(seed, now=beginning.now)
    centre, others = new_world(folder, beginning.time)
    beginning.line.is_new(centre)
    return centre, others


def begin(folder: Path, empty: Path, time: Time, patch: pytest.MonkeyPatch) -> Beginning:
    """Make it once, from the file of an empty database.

    Until ``patch`` is undone, whoever calls the centre in this process uses its line.
    """
    shutil.copy(empty, make_folder(folder / "centre") / ROWS)
    centre, others = new_world(folder, time)
    with centre.at_work():
        publish_outline(_course())
    blank = folder / "blank"
    centre.copied_to(blank)
    for place in others:
        shutil.copytree(blank, place.folder)
    with centre.at_work():
        telecentres = [Telecentre.objects.create(slug=slug, name=slug) for slug in SEATS]
    line = Line(centre)
    patch.setattr(transport.CentreConnection, "_connect", lambda _: Wire(line))
    patch.setattr(hashlib, "scrypt", partial(_quick, hashlib.scrypt))
    ids = tuple(row.pk for row in telecentres)
    for place in others:
        join(place, ids[place.seat], line=line)
        with place.at_work():
            here = Telecentre.objects.get(pk=ids[place.seat])
            _put_manager_there(here)
            register_learner(f"First of {here.slug}", telecentre=here)
    for place in (centre, *others):
        place.switch_off()
    return Beginning(folder, time, time.now, line, ids, blank)


def join(place: Place, telecentre: UUID, *, line: Line) -> None:
    """Pair that machine, whatever it was before, on a fair day."""
    line.begin(Weather())
    with line.centre.at_work():
        code = create_pairing_code(Telecentre.objects.get(pk=telecentre))
    with place.at_work():
        pair(ADDRESS, code)


def make_machine(place: Place, beginning: Beginning) -> None:
    """Another machine for the telecentre: it knows the course, and nobody yet."""
    shutil.copytree(beginning.blank, place.folder)
    telecentre = beginning.telecentres[place.seat]
    join(place, telecentre, line=beginning.line)
    with place.at_work():
        _put_manager_there(Telecentre.objects.get(pk=telecentre))


def _course() -> CourseOutline:
    """The usual one, and a module of exercises of each kind that people say is done."""
    exercises = (make_exercise(completion=kind, title=kind) for kind in ("scored", "marked"))
    lessons = tuple(make_lesson(block) for block in exercises)
    module = ModuleOutline(id=uuid4(), title="Exercices", lessons=lessons)
    return make_course_outline(modules=(*make_modules(), module))


def _quick(scrypt: Callable[..., bytes], secret: bytes, **options: Any) -> bytes:
    """Pairing takes its time on purpose, which is nobody's here."""
    return scrypt(secret, **options | {"n": 2})


def _put_manager_there(telecentre: Telecentre) -> None:
    manager = get_user_model().objects.create_user("manager")
    StaffProfile.objects.create(user=manager, role=Role.MANAGER, telecentre=telecentre)

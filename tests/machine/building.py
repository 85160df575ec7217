"""The world as it is before anything happens: a centre with three telecentres, paired."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model

from courses.publishing import publish_outline
from lms.learners import register_learner
from lms.models import Role, StaffProfile, Telecentre
from offline_pack import transport
from offline_pack.pairing.codes import create_pairing_code
from offline_pack.pairing.joining import pair
from tests.factories import make_course_outline
from tests.machine.clocks import Time
from tests.machine.line import Line, Wire
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
        publish_outline(make_course_outline())
    for place in others:
        make_folder(place.folder)
        centre.copied_to(folder / "copy")
        place.put_back(folder / "copy")
        shutil.rmtree(folder / "copy")
    with centre.at_work():
        telecentres = [Telecentre.objects.create(slug=slug, name=slug) for slug in SEATS]
    line = Line(centre)
    patch.setattr(transport.CentreConnection, "_connect", lambda _: Wire(line))
    for place, telecentre in zip(others, telecentres, strict=True):
        with centre.at_work():
            code = create_pairing_code(telecentre)
        with place.at_work():
            pair(ADDRESS, code)
            _people(Telecentre.objects.get(pk=telecentre.pk))
    for place in (centre, *others):
        place.switch_off()
    ids = tuple(row.pk for row in telecentres)
    return Beginning(folder, time, time.now, line, ids)


def _people(telecentre: Telecentre) -> None:
    manager = get_user_model().objects.create_user("manager")
    StaffProfile.objects.create(user=manager, role=Role.MANAGER, telecentre=telecentre)
    register_learner(f"First of {telecentre.slug}", telecentre=telecentre)

"""What telecentres may call a centre for, as bytes that several copies of it can be sent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from wagtail.log_actions import log

from courses.models import Course
from courses.publishing import publish_outline
from lms.demo_activity import record_activity
from lms.learners import register_learner
from lms.models import Cohort, CohortCourse, Learner, Notice, Telecentre
from lms.people.aliasing import decide
from lms.people.erasing import erase_person
from offline_pack import transport
from offline_pack.format.signing import SigningKey
from offline_pack.installing.withdrawing import withdraw_pack
from offline_pack.making.generating import generate_pack
from offline_pack.pairing.codes import create_pairing_code
from offline_pack.pairing.joining import pair
from offline_pack.sync.envelope import CONTENT_TYPE
from offline_pack.sync.renewing import make_new_keys
from offline_pack.sync.signing import request_payload, sign_request
from offline_pack.syncing import sync_with_centre
from offline_pack.trust.issuing import own_trust
from tests.factories import make_course_outline
from tests.machine.clocks import Time
from tests.machine.line import Line, Wire
from tests.machine.places import CENTRE, ROWS, TELECENTRE, Place, make_folder
from tests.offline_pack.box.asking import Asker
from tests.offline_pack.sync.devices import BOX, RemoteDevice

KEPT_FROM_DELETION = ("auth_user", "auth_group", "auth_permission", "django_content_type")
"""Tables of other apps' models that rows of ``cms`` and Wagtail point to."""


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def to(self, address: str) -> Reply:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        headers = {"X-Forwarded-Proto": "https", **self.headers}
        connection.request(self.method, self.path, body=self.body, headers=headers)
        answer = connection.getresponse()
        found = Reply(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Story:
    """The centre as it was before the first of the calls."""

    centre: Path
    calls: list[Call]


def tell_story(folder: Path, empty: Path) -> Story:
    """``empty`` is the file of a migrated database without rows."""
    time = Time()
    centre = Place("centre", CENTRE, folder / "centre", time.boot(), time)
    telecentre = Place("telecentre", TELECENTRE, folder / "telecentre", time.boot(), time)
    for place in (centre, telecentre):
        shutil.copy(empty, make_folder(place.folder) / ROWS)
    outline = make_course_outline()
    with centre.at_work():
        told = _at_the_centre(outline)
        _forbid_deletion()
    with telecentre.at_work():
        publish_outline(outline)
    centre.copied_to(folder / "before")
    calls = [*_of_a_telecentre(telecentre, centre, told["code"]), *told["calls"]]
    for place in (centre, telecentre):
        place.switch_off()
    return Story(folder / "before", calls)


def busy_day(folder: Path, empty: Path, *, devices: int, facts: int) -> list[Call]:
    """A new centre in ``folder``, and a batch of each of its devices."""
    time = Time()
    centre = Place("centre", CENTRE, folder, time.boot(), time)
    shutil.copy(empty, make_folder(folder) / ROWS)
    calls = []
    with centre.at_work():
        own_trust()
        place = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
        learner = register_learner("Awa", telecentre=place)
        for _ in range(devices):
            device = RemoteDevice(place).registered()
            for _ in range(facts):
                device.records(learner.pk)
            calls.append(_batch(device, device.body()))
    centre.switch_off()
    return calls


def _at_the_centre(outline: Any) -> dict[str, Any]:
    own_trust()
    packs = []
    for summary in ("Une fois.", "Deux fois."):
        course = publish_outline(replace(outline, summary=summary))
        packs.append(generate_pack(course))
    withdraw_pack(course, version=packs[0].version)
    place = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
    group = Cohort.objects.create(name="Matin", telecentre=place)
    CohortCourse.objects.create(cohort=group, course_id=course.pk)
    people = [register_learner(name, telecentre=place) for name in ("Awa", "Awa O.", "Issa")]
    group.learners.set(people)
    trainer = User.objects.create_user("formatrice")
    Learner.objects.filter(pk=people[0].pk).update(user=User.objects.create_user("awa"))
    for person in people:
        log(person, "wagtail.create", user=trainer)
    decide(*people[:2], is_same=True)
    erase_person(people[2], by=trainer)
    Notice.objects.create(
        texts={"fr": {"title": "Rencontre", "text": ""}},
        starts_on=date(2026, 1, 1),
        ends_on=date(2125, 1, 1),
    )
    calls = [*_of_devices(place, people), *_of_anybody(packs)]
    return {"code": create_pairing_code(place), "calls": calls}


def _of_devices(place: Telecentre, people: list[Learner]) -> Iterator[Call]:
    """Good ones, and all that may be wrong with them."""
    first, second = (RemoteDevice(place).registered() for _ in range(2))
    for person in people:
        for _ in range(2):
            first.records(person.pk)
    created = second.creates()
    first.records(created.learner_id)  # waits until the other device has told who that is
    first.lines.append(b"{")
    yield _batch(first, first.body(1, 4))
    yield _batch(first, first.body(1, 4))  # its answer was lost
    yield _batch(first, first.body(6))  # a gap
    yield _batch(first, first.body(5, erased=(people[2].pk,), trouble="RosterError"))
    yield _batch(second, second.body())
    forked = RemoteDevice(place, key=first.key, id=first.id, epoch=first.epoch)
    forked.records(people[0].pk)
    yield _batch(forked, forked.body())
    yield _batch(second, second.body(proto=(9,)))
    yield _batch(second, second.body(), key=SigningKey.generate())
    yield _batch(second, b"no batch")
    body = second.body()
    yield Call("POST", BOX, _batch(second, body).headers | {"Content-Type": "text/plain"}, body)
    yield Call("POST", BOX, {"Content-Type": CONTENT_TYPE}, body)


def _batch(device: RemoteDevice, body: bytes, *, key: SigningKey | None = None) -> Call:
    signed = sign_request(key or device.key, request_payload("POST", BOX, body))
    return Call("POST", BOX, {"Content-Type": CONTENT_TYPE, "Authorization": signed}, body)


def _of_anybody(packs: list[Any]) -> Iterator[Call]:
    asker = Asker()
    asked = {"Content-Type": transport.ASK_TYPE}
    for body in (asker.data(), b"no request"):
        yield Call("POST", transport.ASK_PATH, asked, body)
    yield Call("GET", "/sync/v1/time?nonce=0123456789abcdef", {})
    yield Call("GET", "/sync/v1/time?nonce=x", {})
    yield Call("GET", "/sync/v1/box", {})
    gone, newest = packs
    for language in ("fr", "ar"):
        yield Call("GET", gone.address(), {"Accept-Language": language})
    yield Call("GET", newest.address(), {"Range": "bytes=10-99"})
    yield Call("HEAD", newest.address(), {})
    yield Call("GET", newest.address(), {})


def _of_a_telecentre(here: Place, centre: Place, code: str) -> list[Call]:
    """It pairs, sends what its learners did, changes its keys, and has nothing more to say."""
    line = Line(centre)
    with pytest.MonkeyPatch.context() as patch, here.at_work():
        patch.setattr(transport.CentreConnection, "_connect", lambda _: Wire(line))
        link = pair("http://centre.example", code)
        course = Course.objects.get()
        record_activity(course, telecentre=link.telecentre, learners=4, statements=200, seed=1)
        sync_with_centre()
        make_new_keys()
        sync_with_centre()
        sync_with_centre()
    return [
        Call("POST", request.path, dict(request.headers), request.body)
        for request in line.requests
    ]


def _forbid_deletion() -> None:
    """Whoever deletes a row of these tables is refused, whatever process they are."""
    with connection.cursor() as cursor:
        for table in KEPT_FROM_DELETION:
            cursor.execute(
                f"CREATE TRIGGER keep_{table} BEFORE DELETE ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'a row of {table} was deleted'); END"
            )

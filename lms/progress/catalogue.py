"""What the catalogue asks of learners; some of it kept in memory from one request to the next.

``publish_outline`` is the only writer of a course's versions and definitions, and gives the course
a new random ``stamp`` in the same transaction. So what was read under a stamp holds for as long as
the course carries it, in every process: a publication elsewhere, a return to an older version and
a transaction rolled back all show in the stamp. Read the stamp first, inside the transaction that
uses it: what is kept may then be newer than its stamp, never older.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from courses.errors import OutlineError
from courses.models import ActivityVersion, CourseVersion
from lms.progress.figures import Definitions
from lms.progress.loading import Pair
from lms.progress.people import first_versions
from lms.progress.requirements import (
    NOTHING_ASKED,
    Requirements,
    Shape,
    shape_of,
    versions_that_count,
)

Name = TypeVar("Name", bound=Hashable)
Thing = TypeVar("Thing")


class CourseRequirements:
    """What a course asks, whichever its version was when a learner began it."""

    def __init__(self, shapes: Mapping[int, Shape]) -> None:
        self._shapes = shapes
        self._merged: dict[tuple[int, ...], Requirements] = {}

    @property
    def is_changing(self) -> bool:
        """Whether it matters when a learner began."""
        return len({id(shape) for shape in self._shapes.values()}) > 1

    def since(self, first: int) -> Requirements:
        if not self._shapes:
            return NOTHING_ASKED
        versions = tuple(versions_that_count(self._shapes, first))
        if versions not in self._merged:
            distinct = {id(self._shapes[version]): self._shapes[version] for version in versions}
            self._merged[versions] = Requirements.of(distinct.values())
        return self._merged[versions]


class RequirementsOf:
    """What each learner's course asks of them; loads once, then answers from memory."""

    def __init__(self, pairs: Collection[Pair]) -> None:
        shapes = load_shapes({course_id for _learner_id, course_id in pairs})
        self._courses = {key: CourseRequirements(found) for key, found in shapes.items()}
        changing = {key for key, course in self._courses.items() if course.is_changing}
        self._changing = changing
        self._firsts = first_versions(pair for pair in pairs if pair[1] in changing)

    def is_steady(self, pair: Pair) -> bool:
        """Whether the course asks the same of everybody, whenever they began it."""
        return pair[1] not in self._changing

    def __getitem__(self, pair: Pair) -> Requirements:
        course = self._courses.get(pair[1])
        return course.since(self._firsts.get(pair, 0)) if course else NOTHING_ASKED


def requirements_at(course_id: UUID, stamp: UUID) -> CourseRequirements:
    """What the course asks while it carries that stamp; no query when asked before."""
    kept = _requirements.get((course_id, stamp))
    if kept is None:
        kept = CourseRequirements(load_shapes([course_id]).get(course_id, {}))
        _requirements.put((course_id, stamp), kept)
    return kept


def definitions_at(activity_id: UUID, stamp: UUID) -> Definitions | None:
    """The same for an activity, under the stamp of the course its row is in."""
    kept = _definitions.get((activity_id, stamp))
    if kept is None:
        kept = load_definitions([activity_id]).get(activity_id)
        if kept is not None:
            _definitions.put((activity_id, stamp), kept)
    return kept


def load_definitions(activity_ids: Collection[UUID]) -> dict[UUID, Definitions]:
    """The definitions of these activities; one that is not here, or cannot be read, is absent."""
    if not activity_ids:
        return {}
    steps: dict[UUID, list[tuple[int, str, Any]]] = {}
    rows = ActivityVersion.objects.filter(activity_id__in=activity_ids)
    for row in rows.order_by("activity_id", "since"):
        try:
            parsed = row.parsed()
        except OutlineError:
            continue
        if parsed is not None:
            steps.setdefault(row.activity_id, []).append((row.since, row.kind, parsed))
    return {activity_id: _same_kind(found) for activity_id, found in steps.items()}


def _same_kind(steps: list[tuple[int, str, Any]]) -> Definitions:
    kind = steps[-1][1]
    return Definitions(
        kind=kind, steps=tuple((since, parsed) for since, name, parsed in steps if name == kind)
    )


def load_shapes(course_ids: Collection[UUID]) -> dict[UUID, dict[int, Shape]]:
    """The shape of each version held; a document is read once a process, then known by digest."""
    rows = CourseVersion.objects.filter(course_id__in=course_ids)
    listed = list(rows.order_by().values_list("pk", "course_id", "version", "digest"))
    missing = [pk for pk, _course_id, _version, digest in listed if digest not in _shapes]
    if missing:
        documents = CourseVersion.objects.filter(pk__in=missing).values_list("digest", "document")
        for digest, document in documents.iterator(1):
            _shapes.put_once(digest, shape_of(document))
    shapes: dict[UUID, dict[int, Shape]] = {}
    for pk, course_id, version, digest in listed:
        shapes.setdefault(course_id, {})[version] = _shapes.get(digest) or _read_shape(pk)
    return shapes


def _read_shape(pk: int) -> Shape:
    return shape_of(CourseVersion.objects.values_list("document", flat=True).get(pk=pk))


class _Shelf(Generic[Name, Thing]):
    """What was asked for last, up to so many things."""

    def __init__(self, longest: int) -> None:
        self._things: OrderedDict[Name, Thing] = OrderedDict()
        self._longest = longest
        self._lock = Lock()

    def __contains__(self, name: Name) -> bool:
        return name in self._things

    def get(self, name: Name) -> Thing | None:
        with self._lock:
            if name in self._things:
                self._things.move_to_end(name)
            return self._things.get(name)

    def put(self, name: Name, thing: Thing) -> None:
        with self._lock:
            self._keep(name, thing)

    def put_once(self, name: Name, thing: Thing) -> None:
        """Equal things become one object."""
        with self._lock:
            same = next((held for held in self._things.values() if held == thing), thing)
            self._keep(name, same)

    def _keep(self, name: Name, thing: Thing) -> None:
        self._things[name] = thing
        while len(self._things) > self._longest:
            self._things.popitem(last=False)


_shapes: _Shelf[str, Shape] = _Shelf(256)  # by the digest of their document, which never changes
_requirements: _Shelf[tuple[UUID, UUID], CourseRequirements] = _Shelf(32)
_definitions: _Shelf[tuple[UUID, UUID], Definitions] = _Shelf(256)

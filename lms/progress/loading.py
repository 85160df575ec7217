"""Reads what the rules need, a constant number of queries for any number of learners."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import Min, QuerySet

from courses.errors import OutlineError
from courses.models import ActivityVersion, CourseVersion
from lms.models import Completion, Statement
from lms.progress.figures import Deed, Definitions, Done, Key
from lms.progress.requirements import (
    NOTHING_ASKED,
    Requirements,
    Shape,
    shape_of,
    versions_that_count,
)

Pair = tuple[UUID, UUID]
"""A learner's id and a course's."""

COLUMNS = (
    "learner_id",
    "course_id",
    "v",
    "id",
    "verb",
    "object_id",
    "course_version",
    "occurred_at",
    "epoch_id",
    "sequence",
    "body_json",
)
NO_BODY: Mapping[str, Any] = {}


def deed_of(statement: Statement) -> Deed:
    return _deed(*(getattr(statement, name) for name in COLUMNS[3:]))


def read_deeds(statements: QuerySet[Statement], *, up_to_v: int) -> Iterable[tuple[Pair, Deed]]:
    """Each statement's learner, course and deed; bodies of a later form are passed over."""
    for learner_id, course_id, v, *columns in statements.values_list(*COLUMNS).iterator(2000):
        if v <= up_to_v and course_id is not None:
            yield (learner_id, course_id), _deed(*columns)


def _deed(*columns: Any) -> Deed:
    """From the columns after ``v``, which stand in the order of a deed's fields."""
    fields, body_json = columns[:-1], columns[-1]
    body = NO_BODY if body_json == "{}" else json.loads(body_json)
    read: Callable[..., Deed] = Deed
    return read(*fields, body if isinstance(body, dict) else NO_BODY)


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
    return {activity_id: _definitions(found) for activity_id, found in steps.items()}


def _definitions(steps: list[tuple[int, str, Any]]) -> Definitions:
    kind = steps[-1][1]
    return Definitions(
        kind=kind, steps=tuple((since, parsed) for since, name, parsed in steps if name == kind)
    )


class RequirementsOf:
    """What each learner's course asks of them; loads once, then answers from memory."""

    def __init__(self, pairs: Collection[Pair]) -> None:
        self._shapes = load_shapes({course_id for _learner_id, course_id in pairs})
        self._merged: dict[tuple[UUID, tuple[int, ...]], Requirements] = {}
        self._firsts = self._load_firsts(pairs)

    def __getitem__(self, pair: Pair) -> Requirements:
        course_id = pair[1]
        shapes = self._shapes.get(course_id)
        if not shapes:
            return NOTHING_ASKED
        versions = tuple(versions_that_count(shapes, self._firsts.get(pair, 0)))
        if (course_id, versions) not in self._merged:
            distinct = {id(shapes[version]): shapes[version] for version in versions}
            self._merged[course_id, versions] = Requirements.of(distinct.values())
        return self._merged[course_id, versions]

    def _load_firsts(self, pairs: Collection[Pair]) -> dict[Pair, int]:
        """Needed only where versions ask for different things."""
        changing = {
            course_id
            for course_id, shapes in self._shapes.items()
            if len({id(shape) for shape in shapes.values()}) > 1
        }
        return first_versions(pair for pair in pairs if pair[1] in changing)


def first_versions(pairs: Iterable[Pair]) -> dict[Pair, int]:
    """The lowest course version among each learner's statements about the course."""
    learner_ids, course_ids = _sides(pairs)
    if not learner_ids:
        return {}
    about = Statement.objects.filter(
        learner_id__in=learner_ids, course_id__in=course_ids, course_version__gt=0
    )
    rows = about.order_by().values_list("learner_id", "course_id").annotate(Min("course_version"))
    return {(learner_id, course_id): first for learner_id, course_id, first in rows}


def load_known(pairs: Iterable[Pair], keys: Iterable[Key]) -> dict[Pair, dict[Key, Done]]:
    """The completions of these objects that stand already."""
    learner_ids, course_ids = _sides(pairs)
    known: dict[Pair, dict[Key, Done]] = {}
    rows = Completion.objects.filter(
        learner_id__in=learner_ids,
        course_id__in=course_ids,
        object_id__in={object_id for _kind, object_id in keys},
    ).values_list("learner_id", "course_id", "kind", "object_id", "completed_at", "scaled")
    for learner_id, course_id, kind, object_id, completed_at, scaled in rows:
        done = Done(completed_at=completed_at, scaled=scaled)
        known.setdefault((learner_id, course_id), {})[kind, object_id] = done
    return known


def _sides(pairs: Iterable[Pair]) -> tuple[set[UUID], set[UUID]]:
    listed = list(pairs)
    return {learner for learner, _course in listed}, {course for _learner, course in listed}


def load_shapes(course_ids: Collection[UUID]) -> dict[UUID, dict[int, Shape]]:
    """The shape of each version held; a document is read once a process, then known by digest."""
    rows = CourseVersion.objects.filter(course_id__in=course_ids)
    listed = list(rows.order_by().values_list("pk", "course_id", "version", "digest"))
    missing = [pk for pk, _course_id, _version, digest in listed if digest not in _shelf]
    if missing:
        documents = CourseVersion.objects.filter(pk__in=missing).values_list("digest", "document")
        for digest, document in documents.iterator(1):
            _shelf.put(digest, shape_of(document))
    shapes: dict[UUID, dict[int, Shape]] = {}
    for pk, course_id, version, digest in listed:
        shapes.setdefault(course_id, {})[version] = _shelf.get(digest) or _read_shape(pk)
    return shapes


def _read_shape(pk: int) -> Shape:
    return shape_of(CourseVersion.objects.values_list("document", flat=True).get(pk=pk))


class _ShapeShelf:
    """Shapes by the digest of their document, which never changes. Equal shapes are one object."""

    LONGEST = 256

    def __init__(self) -> None:
        self._by_digest: OrderedDict[str, Shape] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, digest: str) -> bool:
        return digest in self._by_digest

    def get(self, digest: str) -> Shape | None:
        with self._lock:
            if digest in self._by_digest:
                self._by_digest.move_to_end(digest)
            return self._by_digest.get(digest)

    def put(self, digest: str, shape: Shape) -> None:
        with self._lock:
            same = next((held for held in self._by_digest.values() if held == shape), shape)
            self._by_digest[digest] = same
            while len(self._by_digest) > self.LONGEST:
                self._by_digest.popitem(last=False)


_shelf = _ShapeShelf()

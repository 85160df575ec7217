"""What a lesson, a module and a course ask for, in each version of the course. Plain Python.

A learner is held to the course as it stood at some time since they began it: a version published
later may make it easier to finish, never take back what is finished. So the versions that count
are the one in force at their first statement about the course and all after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from lms.progress.figures import ACTIVITY, COURSE, LESSON, MODULE, SEEN, Done, Key

Shape = Mapping[Key, frozenset[Key]]
"""One version of a course: what each lesson, module and the course is made of."""

FLOORS = (LESSON, MODULE, COURSE)


def shape_of(document: Mapping[str, Any]) -> Shape:
    """Read a course document (``courses.outline.to_dict``) without parsing its blocks.

    A module without lessons asks for nothing and does not count; nor does a course without any.
    """
    shape: dict[Key, frozenset[Key]] = {}
    course = (COURSE, UUID(document["id"]))
    modules: set[Key] = set()
    for module in document["modules"]:
        key = (MODULE, UUID(module["id"]))
        shape |= {_lesson_key(lesson): _asked(lesson) for lesson in module["lessons"]}
        if module["lessons"]:
            shape[key] = frozenset(map(_lesson_key, module["lessons"]))
            modules.add(key)
    if modules:
        shape[course] = frozenset(modules)
    return shape


def _lesson_key(lesson: Mapping[str, Any]) -> Key:
    return (LESSON, UUID(lesson["id"]))


def _asked(lesson: Mapping[str, Any]) -> frozenset[Key]:
    activities = (
        (ACTIVITY, UUID(block["activity"]["id"]))
        for block in lesson["blocks"]
        if block.get("kind") == "activity"
    )
    return frozenset({(SEEN, UUID(lesson["id"])), *activities})


@dataclass(frozen=True)
class Requirements:
    """Several versions laid over each other: any one way of finishing is enough."""

    ways: Mapping[Key, tuple[frozenset[Key], ...]]

    @classmethod
    def of(cls, shapes: Iterable[Shape]) -> Requirements:
        ways: dict[Key, dict[frozenset[Key], None]] = {}
        for shape in shapes:
            for key, members in shape.items():
                ways.setdefault(key, {})[members] = None
        return cls(ways={key: tuple(sets) for key, sets in ways.items()})

    @cached_property
    def _holders(self) -> Mapping[Key, set[Key]]:
        holders: dict[Key, set[Key]] = {}
        for key, sets in self.ways.items():
            for member in frozenset().union(*sets):
                holders.setdefault(member, set()).add(key)
        return holders

    def above(self, keys: Iterable[Key]) -> tuple[Key, ...]:
        """What may be completed by these being completed: lessons, then modules, then course."""
        found: dict[Key, None] = {}
        level = set(keys)
        for _floor in FLOORS:
            level = set().union(*(self._holders.get(key, ()) for key in level))
            found |= dict.fromkeys(sorted(level))
        return tuple(sorted(found, key=lambda key: FLOORS.index(key[0])))

    def holding(self, keys: Iterable[Key], floor: str) -> set[Key]:
        """What on that floor has one of ``keys`` as a part."""
        holders = (self._holders.get(key, set()) for key in keys)
        return {key for held in holders for key in held if key[0] == floor}

    def needed_by(self, keys: Iterable[Key]) -> Iterator[Key]:
        """Everything one must know about to tell whether ``keys`` are completed."""
        for key in keys:
            yield key
            for members in self.ways[key]:
                yield from members

    def reached(self, key: Key, done: Mapping[Key, Done]) -> Done | None:
        """When ``key`` was completed: the first of its ways whose every part is."""
        times: list[datetime] = [
            max(done[member].completed_at for member in members)
            for members in self.ways[key]
            if all(member in done for member in members)
        ]
        return Done(completed_at=min(times)) if times else None


NOTHING_ASKED = Requirements(ways={})


def versions_that_count(held: Iterable[int], first: int | None) -> list[int]:
    """The versions held here that were in force at ``first`` or came after it."""
    ordered = sorted(held)
    if first is None:
        return []
    before = [version for version in ordered if version <= first]
    return before[-1:] + [version for version in ordered if version > first]

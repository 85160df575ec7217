"""Two learners who are one person: said by somebody at the centre, undone as easily.

Facts keep the id they were told under. Sign-in, pages and conclusions follow ``Learner.same_as``,
which ``show_as_one`` makes here of the aliases, and at a telecentre of what the roster says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from lms.errors import SamePersonError
from lms.models import Alias, Erasure, Learner
from lms.progress import redraw_people


@transaction.atomic
def decide(
    one: Learner, other: Learner, *, is_same: bool, by: AbstractBaseUser | None = None
) -> Alias:
    """Say that two learners are one person, or that they are two; the last word counts.

    Raises ``SamePersonError`` for a learner with themselves, and for one who was erased.
    """
    first, second = sorted((one.pk, other.pk))
    if first == second or Erasure.objects.filter(pk__in=(first, second)).exists():
        raise SamePersonError
    list(Learner.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk"))
    earlier = Alias.objects.in_force().filter(one=first, other=second)
    earlier.update(undone_at=timezone.now(), undone_by=_key(by))
    said = Alias.objects.create(
        one_id=first, other_id=second, is_same=is_same, decided_by_id=_key(by)
    )
    show_as_one(persons_of(groups_said()))
    return said


@transaction.atomic
def undo(alias: Alias, *, by: AbstractBaseUser | None = None) -> None:
    """As if it had never been said: both are there again, each with what they did."""
    Alias.objects.in_force().filter(pk=alias.pk).update(
        undone_at=timezone.now(), undone_by=_key(by)
    )
    show_as_one(persons_of(groups_said()))


def groups_said() -> list[list[UUID]]:
    """At the centre: the ids of each person who has several, the oldest first."""
    said = Alias.objects.in_force().filter(is_same=True)
    return joined(said.values_list("one_id", "other_id"))


def joined(pairs: Iterable[tuple[UUID, UUID]]) -> list[list[UUID]]:
    """Union-find: the sorted groups that these pairs tie together."""
    parent: dict[UUID, UUID] = {}

    def root(key: UUID) -> UUID:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = key = parent[parent[key]]
        return key

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    groups: dict[UUID, list[UUID]] = {}
    for key in sorted(parent):
        groups.setdefault(root(key), []).append(key)
    return list(groups.values())


def persons_of(groups: Iterable[Iterable[UUID]]) -> dict[UUID, UUID]:
    """Each id but the first of those known here -> that first one, under which they are shown."""
    listed = [list(group) for group in groups]
    ids = {key for group in listed for key in group}
    known = set(Learner.objects.filter(pk__in=ids).values_list("pk", flat=True))
    persons: dict[UUID, UUID] = {}
    for group in listed:
        here = [key for key in group if key in known]
        persons |= dict.fromkeys(here[1:], here[0]) if here else {}
    return persons


@transaction.atomic
def show_as_one(persons: Mapping[UUID, UUID]) -> int:
    """Make ``same_as`` of all learners exactly this; returns how many changed.

    Conclusions about those who changed are drawn again.
    """
    merged = Learner.objects.select_for_update().exclude(same_as=None).order_by("pk")
    before = dict(merged.values_list("pk", "same_as_id"))
    changed = {key for key in {*before, *persons} if before.get(key) != persons.get(key)}
    for key in sorted(changed):
        Learner.objects.filter(pk=key).update(same_as=persons.get(key))
    redraw_people(joined((key, p[key]) for p in (before, persons) for key in changed if key in p))
    return len(changed)


def _key(user: AbstractBaseUser | None) -> Any:
    return user.pk if user else None

"""Versions taken back: said at the centre, told to telecentres, refused there ever after."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from courses.models import Course
from offline_pack.errors import NoSuchPackError, WithdrawnPackError
from offline_pack.models import Pack, Snapshot, SnapshotKind, WithdrawnRelease


def withdraw_pack(course: Course, *, version: int) -> int:
    """At the centre: offer no pack of that version any more; return how many there were.

    Raises ``NoSuchPackError``. Telecentres that use the version are told; nothing is deleted.
    """
    packs = Pack.objects.filter(course=course, version=version)
    if not packs.exists():
        raise NoSuchPackError(course.slug, version=version)
    return packs.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())


def check_not_withdrawn(pack: UUID, *, rev: int) -> None:
    """Raises ``WithdrawnPackError``, at the centre and at a telecentre that was told."""
    if WithdrawnRelease.objects.filter(pack=pack, rev=rev).exists() or (
        Pack.objects.filter(course_id=pack, version=rev).exclude(withdrawn_at=None).exists()
    ):
        raise WithdrawnPackError(version=rev)


def note_withdrawn(releases: Iterable[tuple[UUID, int]]) -> None:
    """At a telecentre: remember what the centre has taken back."""
    rows = [WithdrawnRelease(pack=pack, rev=rev) for pack, rev in releases]
    WithdrawnRelease.objects.bulk_create(rows, ignore_conflicts=True)


def withdrawn_releases() -> frozenset[tuple[UUID, int]]:
    """Every (course, version) this telecentre knows to be withdrawn, in one query."""
    return frozenset(WithdrawnRelease.objects.values_list("pack", "rev"))


def retired_at_centre() -> frozenset[UUID]:
    """At a telecentre: the courses the centre teaches no more, as of the last sync."""
    rows = Snapshot.objects.filter(kind=SnapshotKind.PACKS).values_list("document", flat=True)
    return frozenset(UUID(course) for document in rows for course in document.get("retired", []))

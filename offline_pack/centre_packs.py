"""What the centre's page of packs shows: versions of courses, their packs, and who has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from courses.models import Course
from offline_pack.installations import Place, places_by_course
from offline_pack.job_words import JobWords, words_for
from offline_pack.jobs import EXPORT
from offline_pack.media_words import choice_in_words
from offline_pack.models import Job, JobState, Pack

RECENT_JOBS = 200
VERSIONS_SHOWN = 3  # newest of each course that have packs


@dataclass(frozen=True, slots=True)
class PackRow:
    """A whole pack and the deltas that lead to it."""

    pack: Pack
    deltas: tuple[Pack, ...]

    @property
    def choice(self) -> str:
        return choice_in_words(self.pack.choice)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a course: its packs, and the telecentres that use it."""

    version: int
    packs: tuple[PackRow, ...]
    places: tuple[Place, ...]

    @property
    def is_withdrawn(self) -> bool:
        return any(row.pack.withdrawn_at for row in self.packs)


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course on offer, and the jobs about it that still matter."""

    course: Course
    versions: tuple[VersionRow, ...]  # newest first
    jobs: tuple[tuple[Job, JobWords], ...]

    @property
    def is_packed(self) -> bool:
        """Is there a pack of the version learners see now?"""
        return any(row.version == self.course.version and row.packs for row in self.versions)

    @property
    def is_withdrawn(self) -> bool:
        """Was the version learners see now taken back? No pack of it is ever made again."""
        newest = [row for row in self.versions if row.version == self.course.version]
        return any(row.is_withdrawn for row in newest)


def course_rows() -> list[CourseRow]:
    """Every course on offer, in four queries however many there are."""
    jobs, places = _jobs(), places_by_course()
    courses = Course.objects.current().prefetch_related("packs")
    return [
        CourseRow(
            course,
            tuple(_versions(course, places.get(course.pk, []))),
            tuple((job, words_for(job)) for job in jobs.get(str(course.pk), [])),
        )
        for course in courses
    ]


def version_row(course: Course, version: int) -> VersionRow:
    """One version, whether or not anybody has it."""
    rows = _versions(course, places_by_course().get(course.pk, []), shown=None)
    return next((row for row in rows if row.version == version), VersionRow(version, (), ()))


def packs_to_carry() -> list[Pack]:
    """The whole packs on offer of each course's newest packed version, for a stick."""
    newest: dict[UUID, int] = {}
    rows = Pack.objects.on_offer().whole().select_related("course")
    return [
        pack
        for pack in rows.order_by("course__title", "course", "-version", "-created_at")
        if newest.setdefault(pack.course_id, pack.version) == pack.version
    ]


def _versions(
    course: Course, places: Iterable[Place], *, shown: int | None = VERSIONS_SHOWN
) -> list[VersionRow]:
    packs: dict[int, list[Pack]] = defaultdict(list)
    for pack in course.packs.all():
        pack.course = course  # so that its address costs no query
        packs[pack.version].append(pack)
    used: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        used[place.version].append(place)
    versions = set(sorted(packs, reverse=True)[:shown]) | used.keys()
    return [
        VersionRow(version, tuple(_pack_rows(packs[version])), tuple(used[version]))
        for version in sorted(versions, reverse=True)
    ]


def _pack_rows(packs: list[Pack]) -> list[PackRow]:
    """Each whole pack, with the deltas of the same choice beside the newest of it."""
    deltas = [pack for pack in packs if pack.base_version is not None]
    rows = []
    for pack in packs:
        if pack.base_version is None:
            own = tuple(delta for delta in deltas if delta.choice == pack.choice)
            deltas = [delta for delta in deltas if delta not in own]
            rows.append(PackRow(pack, own))
    return sorted(rows, key=lambda row: row.pack.choice.rank, reverse=True)


def _jobs() -> dict[str, list[Job]]:
    """By course id: exports under way, and the newest one if it failed."""
    found: dict[str, list[Job]] = defaultdict(list)
    seen: set[str] = set()
    for job in Job.objects.filter(kind=EXPORT).order_by("-created_at", "-id")[:RECENT_JOBS]:
        course = job.params.get("course", "")
        is_newest = course not in seen
        seen.add(course)
        if not job.is_finished or (is_newest and job.state == JobState.FAILED):
            found[course].append(job)
    return found

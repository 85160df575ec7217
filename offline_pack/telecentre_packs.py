"""What the telecentre's page of packs shows: found, offered, on their way, in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from courses.models import Course
from offline_pack.installing.withdrawing import retired_at_centre, withdrawn_releases
from offline_pack.job_words import JobWords, words_for
from offline_pack.jobs import IMPORT
from offline_pack.models import AvailablePack, CentreLink, Job, JobState, Release
from offline_pack.shelf.coming import Coming
from offline_pack.shelf.novelties import Novelties, novelties_offered
from offline_pack.shelf.packs import FoundPack
from offline_pack.shelf.places import place_folder

_RECENT_JOBS = 100


@dataclass(frozen=True, slots=True)
class InUse:
    """A course that learners see."""

    course: Course
    installed_at: datetime | None
    manifest_sha256: str
    earlier: int | None  # version one may go back to
    is_withdrawn: bool  # the centre has taken this version back
    is_retired: bool  # the centre teaches the course no more


@dataclass(frozen=True, slots=True)
class FoundCourse:
    """A course within reach: its newest packs, those of older versions, and what is new."""

    packs: tuple[FoundPack, ...]  # of one version, those one can install first
    older: tuple[FoundPack, ...]
    news: Novelties | None

    @property
    def best(self) -> FoundPack:
        return self.packs[0]

    @property
    def has_choice(self) -> bool:
        return len([pack for pack in self.packs if pack.can_install]) > 1

    @property
    def title(self) -> str:
        return self.best.title or self.best.name


@dataclass(frozen=True, slots=True)
class Offer:
    """What the centre has and this place has not."""

    pack: AvailablePack
    installed: int | None  # version in use
    size: int  # bytes to download, at most
    is_delta: bool  # only what is new
    coming: Coming | None
    news: Novelties | None
    job: Job | None  # the last download of it, unless it was done
    words: JobWords | None


def courses_in_use() -> list[InUse]:
    """By title; in three queries however many there are."""
    releases = Release.objects.filter(pack=OuterRef("pk"), rev=OuterRef("version"))
    earlier = Release.objects.kept().filter(pack=OuterRef("pk"), rev__lt=OuterRef("version"))
    rows = Course.objects.current().annotate(
        installed_at=Subquery(releases.values("installed_at")[:1]),
        manifest_sha256=Subquery(releases.values("manifest_sha256")[:1]),
        earlier=Subquery(earlier.order_by("-rev").values("rev")[:1]),
    )
    withdrawn, retired = withdrawn_releases(), retired_at_centre()
    return [
        InUse(
            course=row,
            installed_at=row.installed_at,
            manifest_sha256=row.manifest_sha256 or "",
            earlier=None if (row.pk, row.earlier) in withdrawn else row.earlier,
            is_withdrawn=(row.pk, row.version) in withdrawn,
            is_retired=row.pk in retired,
        )
        for row in rows.order_by("title")
    ]


def under_way(found: Iterable[FoundPack], running: Iterable[Job]) -> list[FoundPack]:
    """The same packs, each with the job that installs it, if there is one."""
    jobs = {job.params.get("path"): job.pk for job in running}
    return [
        replace(pack, job=jobs.get(str(place_folder(pack.place) / pack.name))) for pack in found
    ]


def by_course(found: Iterable[FoundPack], news: dict[str, Novelties]) -> list[FoundCourse]:
    """The packs within reach, course by course; what cannot be trusted stands alone."""
    courses: dict[UUID | str, list[FoundPack]] = defaultdict(list)
    for pack in found:
        courses[pack.pack or f"{pack.place}/{pack.name}"].append(pack)
    return [_course(packs, news) for packs in courses.values()]


def offers(in_use: list[InUse], coming: list[Coming]) -> list[Offer]:
    """Newer versions and new courses, by title; none while there is no centre to fetch from."""
    link = CentreLink.objects.current()
    if link is None:
        return []
    here = {row.course.pk: row for row in in_use}
    jobs = _last_downloads()
    parts = {(item.pack, item.version): item for item in coming}
    found = []
    for pack in AvailablePack.objects.all():
        row = here.get(pack.course_id)
        if row and row.course.version >= pack.version:
            continue
        job = jobs.get(f"{link.address}{pack.path}")
        found.append(_offer(pack, row, job, parts.get((pack.course_id, pack.version))))
    return found


def coming_alone(coming: list[Coming], offered: list[Offer]) -> list[Coming]:
    """Those on their way that no offer tells of."""
    told = {offer.coming.manifest_sha256 for offer in offered if offer.coming}
    return [item for item in coming if item.manifest_sha256 not in told]


def _course(packs: list[FoundPack], news: dict[str, Novelties]) -> FoundCourse:
    newest = max(pack.version or 0 for pack in (_installable(packs) or packs))
    shown = sorted(
        (pack for pack in packs if (pack.version or 0) == newest),
        key=lambda pack: (not pack.can_install, -len(pack.media), pack.needed),
    )
    older = [pack for pack in packs if (pack.version or 0) != newest]
    return FoundCourse(
        packs=tuple(shown),
        older=tuple(sorted(older, key=lambda pack: -(pack.version or 0))),
        news=next((news[p.manifest_sha256] for p in shown if p.manifest_sha256 in news), None),
    )


def _installable(packs: list[FoundPack]) -> list[FoundPack]:
    return [pack for pack in packs if pack.can_install]


def _offer(
    pack: AvailablePack, row: InUse | None, job: Job | None, coming: Coming | None
) -> Offer:
    deltas = [
        int(delta["size"])
        for delta in pack.deltas
        if row and delta["base_manifest_sha256"] == row.manifest_sha256
    ]
    size = min([pack.size, *deltas])
    matters = job if job and job.state != JobState.DONE else None
    installed = row.course.version if row else None
    return Offer(
        pack=pack,
        installed=installed,
        size=size,
        is_delta=size < pack.size,
        coming=coming,
        news=novelties_offered(pack.news, installed=installed),
        job=matters,
        words=words_for(matters) if matters else None,
    )


def _last_downloads() -> dict[str, Job]:
    """The newest download from each address."""
    found: dict[str, Job] = {}
    for job in Job.objects.filter(kind=IMPORT).order_by("-created_at", "-id")[:_RECENT_JOBS]:
        if address := job.params.get("address"):
            found.setdefault(address, job)
    return found

"""Deltas that the centre offers and that fit what is in use here."""

from __future__ import annotations

from dataclasses import dataclass

from courses.blobs import has_blob
from courses.media_groups import groups_of
from courses.models import Course
from offline_pack.installing.left_out import course_in_use, groups_left_out
from offline_pack.models import AvailablePack
from offline_pack.sync.applying import download_url

SMALL = 64 * 1024  # bytes: about what the head of a full pack weighs


@dataclass(frozen=True, slots=True)
class DeltaOffer:
    address: str
    size: int  # bytes of the delta
    is_small: bool  # beside the full pack, so that looking there first would be a waste


def fitting_deltas(address: str) -> list[DeltaOffer]:
    """In place of the pack at ``address``: deltas whose base is whole here; smallest first."""
    pack = next((row for row in AvailablePack.objects.all() if download_url(row) == address), None)
    if pack is None or not pack.deltas:
        return []
    course = course_in_use(pack.course_id)
    if course is None or not _is_whole(course):
        return []
    # Any pack of that version will have brought the same files, whichever the delta was made on.
    fitting = [delta for delta in pack.deltas if delta["base_version"] == course.version]
    base = address.removesuffix(pack.path)
    offers = [
        DeltaOffer(
            address=f"{base}{delta['path']}",
            size=int(delta["size"]),
            is_small=int(delta["size"]) < max(SMALL, pack.size // 8),
        )
        for delta in fitting
    ]
    return sorted(offers, key=lambda offer: offer.size)


def _is_whole(course: Course) -> bool:
    """Whether all that the version in use needs is here, but for media that were left out."""
    without = groups_left_out(course)
    groups = groups_of(course.versions.get(version=course.version).outline())
    return all(has_blob(sha256) for sha256, group in groups.items() if group not in without)

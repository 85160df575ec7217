"""Deltas that the centre offers and that fit what is in use here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courses.blobs import has_blob
from courses.models import Course
from offline_pack.keeping import blobs_of_version
from offline_pack.models import AvailablePack, Release
from offline_pack.sync.applying import download_url


@dataclass(frozen=True, slots=True)
class DeltaOffer:
    address: str
    size: int  # bytes of the whole delta


def fitting_deltas(address: str) -> list[DeltaOffer]:
    """In place of the pack at ``address``: deltas whose base is whole here; smallest first."""
    pack = next((row for row in AvailablePack.objects.all() if download_url(row) == address), None)
    if pack is None or not pack.deltas:
        return []
    course = Course.objects.current().filter(pk=pack.course_id).first()
    if course is None:
        return []
    release = Release.objects.filter(pack=course.pk, rev=course.version).first()
    fitting = [delta for delta in pack.deltas if release and _fits(delta, release)]
    if not fitting or not all(has_blob(sha256) for sha256 in blobs_of_version(course)):
        return []
    base = address.removesuffix(pack.path)
    offers = [DeltaOffer(f"{base}{delta['path']}", int(delta["size"])) for delta in fitting]
    return sorted(offers, key=lambda offer: offer.size)


def _fits(delta: Mapping[str, Any], release: Release) -> bool:
    return (delta["base_version"], delta["base_manifest_sha256"]) == (
        release.rev,
        release.manifest_sha256,
    )

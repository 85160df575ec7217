"""After a sync: files found damaged here are fetched anew, if the centre still has them."""

from __future__ import annotations

from offline_pack.jobs import IMPORT, start_job
from offline_pack.models import AvailablePack, Job
from offline_pack.store.repairing import damaged_courses
from offline_pack.sync.applying import download_url


def start_mending() -> list[Job]:
    """Begin to fetch the lost files of courses whose version in use the centre offers."""
    damaged = damaged_courses()
    offered = {pack.course_id: pack for pack in AvailablePack.objects.all()} if damaged else {}
    started = []
    for item in damaged:
        pack = offered.get(item.course.pk)
        address = download_url(pack) if pack and pack.version == item.course.version else ""
        if address and not _is_under_way(address):
            started.append(start_job(IMPORT, {"address": address, "name": item.course.title}))
    return started


def _is_under_way(address: str) -> bool:
    imports = Job.objects.unfinished().filter(kind=IMPORT)
    return any(job.params.get("address") == address for job in imports)

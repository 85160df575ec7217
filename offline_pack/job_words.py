"""A job's row as a page or a poll tells it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.templatetags.yelen import size
from offline_pack.conf import received_folder
from offline_pack.models import Job, JobState
from offline_pack.words.explain import Explanation, Way, explain

_MINUTE = 60  # seconds
_HOURS_FROM = 90 * _MINUTE


@dataclass(frozen=True, slots=True)
class JobWords:
    state: str
    percent: int  # 0..100
    words: str  # how far it is
    refusal: Explanation | None  # why it failed
    is_finished: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def words_for(job: Job) -> JobWords:
    failed = job.state == JobState.FAILED
    return JobWords(
        state=job.state,
        percent=job.percent,
        words=_how_far(job),
        refusal=explain(job.error, job.error_facts, way=_way(job)) if failed else None,
        is_finished=job.is_finished,
    )


def _way(job: Job) -> Way:
    """How the pack of an import came here."""
    if "address" in job.params:
        return Way.NETWORK
    path = Path(job.params.get("path", ""))
    return Way.UPLOAD if path.is_relative_to(received_folder()) else Way.STICK


def _how_far(job: Job) -> str:
    if job.state == JobState.WAITING:
        return _("Waiting to start")
    if job.state != JobState.RUNNING:
        return str(JobState(job.state).label)
    if not job.bytes_total:
        return _("Starting")
    words = _("%(percent)s %% – %(done)s of %(total)s") % {
        "percent": job.percent,
        "done": size(job.bytes_done),
        "total": size(job.bytes_total),
    }
    left = time_left(job)
    return f"{words} – {left}" if left else words


def time_left(job: Job) -> str:
    """In words as rough as the estimate is; empty while nobody can say."""
    seconds = job.seconds_left
    if seconds is None or job.bytes_done >= job.bytes_total:
        return ""
    if seconds < _MINUTE:
        return _("less than a minute left")
    if seconds < _HOURS_FROM:
        minutes = -(-seconds // _MINUTE)
        words = ngettext("about %(number)s min left", "about %(number)s min left", minutes)
        return words % {"number": minutes}
    hours = round(seconds / 3600)
    words = ngettext("about %(number)s hour left", "about %(number)s hours left", hours)
    return words % {"number": hours}

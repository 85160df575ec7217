"""How far a job is, in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from offline_pack.job_words import words_for
from offline_pack.models import Job, JobState


def job(**values):
    return Job(kind="import", state=JobState.RUNNING, **values)


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (0, ""),
        (10_000, " – less than a minute left"),
        (1_000, " – about 3 min left"),
        (100, " – about 29 min left"),
        (20, " – about 2 hours left"),
    ],
)
def test_the_time_left_is_told_roughly(pace, words):
    row = job(bytes_done=30_000, bytes_total=200_000, bytes_per_second=pace)

    with translation.override("en"):
        told = words_for(row)

    assert told.words.endswith(words)
    assert told.words.startswith("15 %")
    assert ("left" in told.words) == bool(pace)


def test_nothing_is_left_to_fetch_when_all_is_here():
    row = job(bytes_done=200_000, bytes_total=200_000, bytes_per_second=100)

    with translation.override("en"):
        assert "left" not in words_for(row).words

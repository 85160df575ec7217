"""A box that was away for long: what its last facts tell of the first, at a price that stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lms.merging import merge_statements
from lms.models import ClockMark, Statement
from lms.moments import DAY, Mark
from lms.placing import SETTLED, note_mark
from tests.factories import make_course, make_learner
from tests.lms.distant import NOON, DistantDevice, derived_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    day = datetime.fromtimestamp((NOON + 60 * DAY) / 1000, tz=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: day)


def away(*, days: int, each: int):
    """A device, and what it tells of so many days: a boot a day; a true time of the last one."""
    learner, course = make_learner(), make_course()
    far = DistantDevice(telecentre=learner.telecentre)
    lessons = list(course.lessons.values_list("pk", flat=True))
    facts = [far.fact("registered", course.pk, learner=learner, course=course)]
    for day in range(days):
        far.boot_id = uuid4()
        facts += [
            far.fact("seen", lessons[n % len(lessons)], learner=learner, course=course, at=day)
            for n in range(each)
        ]
    mark = Mark(facts[-1].mono_ms, NOON + 50 * DAY, 1000)
    note_mark(far.epoch.device, boot_id=far.boot_id, mark=mark)
    return far, facts


def moments_of(far):
    rows = Statement.objects.of_epoch(far.epoch.pk)
    return list(rows.values_list("sequence", "occurred_at", "occurred_within_ms"))


def places_read(queries):
    """Above which sequence numbers facts were read."""
    asked = [query["sql"].partition('"sequence" > ')[2].partition(")")[0] for query in queries]
    return {int(place) for place in asked if place.isdigit()}


def test_an_exchange_in_many_batches_ends_like_one_batch():
    far, facts = away(days=5, each=7)

    ends = []
    for cuts in ((0, len(facts)), (0, 3, 9, 22, 30, len(facts))):
        place = transaction.savepoint()
        for first, last in pairwise(cuts):
            merge_statements(far.epoch, facts[first:last], more=last < len(facts))
        ends.append((moments_of(far), derived_rows()))
        transaction.savepoint_rollback(place)

    assert ends[0] == ends[1]
    assert len({at for _sequence, at, _within in ends[0][0]}) == 5


def test_a_batch_with_more_to_come_reads_nothing_of_those_before():
    far, facts = away(days=4, each=20)
    merge_statements(far.epoch, facts[:40], more=True)
    for first, last, more, above in ((40, 60, True, 40), (60, 80, False, 0)):
        with CaptureQueriesContext(connection) as queries:
            merge_statements(far.epoch, facts[first:last], more=more)

        assert above in places_read(queries)
        assert (0 in places_read(queries)) is not more


def test_only_the_last_boot_is_looked_at_when_nothing_more_is_told_of_it():
    """Its clock is set by a person after each start: to an hour, which is never surer."""
    far, facts = away(days=30, each=20)
    facts = [replace(fact, clock_quality=2) for fact in facts]
    ClockMark.objects.all().delete()
    merge_statements(far.epoch, facts[:-20])

    with CaptureQueriesContext(connection) as queries:
        merge_statements(far.epoch, facts[-20:])

    assert max(within for _sequence, _at, within in moments_of(far)) > SETTLED
    assert min(places_read(queries)) == len(facts) - 40


def test_what_an_exchange_that_was_cut_short_left_is_looked_at_by_the_next():
    """It brought a boot whose clock somebody had set, which tells of two before it."""
    far, facts = away(days=6, each=7)
    ClockMark.objects.all().delete()
    facts = [replace(fact, clock_quality=0 if 8 < fact.sequence <= 22 else 2) for fact in facts]

    ends = []
    for cuts in ((0, len(facts)), (0, 22, 29, len(facts))):
        place = transaction.savepoint()
        for first, last in pairwise(cuts):
            merge_statements(far.epoch, facts[first:last], more=last == 29)
        ends.append(moments_of(far))
        transaction.savepoint_rollback(place)

    assert ends[0] == ends[1]

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.enrolling import enrol
from lms.models import CohortCourse, Learner, Statement
from lms.moments import DAY
from lms.report_export import completions_csv
from lms.reports import completions, followers, lessons_table
from tests.factories import make_cohort, make_learner, make_telecentre
from tests.lms.progress.test_standing import answer, lessons_of, record

pytestmark = pytest.mark.django_db


def everyone():
    return Learner.objects.select_related("telecentre").order_by("name")


def test_followers_are_enrolled_or_in_an_open_group(course):
    alone, grouped, _other = (make_learner(name=name) for name in ("Awa", "Issa", "Salif"))
    enrol(alone, course)
    CohortCourse.objects.create(cohort=make_cohort(grouped, alone), course_id=course.pk)

    assert set(followers(course, Learner.objects.all())) == {alone, grouped}


def test_the_table_says_who_has_read_and_completed_what(course):
    awa, issa = make_learner(name="Awa"), make_learner(name="Issa")
    first, quiz, *_rest = lessons_of(course)
    enrol(awa, course)
    record(awa, course, "seen", first.pk)
    record(awa, course, "seen", quiz.pk)
    answer(awa, course, right=2)

    table = lessons_table(course, everyone())

    assert [column.number for column in table.columns] == ["1.1", "1.2", "1.3", "2.1"]
    shown, empty = table.rows
    assert (shown.learner_id, empty.learner_id) == (awa.pk, issa.pk)
    assert [cell.is_complete for cell in shown.cells] == [True, False, False, False]
    assert [cell.is_seen for cell in shown.cells] == [True, True, False, False]
    assert shown.cells[1].scaled == Decimal("0.67")
    assert shown.cells[1].percent == 67
    assert shown.completed_lessons == 1
    assert shown.last_active_at is not None
    assert not any(cell.is_seen for cell in empty.cells)


def test_the_completions_report_has_one_row_a_learner(course):
    awa, issa = make_learner(name="Awa", sex="f", birth_year=1999), make_learner(name="Issa")
    for learner in (awa, issa):
        enrol(learner, course)
    for lesson in lessons_of(course):
        record(awa, course, "seen", lesson.pk)
    answer(awa, course, right=3)
    practical = course.activities.get(kind="practical")
    levels = {str(item.id): "alone" for item in practical.parsed().items}
    record(awa, course, "observed", practical.pk, levels=levels, observer="x")

    done, begun = completions(course, Learner.objects.all())

    assert (done.name, done.sex, done.birth_year) == ("Awa", "f", 1999)
    assert (done.lessons_completed, done.lessons_total) == (4, 4)
    assert (done.practicals_passed, done.practicals_total) == (1, 1)
    assert done.score == Decimal("1.00")
    assert done.completed_at is not None
    assert (begun.name, begun.lessons_completed, begun.score) == ("Issa", 0, None)
    assert begun.completed_at is None


def test_reports_of_one_learner_and_of_three_cost_the_same(course):
    counts = []
    for number in range(3):
        enrol(make_learner(name=f"Apprenant {number}"), course)
        with CaptureQueriesContext(connection) as table:
            lessons_table(course, everyone())
        with CaptureQueriesContext(connection) as rows:
            completions(course, Learner.objects.all())
        counts.append((len(table), len(rows)))

    assert counts == [(8, 10)] * 3


def test_ten_thousand_learners_cost_no_more_queries(course):
    here = make_telecentre()
    Learner.objects.bulk_create(
        [Learner(name=f"Apprenant {n:05}", telecentre=here) for n in range(10_000)]
    )
    cohort = make_cohort(name="Tous")
    cohort.learners.set(Learner.objects.all())
    CohortCourse.objects.create(cohort=cohort, course_id=course.pk)

    with CaptureQueriesContext(connection) as queries:
        rows = completions(course, Learner.objects.all())
        table = lessons_table(course, followers(course, everyone()))

    assert (len(rows), len(table.rows)) == (10_000, 10_000)
    assert len(queries) == 18


def test_dates_that_may_be_days_off_are_told_as_such(course):
    learner = make_learner(name="Awa")
    enrol(learner, course)
    sure = completions(course, Learner.objects.all())
    Statement.objects.update(occurred_within_ms=2 * DAY)

    unsure = completions(course, Learner.objects.all())

    assert sure[0].about == frozenset()
    assert unsure[0].about == {"registered_at", "last_active_at"}
    (_header, line) = completions_csv(unsure)
    assert "vers le " in line

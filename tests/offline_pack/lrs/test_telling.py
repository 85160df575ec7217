from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Lesson
from lms.demo_activity import record_activity
from lms.models import Statement
from offline_pack.forwarding import forward
from offline_pack.lrs.access import lrs_access
from offline_pack.lrs.telling import tell
from tests.factories import make_course, make_learner, make_telecentre

pytestmark = pytest.mark.django_db


def test_titles_and_languages_are_those_of_the_catalogue_and_the_learner(lrs, record, learner):
    course = make_course()
    lesson = Lesson.objects.filter(module__course=course).first()
    record(object_id=lesson.pk, course_id=course.pk)

    (told,) = tell(list(Statement.objects.all()), access=lrs_access())

    statement = json.loads(told.json)
    assert statement["object"]["definition"]["name"] == {"fr": lesson.title}
    (grouping,) = statement["context"]["contextActivities"]["grouping"]
    assert grouping["definition"]["name"] == {"fr": course.title}
    assert statement["context"]["language"] == learner.language
    assert statement["actor"]["account"]["homePage"] == "https://centre.example.org"


def test_three_cost_as_many_queries_as_one(lrs, record):
    record()
    for _ in range(2):
        record(learner=make_learner(name="Issa"))
    costs = []
    for rows in ([Statement.objects.first()], list(Statement.objects.all())):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            tell(rows, access=lrs_access())
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_whatever_learners_do_is_taken_by_a_strict_lrs(lrs):
    course, place = make_course(), make_telecentre()
    record_activity(course, telecentre=place, learners=3, statements=90, seed=7)

    done = forward()

    verbs = set(Statement.objects.values_list("verb", flat=True))
    assert (done.sent, done.refused) == (90, 0)
    assert {"learner_created", "registered", "answered", "observed", "seen"} <= verbs

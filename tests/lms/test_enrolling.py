from __future__ import annotations

import pytest
from django.utils import timezone

from lms.enrolling import enrol, ensure_enrolled, is_enrolled
from lms.models import CohortCourse, Statement
from tests.factories import make_cohort, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db


def test_enrolling_is_a_statement():
    learner, course = make_learner(), make_course()

    enrolment = enrol(learner, course)

    statement = Statement.objects.get()
    assert (statement.verb, statement.object_id) == ("registered", course.pk)
    assert (enrolment.learner, enrolment.course_id) == (learner, course.pk)
    assert enrolment.registered_at == statement.occurred_at


def test_it_is_told_who_signed_the_learner_up():
    enrol(make_learner(), make_course(), by=make_staff("manager"))

    assert Statement.objects.get().body == {"by": "manager"}


def test_enrolling_once_is_enough():
    learner, course = make_learner(), make_course()

    first, second = ensure_enrolled(learner, course), ensure_enrolled(learner, course)

    assert first == second
    assert Statement.objects.count() == 1


def test_a_learner_is_enrolled_alone_or_with_an_open_group():
    alone, grouped, gone, other = (make_learner(name=f"Apprenant {n}") for n in range(4))
    course = make_course()
    enrol(alone, course)
    CohortCourse.objects.create(cohort=make_cohort(grouped), course_id=course.pk)
    closed = make_cohort(gone, name="Fini")
    closed.closed_at = timezone.now()
    closed.save()
    CohortCourse.objects.create(cohort=closed, course_id=course.pk)

    assert [is_enrolled(person, course.pk) for person in (alone, grouped, gone, other)] == [
        True,
        True,
        False,
        False,
    ]

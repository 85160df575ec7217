"""Who follows what."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser

from courses.models import Course
from lms.models import CohortCourse, Enrolment, Learner, Verb
from lms.recording import record_statement


def enrol(learner: Learner, course: Course, *, by: AbstractBaseUser | None = None) -> Enrolment:
    """Record that the learner follows the course; ``by`` is who signed them up, if not they."""
    record_statement(
        verb=Verb.REGISTERED,
        learner=learner,
        object_id=course.pk,
        course_id=course.pk,
        course_version=course.version,
        body={"by": by.get_username()} if by else {},
    )
    return Enrolment.objects.get(learner=learner, course_id=course.pk)


def ensure_enrolled(
    learner: Learner, course: Course, *, by: AbstractBaseUser | None = None
) -> Enrolment:
    """The learner's enrolment, recorded now if there was none."""
    enrolment = Enrolment.objects.filter(learner=learner, course_id=course.pk).first()
    return enrolment or enrol(learner, course, by=by)


def is_enrolled(learner: Learner, course_id: UUID) -> bool:
    """Whether the learner follows the course, alone or with an open group of theirs."""
    alone = Enrolment.objects.filter(learner=learner, course_id=course_id)
    shared = CohortCourse.objects.filter(
        course_id=course_id, cohort__learners__in=learner.rows(), cohort__closed_at=None
    )
    return alone.exists() or shared.exists()

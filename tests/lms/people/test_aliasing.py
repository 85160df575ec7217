"""One person under two ids: shown once, concluded from once, and two again when that is undone."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Activity, Lesson
from courses.outline import ModuleOutline
from lms.enrolling import enrol, is_enrolled
from lms.errors import SamePersonError
from lms.merging import merge_statements
from lms.models import Alias, CohortCourse, Completion, Enrolment, Learner, Statement, Verb
from lms.people.aliasing import decide, joined, undo
from lms.pins import check_pin, new_pin
from lms.progress import courses_of, progress_of, rebuild_all
from lms.recording import record_statement
from lms.reports import completions, followers, lessons_table
from lms.signals import course_completed, lesson_completed
from tests.factories import (
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_staff,
    make_telecentre,
)
from tests.lms.distant import DistantDevice, completed, derived_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa():
    """The one registered first."""
    return make_learner(name="Awa Ouédraogo", birth_year=1999, id=UUID(int=1))


@pytest.fixture
def double(awa):
    elsewhere = make_telecentre(name="Loin", slug="loin")
    return make_learner(name="OUEDRAOGO Awa", telecentre=elsewhere, id=UUID(int=2))


def sees(learner, course, number):
    lesson = Lesson.objects.filter(course=course).order_by("module__position", "position")[number]
    return record_statement(
        verb=Verb.SEEN,
        learner=learner,
        object_id=lesson.pk,
        course_id=course.pk,
        course_version=course.version,
    )


def answers(device, learner, course, *, right):
    """Facts of a quiz with its first questions answered, ``right`` telling how."""
    quiz = Activity.objects.get(course=course, kind="quiz")
    questions = quiz.parsed().questions
    attempt = str(uuid4())
    facts = [device.fact("registered", course.pk, learner=learner, course=course)]
    facts.append(
        device.fact("attempted", quiz.pk, learner=learner, course=course, attempt=attempt)
    )
    facts += [
        device.fact(
            "answered",
            quiz.pk,
            learner=learner,
            course=course,
            attempt=attempt,
            question=str(question.id),
            response=["a"],
            right=is_right,
        )
        for question, is_right in zip(questions, right, strict=True)
    ]
    return facts


def test_union_find_ties_chains_and_leaves_the_others_alone():
    a, b, c, d, e = sorted(uuid4() for _ in range(5))

    assert joined([(b, c), (a, b), (d, e)]) == [[a, b, c], [d, e]]
    assert joined([]) == []


def test_what_was_done_under_two_ids_is_one_persons(awa, double, course):
    enrol(awa, course)
    sees(awa, course, 0)
    enrol(double, course)
    sees(double, course, 3)
    facts = list(Statement.objects.order_by("pk").values())

    decide(awa, double, is_same=True)

    progress = progress_of(awa, course)
    assert [lesson.is_seen for lesson in progress.lessons] == [True, False, False, True]
    assert completed(double) == set()
    assert Enrolment.objects.get().learner == awa
    assert list(Statement.objects.order_by("pk").values()) == facts


def test_undoing_brings_back_the_two_as_they_were(awa, double, course):
    enrol(awa, course)
    sees(awa, course, 0)
    enrol(double, course)
    sees(double, course, 3)
    before = derived_rows()

    undo(decide(awa, double, is_same=True))

    assert derived_rows() == before
    assert list(Learner.objects.exclude(same_as=None)) == []


def test_of_three_undoing_one_leaves_the_other_two_together(awa, double):
    third = make_learner(name="Awa O.")
    first = decide(awa, double, is_same=True)
    decide(double, third, is_same=True)

    undo(first)

    shown = dict(Learner.objects.values_list("pk", "same_as"))
    assert shown == {awa.pk: None, double.pk: None, third.pk: double.pk}


def test_facts_that_come_later_under_either_id_end_where_a_rebuild_ends(awa, double, course):
    """A quiz passed by two right answers here and one there; neither alone is enough."""
    here, there = DistantDevice(), DistantDevice(telecentre=double.telecentre)
    decide(awa, double, is_same=True)

    merge_statements(here.epoch, answers(here, awa, course, right=[True, False, False]))
    merge_statements(there.epoch, answers(there, double, course, right=[False, True, True]))

    incremental = derived_rows()
    quiz = Activity.objects.get(course=course, kind="quiz")
    assert ("activity", quiz.pk) in completed(awa)
    assert rebuild_all(check=True) == 0
    rebuild_all()
    assert derived_rows() == incremental


def test_the_same_facts_before_and_after_the_merge_say_the_same(awa, double, course):
    here, there = DistantDevice(), DistantDevice(telecentre=double.telecentre)
    merge_statements(here.epoch, answers(here, awa, course, right=[True, False, False]))
    merge_statements(there.epoch, answers(there, double, course, right=[False, True, True]))

    decide(awa, double, is_same=True)

    quiz = Activity.objects.get(course=course, kind="quiz")
    assert ("activity", quiz.pk) in completed(awa)
    assert rebuild_all(check=True) == 0


def test_what_a_merge_completes_is_announced_and_what_one_had_completed_is_not(
    awa, double, django_capture_on_commit_callbacks
):
    texts = tuple(make_lesson(title=title) for title in ("Ouvrir", "Fermer"))
    course = make_course(modules=(ModuleOutline(id=uuid4(), title="Un poste", lessons=texts),))
    heard = []

    def hear(learner_id, object_id, **_others):
        heard.append((learner_id, object_id))

    for signal in (lesson_completed, course_completed):
        signal.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        enrol(awa, course)
        enrol(double, course)
        for number, learner in enumerate((awa, double)):
            sees(learner, course, number)
    alone = list(heard)

    with django_capture_on_commit_callbacks(execute=True):
        alias = decide(awa, double, is_same=True)
    merged = heard[len(alone) :]
    with django_capture_on_commit_callbacks(execute=True):
        undo(alias)

    assert len(alone) == 2
    assert merged == [(awa.pk, course.pk)]
    assert heard == alone + merged


def test_recording_under_either_id_here_ends_where_a_rebuild_ends(awa, double, course):
    enrol(double, course)
    decide(awa, double, is_same=True)

    sees(double, course, 0)
    sees(awa, course, 3)

    assert {key for kind, key in completed(awa) if kind == "seen"} == set(
        Statement.objects.filter(verb="seen").values_list("object_id", flat=True)
    )
    assert rebuild_all(check=True) == 0


def test_figures_left_under_the_other_id_by_a_fault_are_found_and_mended(awa, double, course):
    enrol(awa, course)
    decide(awa, double, is_same=True)
    Enrolment.objects.update(learner=double)

    assert rebuild_all(check=True) == 2

    rebuild_all()
    assert [row.learner for row in Enrolment.objects.all()] == [awa]


def test_a_report_counts_the_person_once_and_at_both_places(awa, double, course):
    enrol(awa, course)
    enrol(double, course)
    decide(awa, double, is_same=True)

    everybody = completions(course, Learner.objects.persons())
    there = completions(course, Learner.objects.persons_at(double.telecentre_id))

    assert [row.learner_id for row in everybody] == [awa.pk]
    assert [row.learner_id for row in there] == [awa.pk]


def test_a_group_of_the_other_id_is_followed_all_the_same(awa, double, course):
    cohort = make_cohort(double, telecentre=double.telecentre)
    CohortCourse.objects.create(cohort=cohort, course_id=course.pk)
    decide(awa, double, is_same=True)

    assert is_enrolled(awa, course.pk)
    assert [summary.course for summary in courses_of(awa)] == [course]
    assert list(followers(course, Learner.objects.persons())) == [awa]
    assert list(Learner.objects.active().in_group(cohort.pk)) == [awa]


def test_a_person_who_left_under_one_id_only_has_not_left(awa, double):
    decide(awa, double, is_same=True)
    Learner.objects.filter(pk=awa.pk).update(retired_at="2026-01-01T00:00:00Z")

    assert list(Learner.objects.active()) == [awa]


def test_either_pin_opens_until_a_new_one_takes_the_place_of_both():
    awa, double = (
        make_learner(pin="2580", id=UUID(int=1)),
        make_learner(pin="1379", id=UUID(int=2)),
    )
    decide(awa, double, is_same=True)

    assert check_pin(awa.pk, "2580").is_right
    assert check_pin(awa.pk, "1379").is_right

    fresh = new_pin(awa)

    assert check_pin(awa.pk, fresh).is_right
    assert not check_pin(awa.pk, "1379").is_right


def test_the_manager_sees_one_name_with_the_groups_and_the_pin_of_both(client, settings):
    settings.YELEN_ROLE = "telecentre"
    awa, double = make_learner(id=UUID(int=1)), make_learner(id=UUID(int=2), pin="1379")
    groups = [make_cohort(awa, double, name="Matin"), make_cohort(double, name="Soir")]
    decide(awa, double, is_same=True)
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")

    (shown,) = client.get("/centre/apprenants/").context["page"]
    (found,) = client.get("/centre/apprenants/", {"groupe": groups[1].pk}).context["page"]
    names = client.get(f"/entrer/groupe/{groups[1].pk}/").context["page"]

    assert (shown, shown.groups, shown.has_pin) == (awa, groups, True)
    assert found == awa
    assert list(names) == [awa]


def test_a_session_under_the_other_id_goes_on_as_the_person(client, settings, awa):
    settings.YELEN_ROLE = "telecentre"
    double = make_learner(pin="1379", id=UUID(int=2))
    client.post(f"/entrer/nom/{double.pk}/", {"pin": "1379"})

    decide(awa, double, is_same=True)

    assert client.get("/moi/").context["learner"] == awa


def test_nobody_is_the_same_as_themselves(awa):
    with pytest.raises(SamePersonError):
        decide(awa, awa, is_same=True)

    assert list(Alias.objects.all()) == []


def test_ten_merges_cost_reports_and_facts_no_more_queries_than_one(course):
    counts = []
    for number in range(4):
        one, other = (make_learner(name=f"Apprenant {number}") for _ in range(2))
        enrol(one, course)
        decide(one, other, is_same=True)
        device = DistantDevice()
        facts = answers(device, other, course, right=[True, True, True])
        with CaptureQueriesContext(connection) as queries:
            merge_statements(device.epoch, facts)
            lessons_table(course, Learner.objects.persons().select_related("telecentre"))
        counts.append(len(queries))

    assert counts[1:] == [counts[1]] * 3
    assert Completion.objects.filter(kind="activity").count() == 4

"""Facts arriving."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.errors import ForkError, GapError
from lms.merging import MergeResult, merge_statements
from lms.models import Attempt, Completion, Enrolment, Learner, Statement
from lms.signals import lesson_completed, statements_merged
from tests.factories import make_learner, make_telecentre
from tests.lms.distant import DistantDevice, completed, derived_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def far():
    return DistantDevice()


def reading(far, course, learner):
    """Signs up and reads each lesson."""
    lessons = course.lessons.order_by("module__position", "position")
    return [
        far.fact("registered", course.pk, learner=learner, course=course),
        *(far.fact("seen", lesson.pk, learner=learner, course=course) for lesson in lessons),
    ]


def test_facts_are_stored_and_concluded_from(far, course, learner):
    facts = reading(far, course, learner)

    result = merge_statements(far.epoch, facts)

    assert result == MergeResult(stored=5, repeated=0, held_to=5)
    assert [row.fact() for row in Statement.objects.order_by("sequence")] == facts
    assert Enrolment.objects.get().learner == learner
    assert Completion.objects.filter(kind="seen").count() == 4


def test_the_same_batch_twice_changes_nothing(far, course, learner):
    facts = reading(far, course, learner)
    merge_statements(far.epoch, facts)
    before = (list(Statement.objects.values()), derived_rows())

    result = merge_statements(far.epoch, facts)

    assert result == MergeResult(stored=0, repeated=5, held_to=5)
    assert (list(Statement.objects.values()), derived_rows()) == before


def test_an_overlapping_batch_stores_only_what_is_new(far, course, learner):
    facts = reading(far, course, learner)
    merge_statements(far.epoch, facts[:3])

    result = merge_statements(far.epoch, facts[1:])

    assert result == MergeResult(stored=2, repeated=2, held_to=5)
    assert [row.fact() for row in Statement.objects.order_by("sequence")] == facts


def test_an_empty_batch_says_what_is_held(far, course, learner):
    merge_statements(far.epoch, reading(far, course, learner))

    assert merge_statements(far.epoch, []) == MergeResult(stored=0, repeated=0, held_to=5)


@pytest.mark.parametrize("arriving", [slice(3, 5), slice(0, 5, 2)], ids=["before", "among"])
def test_missing_facts_are_asked_for_and_nothing_is_stored(far, course, learner, arriving):
    facts = reading(far, course, learner)
    merge_statements(far.epoch, facts[:1])

    with pytest.raises(GapError) as caught:
        merge_statements(far.epoch, facts[arriving])

    assert caught.value.epoch == far.epoch.pk
    assert Statement.objects.count() == 1


def test_a_number_that_comes_again_with_other_content_is_a_fork(far, course, learner):
    facts = reading(far, course, learner)
    merge_statements(far.epoch, facts[:3])
    before = derived_rows()
    other = [facts[0], replace(facts[1], object_id=uuid4()), *facts[2:]]

    with pytest.raises(ForkError) as caught:
        merge_statements(far.epoch, other)

    assert caught.value.sequence == 2
    assert [row.fact() for row in Statement.objects.order_by("sequence")] == facts[:3]
    assert derived_rows() == before


def test_an_id_under_two_numbers_is_a_fork(far, course, learner):
    facts = reading(far, course, learner)
    merge_statements(far.epoch, facts)
    twice = far.fact("seen", uuid4(), learner=learner, course=course)

    with pytest.raises(ForkError):
        merge_statements(far.epoch, [replace(twice, id=facts[0].id)])
    with pytest.raises(ForkError):
        merge_statements(far.epoch, [twice, replace(twice, sequence=twice.sequence + 1)])

    assert Statement.objects.count() == 5


def test_the_chain_goes_on_from_batch_to_batch(far, course, learner):
    facts = reading(far, course, learner)
    for fact in facts:
        merge_statements(far.epoch, [fact])

    previous = bytes(32)
    for row in Statement.objects.of_epoch(far.epoch.pk):
        previous = row.fact().hash_after(previous)
        assert bytes(row.chain_hash) == previous
    far.epoch.refresh_from_db()
    assert bytes(far.epoch.last_hash) == previous


@pytest.mark.parametrize("wall_ms", [0, -5, 2**62, 4_102_444_800_000])
def test_a_clock_that_cannot_be_right_gives_way_to_the_time_of_arrival(
    far, course, learner, wall_ms
):
    fact = replace(far.fact("seen", uuid4(), learner=learner, course=course), wall_ms=wall_ms)
    before = timezone.now() - timedelta(milliseconds=1)  # which is what a moment is told in

    merge_statements(far.epoch, [fact])

    row = Statement.objects.get()
    assert before <= row.occurred_at <= timezone.now()
    assert row.wall_ms == wall_ms


def test_a_believable_clock_is_believed(far, course, learner):
    fact = far.fact("seen", uuid4(), learner=learner, course=course)

    merge_statements(far.epoch, [fact])

    expected = datetime.fromtimestamp(fact.wall_ms / 1000, tz=UTC)
    assert Statement.objects.get().occurred_at == expected


def test_unknown_verbs_and_odd_bodies_are_kept_and_conclude_nothing(far, course, learner):
    quiz = course.activities.get(kind="quiz")
    facts = [
        far.fact("danced", uuid4(), learner=learner, course=course, steps=[1, 2]),
        replace(far.fact("answered", quiz.pk, learner=learner, course=course), body_json="[1]"),
        far.fact("answered", quiz.pk, learner=learner, course=course, attempt=7, question={}),
        far.fact("observed", quiz.pk, learner=learner, course=course, levels=["a"]),
        replace(far.fact("seen", uuid4(), learner=learner, course=course), v=9),
    ]

    result = merge_statements(far.epoch, facts)

    assert result.stored == 5
    assert derived_rows() == {"Enrolment": [], "Attempt": [], "Completion": []}


def test_an_answer_with_characters_no_database_holds_is_kept_and_counted(far, course, learner):
    quiz = course.activities.get(kind="quiz")
    question = str(quiz.parsed().questions[0].id)
    body = {"attempt": str(uuid4()), "question": question, "right": True}
    odd = ["a\0b", "c\ud800d", 7, None]
    fact = far.fact("answered", quiz.pk, learner=learner, course=course, response=odd, **body)

    merge_statements(far.epoch, [fact])

    assert Statement.objects.get().body["response"] == odd
    assert Attempt.objects.get().answers == {question: {"right": True, "response": ["ab", "cd"]}}


def test_facts_of_a_learner_not_known_here_wait_until_they_are(far, course):
    learner_id = uuid4()
    facts = reading(far, course, learner_id)
    merge_statements(far.epoch, facts)
    assert not Completion.objects.exists()
    profile = {"name": "Hodan Farah", "sex": "f", "birth_year": 1999, "language": "so"}

    created = far.fact("learner_created", learner_id, learner=learner_id, profile=profile)
    merge_statements(far.epoch, [created])

    hodan = Learner.objects.get(pk=learner_id)
    assert (hodan.name, hodan.sex, hodan.birth_year) == ("Hodan Farah", "f", 1999)
    assert hodan.telecentre == make_telecentre()
    assert len(completed(hodan)) == 7  # four read; two lessons without exercise and module 2


def test_a_known_learner_is_not_changed_by_their_creation_coming_again(far, learner):
    profile = {"name": "Un autre nom", "sex": "m"}

    merge_statements(
        far.epoch, [far.fact("learner_created", learner.pk, learner=learner, profile=profile)]
    )

    learner.refresh_from_db()
    assert learner.name == "Awa Ouédraogo"


def test_the_merge_is_announced_after_commit(
    far, course, learner, django_capture_on_commit_callbacks
):
    heard, lessons = [], []

    def hear(**facts):
        heard.append((facts["stored"], facts["held_to"], facts["learner_ids"]))

    def hear_lesson(**facts):
        lessons.append(facts["object_id"])

    statements_merged.connect(hear)
    lesson_completed.connect(hear_lesson)

    with django_capture_on_commit_callbacks(execute=True):
        merge_statements(far.epoch, reading(far, course, learner))
        assert heard == []

    assert heard == [(5, 5, frozenset({learner.pk}))]
    assert len(lessons) == 2  # the other two have an exercise


def queries_of_batch(course, *, learners):
    far = DistantDevice()
    people = [make_learner(name=f"Apprenant {n}") for n in range(learners)]
    signing = [far.fact("registered", course.pk, learner=p, course=course) for p in people]
    merge_statements(far.epoch, signing)
    quiz = course.activities.get(kind="quiz")
    questions = quiz.parsed().questions
    facts = [
        fact
        for person in people
        for attempt in [str(uuid4())]
        for fact in [
            far.fact("seen", quiz.lesson_id, learner=person, course=course),
            *(
                far.fact(
                    "answered",
                    quiz.pk,
                    learner=person,
                    course=course,
                    attempt=attempt,
                    question=str(question.id),
                    right=True,
                    response=["a"],
                )
                for question in questions
            ),
        ]
    ]
    with CaptureQueriesContext(connection) as queries:
        merge_statements(far.epoch, facts)
    return [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]]


def test_a_batch_of_many_learners_asks_no_more_questions_than_one_of_few(course):
    queries_of_batch(course, learners=1)

    one, many = (queries_of_batch(course, learners=n) for n in (1, 100))

    assert one.count("SELECT") == many.count("SELECT")
    assert one.count("UPDATE") == many.count("UPDATE") == 1
    assert len(many) < 40  # SQLite takes 999 values an INSERT

"""One new fact, a batch and a rebuild end in the same rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.outline import ModuleOutline
from courses.publishing import publish_outline
from lms.merging import merge_statements
from lms.models import Completion, Enrolment, Statement
from lms.progress import count_differences, derive, rebuild_all
from tests.factories import (
    make_course_outline,
    make_learner,
    make_lesson,
    make_practical,
    make_quiz,
)
from tests.lms.distant import DistantDevice, derived_rows

pytestmark = pytest.mark.django_db


class World:
    """A course in two versions, two learners, two machines that saw them both."""

    def __init__(self):
        self.quiz, self.extra, self.task = make_quiz(), make_quiz("single"), make_practical()
        first, second = make_lesson(self.quiz), make_lesson(self.task, title="Pratique")
        outline = make_course_outline(modules=(module(first, second), module(make_lesson())))
        shorter = self.quiz.activity.definition["questions"][:2]
        quiz = replace(
            self.quiz,
            activity=replace(
                self.quiz.activity,
                definition=dict(self.quiz.activity.definition) | {"questions": shorter},
            ),
        )
        changed = replace(first, blocks=(quiz, self.extra))
        one, two = outline.modules
        self.versions = [
            outline,
            replace(outline, modules=(replace(one, lessons=(changed, second)), two)),
        ]
        self.course = publish_outline(self.versions[0])
        self.course = publish_outline(self.versions[1])
        self.learners = [make_learner(name="Awa"), make_learner(name="Issa")]
        self.machines = [DistantDevice(), DistantDevice()]
        self.lessons = [first.id, second.id, two.lessons[0].id]
        self.questions = [q["id"] for q in self.quiz.activity.definition["questions"]]
        self.items = [item["id"] for item in self.task.activity.definition["items"]]
        self.attempts = [str(uuid4()), str(uuid4())]

    def facts(self, steps):
        """Each step as a fact of one of the machines, in that machine's order."""
        streams = [[], []]
        for machine in self.machines:
            machine.sequence = 0
        for which, who, version, at, kind, a, b in steps:
            verb, object_id, body = self.deed(kind, a, b)
            far = self.machines[which]
            fact = far.fact(
                verb,
                object_id,
                learner=self.learners[who],
                course=self.course,
                version=version,
                at=at,
                **body,
            )
            streams[which].append(fact)
        return streams

    def deed(self, kind, a, b):
        attempt = self.attempts[b % 2]
        if kind == "registered":
            return "registered", self.course.pk, {}
        if kind == "seen":
            return "seen", self.lessons[a % 3], {}
        if kind == "observed":
            levels = dict.fromkeys(self.items, "alone" if b else "with_help")
            return "observed", self.task.activity.id, {"levels": levels, "observer": "x"}
        if kind == "extra":
            question = self.extra.activity.definition["questions"][0]["id"]
            body = {"attempt": attempt, "question": question, "right": bool(a), "response": []}
            return "answered", self.extra.activity.id, body
        question = self.questions[a % 3]
        body = {"attempt": attempt, "question": question, "right": bool(b), "response": ["a"]}
        return "answered", self.quiz.activity.id, body


def module(*lessons):
    return ModuleOutline(id=uuid4(), title="Module", lessons=lessons)


step = st.tuples(
    st.integers(0, 1),  # machine
    st.integers(0, 1),  # learner
    st.sampled_from([1, 1, 2]),  # course version
    st.integers(0, 12),  # minute
    st.sampled_from(["registered", "seen", "seen", "answered", "answered", "extra", "observed"]),
    st.integers(0, 2),
    st.integers(0, 1),
)


def merged_in(world, streams, sizes, turns):
    """Merge both streams in batches, taking turns as told; give the rows, leave no trace."""
    waiting = [iter(stream) for stream in streams]
    with transaction.atomic():
        for turn, size in zip(turns, sizes, strict=True):
            merge_statements(world.machines[turn].epoch, list(islice(waiting[turn], size)))
        for machine, rest in zip(world.machines, waiting, strict=True):
            merge_statements(machine.epoch, list(rest))
        rows = derived_rows()
        assert rebuild_all(check=True) == 0
        transaction.set_rollback(True)
    return rows


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(step, max_size=40), data=st.data())
def test_facts_in_any_batches_and_turns_end_in_the_same_rows(world, steps, data):
    streams = world.facts(steps)
    plan = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 1)), max_size=12)
    first, second = data.draw(plan), data.draw(plan)

    rows = [
        merged_in(world, streams, [size for size, _ in way], [turn for _, turn in way])
        for way in (first, second, [])
    ]

    assert rows[0] == rows[1] == rows[2]


@pytest.fixture
def world():
    return World()


def whole_story(world):
    """Everything of version 1, by the first learner, on the first machine."""
    steps = [(0, 0, 1, 0, "registered", 0, 0)]
    steps += [(0, 0, 1, minute, "seen", minute, 0) for minute in range(3)]
    steps += [(0, 0, 1, 5 + n, "answered", n, 1) for n in range(3)]
    return world.facts([*steps, (0, 0, 1, 9, "observed", 0, 1)])[0]


def test_who_began_before_the_course_changed_finishes_it_as_it_was(world):
    merge_statements(world.machines[0].epoch, whole_story(world))

    done = Completion.objects.get(kind="course")
    assert done.learner == world.learners[0]
    assert done.completed_at == Statement.objects.get(verb="observed").occurred_at


def test_who_began_after_the_change_needs_the_new_exercise(world):
    later = [replace(fact, course_version=2) for fact in whole_story(world)]

    merge_statements(world.machines[0].epoch, later)

    assert not Completion.objects.filter(kind="course").exists()
    assert not Completion.objects.filter(kind="lesson", object_id=world.lessons[0]).exists()


def test_a_row_that_was_tampered_with_is_found_and_mended(world):
    merge_statements(world.machines[0].epoch, whole_story(world))
    before = derived_rows()
    Completion.objects.filter(kind="seen").delete()
    Enrolment.objects.update(last_lesson_id=uuid4())
    Completion.objects.create(
        learner=world.learners[1],
        course_id=world.course.pk,
        kind="course",
        object_id=world.course.pk,
        completed_at="2026-01-01T00:00Z",
    )

    assert rebuild_all(check=True) == 5
    assert rebuild_all() == 5

    assert derived_rows() == before
    assert rebuild_all(check=True) == 0


def test_deriving_again_changes_nothing(world):
    merge_statements(world.machines[0].epoch, whole_story(world))
    before = derived_rows()
    pair = (world.learners[0].pk, world.course.pk)

    assert derive([pair, pair]) == 0
    assert count_differences([pair]) == 0

    assert derived_rows() == before


def test_a_learner_not_known_here_is_passed_over(world):
    assert derive([(uuid4(), world.course.pk)]) == 0

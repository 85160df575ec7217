"""What people do at a place, through the functions that the pages call."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from courses.activities.practical import Level
from courses.models import Activity, Course, Lesson
from lms.enrolling import ensure_enrolled
from lms.exercising import mark_done, take_statement
from lms.models import Cohort, Learner, Telecentre
from lms.observing import ask_for_observer, observe
from lms.quizzing import answer_question, begin_try
from lms.views.lessons import note_seen

KINDS = ("enrol", "see", "quiz", "quiz", "ready", "observe", "play", "mark")
MOST_POINTS = 3


def active_learners(telecentre: UUID) -> list[Learner]:
    """In an order that chance in ids does not change."""
    return list(Learner.objects.active().of_telecentre(telecentre).order_by("name"))


def do_all(telecentre: UUID, what: list[tuple[str, int]], *, who: int) -> Iterator[str]:
    """One learner's deeds, told one by one as each is told to be saved."""
    learners = active_learners(telecentre)
    for kind, which in what if learners else ():
        do(kind, learners[who % len(learners)], which=which)
        yield kind


def do(kind: str, learner: Learner, *, which: int) -> None:
    course = Course.objects.get()
    if kind == "enrol":
        ensure_enrolled(learner, course)
    elif kind == "see":
        listed = Lesson.objects.order_by("module__position", "position")
        note_seen(learner, Lesson.objects.filter(pk=listed[which % listed.count()].pk))
    elif kind == "quiz":
        ensure_enrolled(learner, course)
        _answer(learner, Activity.objects.get(kind="quiz"), which)
    elif kind in ("play", "mark"):
        ensure_enrolled(learner, course)
        _play(learner, which) if kind == "play" else mark_done(learner, _exercises("marked"))
    else:
        practical = Activity.objects.get(kind="practical")
        ask_for_observer(learner, practical)
        if kind == "observe":
            _mark(learner, practical, which)


def _answer(learner: Learner, quiz: Activity, which: int) -> None:
    state = begin_try(learner, quiz)
    if state.current is None or state.attempt_id is None:
        return
    choice = state.current.choices[which % len(state.current.choices)]
    answer_question(
        learner,
        quiz,
        attempt_id=state.attempt_id,
        question_id=state.current.id,
        response=(choice.id,),
    )


def _play(learner: Learner, points: int) -> None:
    statement = {
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "result": {"score": {"raw": points, "max": MOST_POINTS, "min": 0}, "completion": True},
    }
    take_statement(learner, _exercises("scored"), statement=statement)


def _exercises(completion: str) -> QuerySet[Activity]:
    """The one that is completed in this way, which its title says."""
    return Activity.objects.filter(kind="h5p", title=completion)


def _mark(learner: Learner, practical: Activity, which: int) -> None:
    level = list(Level)[which % len(Level)]
    manager = get_user_model().objects.get(username="manager")
    items = practical.parsed().items
    observe(
        learner, practical, levels=dict.fromkeys((i.id for i in items), level), observer=manager
    )


def put_in_group(learner: Learner, *, is_in: bool) -> None:
    """At the centre: a group of the telecentre, with the course; out of it again."""
    place: Telecentre = learner.telecentre
    cohort, _created = Cohort.objects.get_or_create(telecentre=place, name="Groupe")
    cohort.courses.get_or_create(course_id=Course.objects.get().pk)
    if is_in:
        cohort.learners.add(learner)
    else:
        cohort.learners.remove(learner)

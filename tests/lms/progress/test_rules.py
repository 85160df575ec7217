from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from lms.progress import fold
from lms.progress.figures import Enrolled, Figures
from lms.progress.requirements import NOTHING_ASKED, Requirements
from tests.lms.progress.deeds import START, always, answer, deed, practical_of, quiz_of

COURSE, MODULE, LESSON, QUIZ, TASK = (UUID(int=n) for n in range(1, 6))
QUESTIONS = [uuid4() for _ in range(3)]
STAR, OTHER = uuid4(), uuid4()
TRIES = [uuid4(), uuid4()]
DEFINITIONS = {
    QUIZ: always("quiz", quiz_of(*QUESTIONS, pass_percent=60)),
    TASK: always("practical", practical_of((STAR, True), (OTHER, False))),
}
ASKED = Requirements.of(
    [
        {
            ("lesson", LESSON): frozenset({("seen", LESSON), ("activity", QUIZ)}),
            ("module", MODULE): frozenset({("lesson", LESSON)}),
            ("course", COURSE): frozenset({("module", MODULE)}),
        },
        {("lesson", LESSON): frozenset({("seen", LESSON), ("activity", TASK)})},
    ]
)

times = st.integers(0, 20)
deeds = st.one_of(
    st.builds(lambda at: deed("registered", COURSE, at=at), times),
    st.builds(lambda at: deed("seen", LESSON, at=at), times),
    st.builds(
        lambda at, a: deed("attempted", QUIZ, at=at, attempt=a), times, st.sampled_from(TRIES)
    ),
    st.builds(
        lambda at, a, q, r: answer(QUIZ, q, r, attempt=a, at=at),
        times,
        st.sampled_from(TRIES),
        st.sampled_from(QUESTIONS),
        st.booleans(),
    ),
    st.builds(
        lambda at, star, other: deed(
            "observed", TASK, at=at, levels={str(STAR): star, str(OTHER): other}
        ),
        times,
        st.sampled_from(["alone", "with_help"]),
        st.sampled_from(["alone", "not_seen"]),
    ),
)
stories = st.lists(deeds, max_size=25)


def conclude(told):
    return fold(told, definitions=DEFINITIONS, requirements=ASKED)


@given(stories, st.randoms(use_true_random=False))
def test_deeds_in_any_order_and_told_often_lead_to_the_same(told, chance):
    again = [*told, *chance.choices(told, k=5)] if told else []
    chance.shuffle(again)

    assert conclude(again) == conclude(told)


@given(stories, stories)
def test_more_deeds_never_take_a_completion_away_or_put_it_off(told, more):
    before, after = conclude(told).done, conclude([*told, *more]).done

    assert before.keys() <= after.keys()
    assert all(after[key].completed_at <= item.completed_at for key, item in before.items())


@given(stories)
def test_what_is_completed_was_completed_by_one_of_the_deeds(told):
    moments = {item.occurred_at for item in told}

    assert {done.completed_at for done in conclude(told).done.values()} <= moments


def test_nothing_comes_of_nothing():
    assert conclude([]) == Figures()


def test_an_enrolment_remembers_the_last_lesson_and_the_last_activity():
    told = [
        deed("seen", LESSON, at=3),
        deed("registered", COURSE, at=1),
        deed("attempted", QUIZ, at=7, attempt=TRIES[0]),
        answer(QUIZ, QUESTIONS[0], True, attempt=TRIES[0], at=9),
    ]

    figures = fold(told, definitions={}, requirements=NOTHING_ASKED)

    assert figures.enrolled == Enrolled(
        registered_at=START + timedelta(minutes=1),
        last_lesson_id=LESSON,
        last_lesson_at=START + timedelta(minutes=3),
        last_active_at=START + timedelta(minutes=7),
    )


def test_without_registering_there_is_no_enrolment():
    assert conclude([deed("seen", LESSON)]).enrolled is None

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from lms.progress.activity_rules import fold_activity
from lms.progress.figures import ActivityFigures, Definitions, Done
from tests.lms.progress.deeds import (
    START,
    always,
    answer,
    deed,
    h5p_of,
    practical_of,
    quiz_of,
)

QUIZ, Q1, Q2, Q3 = uuid4(), uuid4(), uuid4(), uuid4()
FIRST, SECOND = uuid4(), uuid4()


def minutes(count):
    return START + timedelta(minutes=count)


def test_a_quiz_is_completed_by_the_answer_that_reaches_the_pass_mark():
    definitions = always("quiz", quiz_of(Q1, Q2, Q3, pass_percent=60))
    deeds = [
        answer(QUIZ, Q1, True, attempt=FIRST, at=1),
        answer(QUIZ, Q2, False, attempt=FIRST, at=2),
        answer(QUIZ, Q3, True, attempt=FIRST, at=3),
    ]

    figures = fold_activity(deeds, definitions)

    assert figures.done == Done(completed_at=minutes(3), scaled=Decimal("0.6667"))
    assert figures.tries[FIRST].is_passed
    assert figures.tries[FIRST].finished_at == minutes(3)


def test_a_quiz_below_the_pass_mark_is_not_completed():
    figures = fold_activity(
        [answer(QUIZ, Q1, True, attempt=FIRST), answer(QUIZ, Q2, False, attempt=FIRST)],
        always("quiz", quiz_of(Q1, Q2)),
    )

    assert figures.done is None
    assert figures.tries[FIRST].scaled == Decimal("0.5000")
    assert not figures.tries[FIRST].is_passed


def test_a_retry_counts_what_was_right_before():
    deeds = [
        answer(QUIZ, Q1, True, attempt=FIRST, at=1),
        answer(QUIZ, Q2, False, attempt=FIRST, at=2),
        answer(QUIZ, Q2, True, attempt=SECOND, at=9),
    ]

    figures = fold_activity(deeds, always("quiz", quiz_of(Q1, Q2)))

    assert figures.done == Done(completed_at=minutes(9), scaled=Decimal("1.0000"))
    assert figures.tries[FIRST].scaled == Decimal("0.5000")
    assert figures.tries[SECOND].scaled == Decimal("1.0000")
    assert figures.tries[SECOND].finished_at == minutes(9)


def test_a_wrong_answer_later_takes_nothing_away():
    right = answer(QUIZ, Q1, True, attempt=FIRST, at=1)
    wrong = answer(QUIZ, Q1, False, attempt=FIRST, at=2)
    definitions = always("quiz", quiz_of(Q1))

    assert fold_activity([right, wrong], definitions).done == Done(minutes(1), Decimal("1.0000"))
    assert fold_activity([right, wrong], definitions).tries[FIRST].answers[str(Q1)]["right"]


def test_a_try_with_questions_left_is_not_finished():
    figures = fold_activity(
        [
            deed("attempted", QUIZ, attempt=FIRST, at=1),
            answer(QUIZ, Q1, True, attempt=FIRST, at=2),
        ],
        always("quiz", quiz_of(Q1, Q2)),
    )

    assert figures.tries[FIRST].started_at == minutes(1)
    assert figures.tries[FIRST].finished_at is None


@pytest.mark.parametrize("version", [1, 2])
def test_who_began_before_a_question_was_added_needs_only_the_old_ones(version):
    definitions = Definitions("quiz", ((1, quiz_of(Q1)), (2, quiz_of(Q1, Q2))))

    figures = fold_activity([answer(QUIZ, Q1, True, attempt=FIRST, version=version)], definitions)

    assert (figures.done is not None) == (version == 1)


def test_a_quiz_made_shorter_is_passed_by_who_had_its_questions_right():
    definitions = Definitions("quiz", ((1, quiz_of(Q1, Q2)), (3, quiz_of(Q1))))

    figures = fold_activity([answer(QUIZ, Q1, True, attempt=FIRST, version=1)], definitions)

    assert figures.done == Done(minutes(0), Decimal("1.0000"))


def test_a_practical_needs_one_observation_that_passes_by_itself():
    star, other = uuid4(), uuid4()
    definitions = always("practical", practical_of((star, True), (other, False)))
    first = deed("observed", QUIZ, at=1, levels={str(star): "with_help", str(other): "alone"})
    second = deed("observed", QUIZ, at=2, levels={str(star): "alone"})
    third = deed("observed", QUIZ, at=3, levels={str(star): "alone", str(other): "with_help"})

    assert fold_activity([first, second], definitions).done is None
    figures = fold_activity([first, second, third], definitions)
    assert figures.done == Done(minutes(3), Decimal("1.0000"))
    assert [figures.tries[item.id].is_passed for item in (first, second, third)] == [
        False,
        False,
        True,
    ]


def test_an_observation_ends_the_wait_for_an_observer():
    star = uuid4()
    asked = deed("attempted", QUIZ, at=1, attempt=FIRST)
    seen = deed("observed", QUIZ, at=5, levels={str(star): "alone"})

    figures = fold_activity([asked, seen], always("practical", practical_of((star, True))))

    assert figures.tries[FIRST].finished_at == minutes(5)
    assert not figures.tries[FIRST].is_passed


@pytest.mark.parametrize(
    ("completion", "body", "is_done"),
    [
        ("scored", {"mode": "scored", "scaled": "0.7000"}, True),
        ("scored", {"mode": "scored", "scaled": "0.6999"}, False),
        ("scored", {"mode": "scored", "success": True}, True),
        ("scored", {"mode": "scored", "success": "true"}, False),
        ("scored", {"mode": "scored", "success": False, "scaled": "0.9000"}, False),
        ("scored", {"mode": "marked"}, False),
        ("scored", {"mode": "scored", "scaled": "9.9"}, False),
        ("scored", {"mode": "scored", "scaled": 1}, False),
        ("viewed", {"mode": "viewed"}, True),
        ("marked", {"mode": "marked"}, True),
        ("marked", {"mode": "viewed"}, False),
    ],
)
def test_an_h5p_exercise_is_completed_as_its_definition_says(completion, body, is_done):
    told = deed("completed", QUIZ, at=1, attempt=FIRST, **body)

    figures = fold_activity([told], always("h5p", h5p_of(completion)))

    assert (figures.done is not None) == is_done
    assert figures.tries[FIRST].is_passed == is_done


def test_the_best_h5p_score_is_kept_and_the_first_pass_counts():
    deeds = [
        deed("completed", QUIZ, at=1, attempt=FIRST, mode="scored", scaled="0.8000"),
        deed("completed", QUIZ, at=2, attempt=SECOND, mode="scored", scaled="0.9000"),
        deed("completed", QUIZ, at=3, attempt=SECOND, mode="scored", scaled="0.1000"),
    ]

    figures = fold_activity(deeds, always("h5p", h5p_of("scored")))

    assert figures.done == Done(minutes(1), Decimal("0.9000"))
    assert figures.tries[SECOND].scaled == Decimal("0.1000")


def test_nothing_is_concluded_before_the_definition_is_here():
    told = [answer(QUIZ, Q1, True, attempt=FIRST)]

    assert fold_activity(told, None) == ActivityFigures()
    assert fold_activity(told, always("puzzle", quiz_of(Q1))) == ActivityFigures()

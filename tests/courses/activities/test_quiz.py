from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from courses.activities import kind_of
from courses.activities.quiz import Choice, Question, QuizDefinition, mark, parse_number
from courses.errors import ActivityError, OutlineError
from tests.factories import make_question


def quiz_of(count, *, pass_percent=70):
    return QuizDefinition(
        questions=tuple(make_question() for _ in range(count)), pass_percent=pass_percent
    )


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "short", "number"])
def test_a_quiz_comes_back_from_its_document_the_same(kind):
    quiz = QuizDefinition(questions=(make_question(kind),), instructions="<p>Lisez.</p>")

    assert QuizDefinition.from_dict(quiz.to_dict()) == quiz
    assert kind_of("quiz").parse is QuizDefinition


def test_a_quiz_without_the_text_of_a_question_is_refused():
    document = quiz_of(1).to_dict()
    del document["questions"][0]["text"]

    with pytest.raises(OutlineError, match=r"questions\[0\]\.text"):
        QuizDefinition.from_dict(document)


@pytest.mark.parametrize(
    ("kind", "response", "right"),
    [
        ("single", ("a",), True),
        ("single", ("b",), False),
        ("single", (" a ",), True),
        ("multiple", ("a", "b"), True),
        ("multiple", ("b", "a", "a"), True),
        ("multiple", ("a",), False),
        ("multiple", ("a", "b", "c"), False),
        ("true_false", ("true",), True),
        ("true_false", ("false",), False),
        ("short", ("Mot",), True),
        ("short", ("  MÔT. ",), True),
        ("short", ("mots",), False),
        ("number", ("12,5",), True),
        ("number", ("13",), True),
        ("number", ("13,1",), False),
        ("number", ("1 2.5",), True),
    ],
)
def test_answers_are_marked(kind, response, right):
    assert mark(make_question(kind), response).right is right


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", ()),
        ("single", ("",)),
        ("single", ("   ",)),
        ("single", ("z",)),
        ("single", ("a", "b")),
        ("true_false", ("true", "false")),
        ("multiple", ("a", "z")),
        ("number", ("douze",)),
        ("number", ("NaN",)),
        ("number", ("Infinity",)),
        ("number", ("1e999",)),
        ("short", ("",)),
    ],
)
def test_an_answer_not_on_offer_is_refused(kind, response):
    with pytest.raises(ActivityError):
        mark(make_question(kind), response)


def test_the_feedback_says_why_in_order():
    question = Question(
        id=uuid4(),
        kind="single",
        text="?",
        choices=(Choice("a", "A", right=True, feedback="Car A."), Choice("b", "B")),
        feedback_right="Bravo.",
        feedback_wrong="Non.",
        explanation="Toujours A.",
    )

    assert mark(question, ("a",)).feedback == ("Car A.", "Bravo.", "Toujours A.")
    assert mark(question, ("b",)).feedback == ("Non.", "Toujours A.")


def test_the_response_is_recorded_in_the_order_of_the_choices():
    assert mark(make_question("multiple"), ("c", "a")).response == ("a", "c")
    assert mark(make_question("short"), ("  Mot ",)).response == ("Mot",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("1 200,5", "1200.5"),
        ("1\u202f200", "1200"),
        ("1\u00a0200", "1200"),
        ("-3,5", "-3.5"),
    ],
)
def test_numbers_are_read_as_people_type_them(text, value):
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("count", "right", "passed"), [(10, 7, True), (10, 6, False), (3, 2, False)]
)
def test_the_pass_mark_is_seventy_percent(count, right, passed):
    quiz = quiz_of(count)
    answered = {question.id for question in quiz.questions[:right]}

    assert quiz.is_passed(answered) is passed


def test_only_questions_of_the_quiz_count():
    quiz = quiz_of(3)

    assert quiz.scaled({uuid4(), uuid4(), quiz.questions[0].id}) == Decimal("0.3333")
    assert not quiz.is_passed({uuid4() for _ in range(3)})


def test_a_quiz_without_questions_is_never_passed():
    quiz = QuizDefinition(questions=())

    assert (quiz.scaled(set()), quiz.is_passed(set())) == (Decimal(0), False)

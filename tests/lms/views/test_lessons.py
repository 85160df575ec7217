"""Home, course, lesson and progress of a learner."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Activity, Lesson
from lms.models import Completion, Enrolment, Statement
from lms.quizzing import begin_try
from tests.factories import make_course

pytestmark = pytest.mark.django_db
LESSON = "/cours/maintenance/1.1/"


def queries_of(call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]


def test_a_visitor_reads_but_is_sent_to_the_door_to_begin(client, course):
    assert client.get(LESSON).status_code == 200

    answer = client.post("/cours/maintenance/")

    assert answer["Location"] == "/entrer/?next=%2Fcours%2Fmaintenance%2F"
    assert Enrolment.objects.count() == 0


def test_home_of_a_visitor_is_the_door(client):
    assert client.get("/moi/")["Location"].startswith("/entrer/")


def test_home_without_courses_leads_to_the_catalogue(learner_client):
    page = learner_client.get("/moi/")

    assert "Vous ne suivez pas encore de cours" in page.text


def test_beginning_a_course_enrols_once_and_opens_its_first_lesson(learner_client, awa, course):
    for _ in range(2):
        answer = learner_client.post("/cours/maintenance/")

    assert answer["Location"] == LESSON
    assert Statement.objects.filter(verb="registered", learner_id=awa.pk).count() == 1


def test_home_has_one_card_to_go_on_with(learner_client, course):
    learner_client.post("/cours/maintenance/")

    text = learner_client.get("/moi/").text

    assert text.count("featured") == 1
    assert "1.1" in text
    assert "10 min" in text


def test_reading_leads_on_and_is_remembered(learner_client, awa, course):
    answer = learner_client.post(LESSON)

    lesson = Lesson.objects.get(module__position=1, position=1)
    assert answer["Location"] == "/cours/maintenance/1.2/"
    assert Completion.objects.filter(learner=awa, kind="lesson", object_id=lesson.pk).exists()
    assert "Terminé" in learner_client.get(LESSON).text
    assert "Continuer" in learner_client.get("/moi/").text


def test_reading_the_last_lesson_leads_to_what_is_left(learner_client, course):
    assert learner_client.post("/cours/maintenance/2.1/")["Location"] == "/moi/maintenance/"


def test_course_page_marks_what_is_done(learner_client, course):
    learner_client.post(LESSON)

    text = learner_client.get("/cours/maintenance/").text

    assert "1 leçon terminée sur 4" in text.replace("\xa0", " ")
    assert "Ce qui reste à faire" in text


def test_progress_says_every_rule_in_words(learner_client, course):
    text = learner_client.get("/moi/maintenance/").text.replace("\xa0", " ")

    assert "réussi à partir de 70 %" in text
    assert "chaque geste ★ seul·e" in text


def test_lesson_cards_say_how_far_an_activity_is(learner_client, awa, course):
    quiz = Activity.objects.select_related("course").get(kind="quiz")
    assert "Faire le quiz" in learner_client.get("/cours/maintenance/1.2/").text

    begin_try(awa, quiz)

    assert "Continuer le quiz" in learner_client.get("/cours/maintenance/1.2/").text


@pytest.mark.parametrize("number", ["1.1", "1.2", "1.3"])
def test_a_lesson_takes_at_most_eight_queries(learner_client, course, number):
    learner_client.post("/cours/maintenance/")

    done = queries_of(lambda: learner_client.get(f"/cours/maintenance/{number}/"))

    assert len(done) <= 8


def test_home_takes_the_same_queries_for_one_course_and_for_three(learner_client, course):
    learner_client.post("/cours/maintenance/")
    one = queries_of(lambda: learner_client.get("/moi/"))
    for slug in ("deux", "trois"):
        make_course(slug=slug)
        learner_client.post(f"/cours/{slug}/")

    three = queries_of(lambda: learner_client.get("/moi/"))

    assert len(three) == len(one)


def test_another_learner_sees_nothing_of_it(learner_client, course, client):
    learner_client.post(LESSON)
    learner_client.post("/quitter/")

    assert "Terminé" not in learner_client.get(LESSON).text

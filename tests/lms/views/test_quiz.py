"""A quiz in the browser, without JavaScript."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from courses.models import Activity
from courses.outline import ModuleOutline
from lms.models import Statement
from tests.factories import make_course, make_lesson, make_quiz

pytestmark = pytest.mark.django_db
KINDS = ("single", "multiple", "true_false", "short", "number")
RIGHT = {
    "single": ["a"],
    "multiple": ["a", "b"],
    "true_false": ["true"],
    "short": [" MOT. "],
    "number": ["12,7"],
}


@pytest.fixture
def address():
    lessons = (make_lesson(make_quiz(*KINDS), title="Quiz"),)
    make_course(modules=(ModuleOutline(uuid4(), "Module", lessons),))
    return f"/cours/maintenance/1.1/quiz/{Activity.objects.get(kind='quiz').pk}/"


def fields(page):
    return dict(re.findall(r'name="(attempt|question)" value="([^"]+)"', page.text))


def test_a_visitor_is_sent_to_the_door(client, address):
    assert client.get(address)["Location"].startswith("/entrer/")


def test_the_first_page_says_what_is_asked(learner_client, address):
    text = learner_client.get(address).text.replace("\xa0", " ")

    assert "5 questions" in text
    assert "Réussi à partir de 70 %" in text
    assert "Autant d'essais que vous voulez" in text


def test_the_way_back_names_the_course_and_the_lesson(learner_client, address):
    text = learner_client.get(address).text

    way = text[text.index("breadcrumb") : text.index("</nav>", text.index("breadcrumb"))]
    assert re.findall('href="([^"]+)"', way) == ["/cours/maintenance/", "/cours/maintenance/1.1/"]


def test_every_kind_is_answered_one_a_screen_to_the_end(learner_client, address):
    page = learner_client.post(address, follow=True)
    for position, kind in enumerate(KINDS, start=1):
        assert f"Question {position} sur 5" in page.text
        form = fields(page) | {"answer": RIGHT[kind]}
        page = learner_client.post(f"{address}question/", form, follow=True)
        assert "Oui, c'est juste" in page.text
        page = learner_client.get(re.search(r'primary big" href="([^"]+)"', page.text)[1])

    assert "Quiz réussi" in page.text
    assert "5 bonnes réponses sur 5" in page.text
    assert Statement.objects.filter(verb="answered").count() == 5


def test_an_empty_answer_says_so_and_keeps_the_question(learner_client, address):
    page = learner_client.post(address, follow=True)

    again = learner_client.post(f"{address}question/", fields(page))

    assert again.status_code == 422
    assert "Choisissez d&#x27;abord une réponse" in again.text
    assert fields(again) == fields(page)


def test_a_number_that_is_none_is_kept_to_be_mended(learner_client):
    lessons = (make_lesson(make_quiz("number")),)
    make_course(modules=(ModuleOutline(uuid4(), "Module", lessons),))
    address = f"/cours/maintenance/1.1/quiz/{Activity.objects.get(kind='quiz').pk}/"
    page = learner_client.post(address, follow=True)

    again = learner_client.post(f"{address}question/", fields(page) | {"answer": "douze"})

    assert 'value="douze"' in again.text
    assert "Tapez un nombre" in again.text


def test_a_form_sent_twice_shows_the_same_feedback(learner_client, address):
    page = learner_client.post(address, follow=True)
    form = fields(page) | {"answer": "a"}

    first = learner_client.post(f"{address}question/", form)
    second = learner_client.post(f"{address}question/", form)

    assert first["Location"] == second["Location"]
    assert Statement.objects.filter(verb="answered").count() == 1


@pytest.mark.parametrize("name", ["attempt", "question"])
def test_a_forged_form_is_not_recorded(learner_client, address, name):
    page = learner_client.post(address, follow=True)

    learner_client.post(f"{address}question/", fields(page) | {"answer": "a", name: str(uuid4())})

    assert Statement.objects.filter(verb="answered").count() == 0


def test_after_the_end_only_what_was_missed_comes_back(learner_client, address):
    page = learner_client.post(address, follow=True)
    for kind in KINDS:
        wrong = kind == "single"
        form = fields(page) | {"answer": ["c"] if wrong else RIGHT[kind]}
        learner_client.post(f"{address}question/", form)
        page = learner_client.get(f"{address}question/", follow=True)
    assert "Reprendre seulement les questions manquées" in page.text

    page = learner_client.post(address, follow=True)

    assert "Question 1 sur 1" in page.text


def test_the_answer_of_somebody_else_is_not_shown(learner_client, address, client):
    from tests.factories import make_learner
    from tests.lms.conftest import PIN

    page = learner_client.post(address, follow=True)
    shown = learner_client.post(f"{address}question/", fields(page) | {"answer": "a"})["Location"]
    issa = make_learner(name="Issa", pin=PIN)
    learner_client.post(f"/entrer/nom/{issa.pk}/", {"pin": PIN})

    assert learner_client.get(shown).status_code == 404

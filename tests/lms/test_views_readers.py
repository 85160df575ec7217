"""Somebody signed in who is nobody's learner: reads courses, and never meets a closed door."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from lms.models import Enrolment, Statement
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
BACKEND = "lms.backends.LearnerBackend"
PEOPLE = [
    ("trainer", "central"),
    ("manager", "central"),
    ("coordinator", "central"),
    ("superuser", "central"),
    ("manager", "telecentre"),
]


@pytest.fixture(params=PEOPLE, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def reader(request, client, settings):
    """A browser in which one of the staff is signed in."""
    role, settings.YELEN_ROLE = request.param
    if role == "superuser":
        user = get_user_model().objects.create_superuser("root", password="mot-de-passe-long")
    else:
        user = make_staff(role)
    client.force_login(user, backend=BACKEND)
    return client


def test_a_course_offers_to_be_read_and_nothing_else(reader, course):
    page = reader.get("/cours/maintenance/").text

    assert "Lire le cours" in page
    assert 'href="/cours/maintenance/1.1/"' in page
    assert "Commencer ce cours" not in page
    assert "Lire sans entrer" not in page
    assert "/entrer/" not in page


@pytest.mark.parametrize("number", ["1.1", "1.2", "1.3"])
def test_no_lesson_offers_to_sign_in(reader, course, number):
    page = reader.get(f"/cours/maintenance/{number}/")

    assert page.status_code == 200
    assert "/entrer/" not in page.text
    assert "Entrez pour" not in page.text


@pytest.mark.parametrize("address", ["/cours/maintenance/", "/cours/maintenance/1.1/"])
def test_beginning_says_what_to_do_and_begins_nothing(reader, course, address):
    answer = reader.post(address, follow=True)

    assert answer.redirect_chain == [(address, 302)]
    assert "Pour suivre un cours" in answer.text
    assert Statement.objects.count() == 0
    assert Enrolment.objects.count() == 0


def test_my_courses_leads_to_what_staff_can_do(reader):
    answer = reader.get("/moi/", follow=True)

    assert answer.redirect_chain == [("/centre/", 302)]
    assert answer.status_code == 200
    assert "est la page des apprenants" in answer.text


def test_my_progress_in_a_course_leads_to_the_course(reader, course):
    answer = reader.get("/moi/maintenance/", follow=True)

    assert answer.redirect_chain == [("/cours/maintenance/", 302)]
    assert "Pour suivre un cours" in answer.text


def test_an_account_without_a_role_is_shown_the_courses(client, course):
    user = get_user_model().objects.create_user("visiteur", password="mot-de-passe-long")
    client.force_login(user, backend=BACKEND)

    assert client.get("/moi/", follow=True).redirect_chain == [("/", 302)]
    assert "Lire le cours" in client.get("/cours/maintenance/").text

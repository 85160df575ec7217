"""Reports at the telecentre."""

from __future__ import annotations

import csv
from io import StringIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.enrolling import enrol
from lms.models import Telecentre
from tests.factories import make_cohort, make_learner, make_staff, make_telecentre
from tests.lms.progress.test_standing import lessons_of, record

pytestmark = pytest.mark.django_db

ADDRESS, FILE = "/centre/rapports/", "/centre/rapports/csv/"


@pytest.fixture
def followers(course):
    """Awa here, Hodan elsewhere; both have read the first lesson."""
    elsewhere = make_telecentre(name="Espace de Djibouti", slug="djibouti")
    people = make_learner(name="Awa"), make_learner(name="Hodan", telecentre=elsewhere)
    for person in people:
        enrol(person, course)
        record(person, course, "seen", lessons_of(course)[0].pk)
    return people


def read(response):
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize(
    ("role", "seen"), [("manager", {"Awa"}), ("coordinator", {"Awa", "Hodan"})]
)
def test_staff_see_the_learners_they_may(client, followers, role, seen):
    client.force_login(make_staff(role))

    page = client.get(ADDRESS).content.decode()
    rows = read(client.get(FILE, {"course": "maintenance"}))

    assert {name for name in ("Awa", "Hodan") if name in page} == seen
    assert {row[0] for row in rows[1:]} == seen


def test_what_the_report_was_narrowed_to_is_told_for_paper(client, followers):
    cohort = make_cohort(followers[0], name="Groupe du mardi")
    client.force_login(make_staff("manager"))

    of_all = client.get(ADDRESS).context["narrowed"]
    of_one = client.get(ADDRESS, {"cohort": cohort.pk}).context["narrowed"]

    assert len(of_all) == len(of_one) == 1  # a manager has one telecentre
    assert of_one[0][1] == "Groupe du mardi" != of_all[0][1]


@pytest.mark.parametrize("address", [ADDRESS, FILE])
def test_a_visitor_is_sent_to_sign_in_and_a_learner_is_refused(
    client, followers, django_user_model, address
):
    assert client.get(address).status_code == 302
    client.force_login(django_user_model.objects.create_user("awa"))

    assert client.get(address).status_code == 403


def test_the_choice_stands_in_the_address(client, followers, course):
    awa, _hodan = followers
    cohort = make_cohort(awa, name="Groupe du soir")
    client.force_login(make_staff("trainer"))

    page = client.get(ADDRESS, {"course": course.slug, "cohort": cohort.pk}).content.decode()

    assert "Awa" in page
    assert "Hodan" not in page
    assert f"course=maintenance&amp;cohort={cohort.pk}" in page


def test_a_manager_cannot_choose_a_group_or_a_telecentre_that_is_not_theirs(
    client, followers, course
):
    _awa, hodan = followers
    foreign = make_cohort(hodan, telecentre=hodan.telecentre)
    client.force_login(make_staff("manager"))

    page = client.get(ADDRESS, {"course": course.slug, "cohort": foreign.pk})
    by_place = client.get(ADDRESS, {"course": course.slug, "telecentre": "djibouti"})

    assert "Hodan" not in page.content.decode()
    assert "Hodan" not in by_place.content.decode()
    assert client.get(FILE, {"course": course.slug, "cohort": foreign.pk}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"course": "rien"},
        {"course": "maintenance", "cohort": "x"},
        {"course": "maintenance", "cohort": str(uuid4())},
        {"course": ""},
    ],
)
def test_a_choice_that_cannot_be_shows_the_form_again(client, followers, query):
    client.force_login(make_staff("coordinator"))

    assert client.get(ADDRESS, query).status_code == 200
    assert client.get(FILE, query).status_code == 404


def test_without_any_course_the_page_says_so(client):
    client.force_login(make_staff("coordinator"))

    assert client.get(ADDRESS).status_code == 200


def test_each_figure_says_as_of_when(client, followers):
    synced = timezone.make_aware(timezone.datetime(2026, 2, 3, 14, 2))
    Telecentre.objects.filter(slug="djibouti").update(last_synced_at=synced)
    client.force_login(make_staff("coordinator"))

    page = client.get(ADDRESS, headers={"Accept-Language": "fr"}).content.decode()

    assert "03/02/2026" in page or "3 février 2026" in page or "3 Février 2026" in page


def test_the_files_are_named_after_the_course_and_kept_out_of_caches(client, followers):
    client.force_login(make_staff("manager"))

    response = client.get(FILE, {"course": "maintenance", "table": "completions"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="yelen-maintenance.csv"'
    assert "no-store" in response["Cache-Control"]
    assert len(read(response)) == 2


def test_the_page_of_three_learners_costs_no_more_than_that_of_one(client, course):
    client.force_login(make_staff("manager"))
    counts = []
    for number in range(3):
        enrol(make_learner(name=f"Apprenant {number}"), course)
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_a_long_list_comes_in_pages(client, course):
    people = [make_learner(name=f"Apprenant {n:03}") for n in range(60)]
    cohort = make_cohort(*people)
    cohort.courses.create(course_id=course.pk)
    client.force_login(make_staff("manager"))

    first = client.get(ADDRESS).content.decode()
    second = client.get(ADDRESS, {"page": "2"}).content.decode()

    assert first.count('<th scope="row"') == 50
    assert second.count('<th scope="row"') == 10

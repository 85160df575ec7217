"""A course that was deleted keeps its address, and the trainer is told what to do."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data

from courses.models import Course, CourseVersion, Lesson
from tests.cms import authors

pytestmark = pytest.mark.django_db

NEW = ("wagtailadmin_pages:add", ["yelen_cms", "coursepage"])


@pytest.fixture
def deleted(client, on_commit):
    """The row of a course that was published; an administrator deleted its pages in Wagtail."""
    page = authors.whole_course(title="Maintenance d'hier")
    with on_commit():
        authors.publish(page)
    client.force_login(authors.trainer("salif", is_superuser=True))
    with on_commit():
        client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    client.force_login(authors.trainer())
    return Course.objects.get()


def write(client, slug, *, title="Maintenance", **fields):
    name, model = NEW
    address = reverse(name, args=[*model, authors.course_index().pk])
    form = {
        "title": title,
        "slug": slug,
        "theme": "maintenance",
        "language": "fr",
        "minutes": 0,
        "summary": "Entretenir.",
        "objectives": "",
        "prerequisites": "",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        **fields,
    }
    return client.post(address, nested_form_data(form))


def test_deleting_a_course_takes_it_off_the_catalogue_and_loses_nothing(deleted, client):
    assert not authors.CoursePage.objects.exists()
    assert deleted.retired_at is not None
    assert CourseVersion.objects.filter(course=deleted).count() == 1
    assert Lesson.objects.filter(course=deleted).count() == 1
    assert client.get("/cours/maintenance/").status_code == 404


def test_its_address_is_refused_with_an_address_that_is_free(deleted, client):
    answer = write(client, "maintenance")

    assert answer.context["form"].errors["slug"] == [
        (
            "«\u00a0Maintenance d'hier\u00a0», cours retiré, garde cette adresse\u00a0: "
            "des résultats et des paquets y renvoient. Prenez-en une autre, "
            "par exemple maintenance-2."
        )
    ]
    assert not authors.CoursePage.objects.exists()


def test_the_address_proposed_is_accepted_and_published(deleted, client, on_commit):
    answer = write(client, "maintenance-2")
    page = authors.CoursePage.objects.get()
    authors.lesson_page(authors.module_page(page))
    with on_commit():
        authors.publish(page)

    deleted.refresh_from_db()
    assert answer.status_code == 302
    assert Course.objects.current().get().slug == "maintenance-2"
    assert (deleted.slug, deleted.version) == ("maintenance", 1)
    assert deleted.retired_at is not None


def test_an_address_proposed_is_one_that_no_other_course_has_or_had(deleted, client):
    authors.course_page(slug="maintenance-2", live=False)

    answer = write(client, "maintenance")

    assert "maintenance-3" in answer.context["form"].errors["slug"][0]


def test_the_longest_address_still_leaves_room_for_another(deleted, client):
    Course.objects.update(slug="a" * 80)

    refused = write(client, "a" * 80).context["form"].errors["slug"][0]
    accepted = write(client, "a" * 76 + "-2")

    assert "a" * 76 + "-2" in refused
    assert accepted.status_code == 302

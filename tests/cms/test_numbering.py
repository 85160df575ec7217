"""The numbers a trainer reads are those learners see."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from courses.models import Lesson
from tests.cms import authors

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(on_commit):
    """Module 1 is a draft and holds no number; lessons 2 and 4 of the other are drafts."""
    page = authors.course_page()
    authors.lesson_page(authors.module_page(page, title="Plus tard", live=False))
    module = authors.module_page(page, title="Sécurité")
    for number in range(1, 5):
        authors.lesson_page(module, title=f"Page {number}", live=bool(number % 2))
    with on_commit():
        authors.publish(page)
    return page


def lesson(title):
    return authors.LessonPage.objects.get(title=title)


def test_a_live_lesson_has_the_number_learners_see(course):
    numbers = {page.title: page.number for page in authors.LessonPage.objects.order_by("path")[1:]}

    assert numbers == {"Page 1": "1.1", "Page 2": "", "Page 3": "1.2", "Page 4": ""}
    assert Lesson.objects.current().get(title="Page 3").number == "1.2"


def test_modules_that_learners_do_not_see_are_not_counted(course):
    numbers = {page.title: page.number for page in authors.ModulePage.objects.all()}

    assert numbers == {"Plus tard": "", "Sécurité": "1"}


def test_a_lesson_taken_back_loses_its_number_to_the_next(course, on_commit):
    with on_commit():
        lesson("Page 1").unpublish()

    assert lesson("Page 1").number == ""
    assert lesson("Page 3").number == "1.1"


def test_no_number_is_told_of_a_course_that_was_taken_back(course, on_commit):
    with on_commit():
        course.unpublish()

    assert lesson("Page 3").number == ""


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Page 3", "Leçon 1.2 du cours"),
        ("Page 2", "Brouillon\u00a0: le numéro vient à la publication."),
    ],
)
def test_the_editor_says_the_number_or_that_it_is_a_draft(course, title, words):
    shown = render_to_string("yelen_cms/panels/number.html", {"self": {"instance": lesson(title)}})

    assert words in shown


def test_the_list_of_a_module_tells_the_numbers(course, client):
    client.force_login(authors.trainer())
    module = lesson("Page 1").get_parent()

    shown = client.get(reverse("wagtailadmin_explore", args=[module.pk]))

    titles = [page.get_admin_display_title() for page in shown.context["pages"]]
    assert titles == ["1.1 Page 1", "Page 2", "1.2 Page 3", "Page 4"]
    assert "1.2 Page 3" in shown.content.decode()


def test_searching_and_sorting_the_list_keep_the_numbers(course, client):
    client.force_login(authors.trainer())
    address = reverse("wagtailadmin_explore", args=[lesson("Page 1").get_parent().pk])

    found = client.get(address, {"q": "Page 3"}).context["pages"]
    backwards = client.get(address, {"ordering": "-title"}).context["pages"]

    assert [page.get_admin_display_title() for page in found] == ["1.2 Page 3"]
    assert [page.get_admin_display_title() for page in backwards][1] == "1.2 Page 3"


@pytest.mark.parametrize("lessons", [1, 3])
def test_the_numbers_of_a_list_cost_as_many_queries_however_long_it_is(
    lessons, on_commit, django_assert_max_num_queries
):
    from cms.numbering import with_numbers

    page = authors.course_page()
    module = authors.module_page(page)
    for number in range(lessons):
        authors.lesson_page(module, title=f"Page {number}")
    with on_commit():
        authors.publish(page)
    children = module.get_children().specific()

    with django_assert_max_num_queries(6) as counted:
        titles = [
            child.get_admin_display_title() for child in with_numbers(children, parent=module)
        ]

    assert titles == [f"1.{n + 1} Page {n}" for n in range(lessons)]
    assert len(counted) == 6

"""A trainer at work in Wagtail's own screens."""

from __future__ import annotations

import json
import uuid

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.models import Course, Lesson
from tests.cms import authors

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(on_commit):
    course = authors.whole_course()
    with on_commit():
        authors.publish(course)
    return authors.LessonPage.objects.get()


def edited(page, *, html="<p>Nouveau texte.</p>", **extra):
    """What the editor's form sends for a lesson holding one text."""
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "minutes": 10,
            "body": streamfield([("text", rich_text(html))]),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            **extra,
        }
    )


def test_the_address_proposed_for_an_accented_title_is_one_a_course_accepts():
    page = authors.CoursePage(title="Gérer un petit projet", summary="Planifier.")

    authors.course_index().add_child(instance=page)

    assert page.slug == "gerer-un-petit-projet"


def test_publishing_from_the_editor_gives_learners_the_next_version(
    client, trainer, lesson, on_commit
):
    with on_commit():
        answer = client.post(
            reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
            edited(lesson) | {"action-publish": "1"},
            follow=True,
        )

    course = Course.objects.get()
    assert answer.status_code == 200
    assert course.version == 2
    assert course.lessons.get().block_documents == [
        {"kind": "text", "html": "<p>Nouveau texte.</p>"}
    ]


def test_saving_a_draft_shows_learners_nothing(client, trainer, lesson, on_commit):
    with on_commit():
        client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), edited(lesson))

    assert Course.objects.get().version == 1
    page = client.get("/cours/maintenance/1.1/").content.decode()
    assert "Nouveau texte" not in page
    assert "Débranchez" in page


def test_a_quiz_without_its_right_answer_is_refused_and_nothing_is_published(
    client, trainer, lesson, on_commit
):
    choices = {
        "count": 2,
        **{
            key: value
            for n in range(2)
            for key, value in {
                f"{n}-deleted": "",
                f"{n}-order": str(n),
                f"{n}-type": "item",
                f"{n}-value-text": f"Réponse {n}",
            }.items()
        },
    }
    form = edited(lesson) | nested_form_data(
        {
            "body": streamfield(
                [
                    (
                        "quiz",
                        {
                            "title": "Quiz",
                            "pass_percent": 70,
                            "instructions": rich_text(""),
                            "questions": streamfield(
                                [
                                    (
                                        "single",
                                        {
                                            "text": rich_text("<p>Pourquoi ?</p>"),
                                            "choices": choices,
                                            "feedback_right": "",
                                            "feedback_wrong": "",
                                            "explanation": "",
                                        },
                                    )
                                ]
                            ),
                        },
                    )
                ]
            )
        }
    )

    with on_commit():
        answer = client.post(
            reverse("wagtailadmin_pages:edit", args=[lesson.pk]), form | {"action-publish": "1"}
        )

    assert answer.status_code == 200
    assert Course.objects.get().version == 1
    error = answer.context["form"].errors.as_data()["body"][0].as_json_data()
    assert list(error["blockErrors"][0]["blockErrors"]) == ["questions"]


def test_preview_shows_the_learners_page_of_the_draft(client, trainer, lesson):
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])

    posted = client.post(preview, edited(lesson, html="<p>Vu en aperçu.</p>"))
    shown = client.get(preview + "?mode=")

    assert posted.json() == {"is_valid": True, "is_available": True}
    page = shown.content.decode()
    assert "Vu en aperçu." in page
    assert "1.1" in page
    assert "wagtail-userbar" not in page
    assert Course.objects.get().version == 1


def test_a_new_lesson_is_previewed_before_it_is_saved(client, trainer, lesson):
    module = lesson.get_parent()
    preview = reverse(
        "wagtailadmin_pages:preview_on_add", args=["yelen_cms", "lessonpage", module.pk]
    )
    new = authors.LessonPage(title="Toute neuve", slug="toute-neuve")

    posted = client.post(preview, edited(new, html="<p>Pas encore là.</p>"))
    shown = client.get(preview + "?mode=").content.decode()

    assert posted.json()["is_valid"]
    assert "Pas encore là." in shown
    assert "1.2" in shown
    assert Lesson.objects.count() == 1


def test_the_course_preview_shows_modules_that_are_still_drafts(client, trainer, lesson):
    course = lesson.get_parent().get_parent().specific
    authors.module_page(course, title="Module en brouillon", live=False)

    shown = client.get(reverse("wagtailadmin_pages:view_draft", args=[course.pk]))

    assert "Module en brouillon" in shown.content.decode()
    assert "Module en brouillon" not in client.get("/cours/maintenance/").content.decode()


def test_view_live_leads_to_the_learners_page(client, trainer, lesson):
    course = lesson.get_parent().get_parent().specific

    assert lesson.url == "/cours/maintenance/1.1/"
    assert course.url == "/cours/maintenance/"
    assert client.get("/maintenance/securite/le-courant/").headers["Location"] == lesson.url


def test_a_page_that_is_not_on_offer_has_no_address(lesson):
    draft = authors.lesson_page(lesson.get_parent().specific, title="Brouillon", live=False)

    assert draft.url is None


def test_a_course_that_is_not_on_offer_does_not_look_misplaced(client, trainer):
    course = authors.course_page(live=False)

    shown = client.get(reverse("wagtailadmin_explore", args=[course.pk]))

    assert course.url is None
    assert course.full_url is None
    assert "help-warning" not in shown.content.decode()


def test_the_usual_lessons_are_three_a_quiz_and_a_practical(client, trainer, lesson):
    module = lesson.get_parent().specific
    address = reverse("yelen_usual_lessons", args=[module.pk])

    asked = client.get(address)
    made = client.post(address)

    assert asked.status_code == 200
    assert made.headers["Location"] == reverse("wagtailadmin_explore", args=[module.pk])
    drafts = authors.LessonPage.objects.child_of(module).filter(live=False).order_by("path")
    assert [[block.block_type for block in page.body] for page in drafts] == [
        ["heading", "text"],
        ["heading", "text"],
        ["heading", "text"],
        ["quiz"],
        ["practical"],
    ]
    assert Course.objects.get().version == 1


def test_autosaving_a_pasted_list_keeps_the_items_identities(client, trainer, lesson):
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    practical = {
        "title": "Ouvrir",
        "instructions": rich_text(""),
        "items": {"count": 0},
        "pasted": "★ Débranche\nRange les vis",
    }
    form = edited(lesson) | nested_form_data({"body": streamfield([("practical", practical)])})
    form["body-0-id"] = str(uuid.uuid4())

    ids = []
    for _save in range(2):
        client.post(address, form, headers={"accept": "application/json"})
        body = json.loads(
            authors.LessonPage.objects.get(pk=lesson.pk).get_latest_revision().content["body"]
        )
        ids.append([item["id"] for item in body[0]["value"]["items"]])

    assert len(ids[0]) == 2
    assert ids[0] == ids[1]


def test_the_first_screen_lists_the_trainers_courses(client, trainer, lesson):
    page = client.get(reverse("wagtailadmin_home")).content.decode()

    assert "Maintenance" in page
    assert "Vos cours" in page or "Your courses" in page

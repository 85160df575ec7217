from __future__ import annotations

from typing import Any

from celery import current_app
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from cms.models import CourseIndexPage, CoursePage, LessonPage, ModulePage
from tests.plugin.hosts.town.courses.models import Course as EveningCourse
from tests.plugin.hosts.town.home.models import HomePage
from tests.plugin.visiting import page


def visit(client: Client) -> dict[str, Any]:
    home = HomePage.objects.get()
    EveningCourse.objects.create(title="Pottery")
    lesson = _write_course(home)
    pages = {
        "home": page(client, "/"),
        "evening": page(client, "/courses/"),
        "catalogue": page(client, "/formation/"),
        "course": page(client, "/formation/cours/informatique/"),
        "lesson": page(client, "/formation/cours/informatique/1.1/"),
        "missing": page(client, "/rien/"),
    }
    admin = get_user_model().objects.create_superuser("mayor", password="une phrase longue")
    client.force_login(admin)
    editor = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    return {
        **pages,
        "lesson_url": lesson.url,
        "lesson_redirect": client.get("/apprendre/informatique/ordinateur/courant/")["Location"],
        "may_add_list": CourseIndexPage in HomePage.allowed_subpage_models(),
        "admin": page(client, reverse("wagtailadmin_home")),
        "editor": page(client, editor),
        "progress": page(client, reverse("yelen_report")),
        "packs": page(client, reverse("yelen_packs")),
        "sync": page(client, reverse("yelen_telecentres")),
        "h5p": page(client, reverse("h5p:index")),
        "celery": current_app.main,
    }


def _write_course(home: HomePage) -> LessonPage:
    """As a trainer does, from the list of courses down."""
    index = home.add_child(instance=CourseIndexPage(title="Apprendre", slug="apprendre"))
    course = CoursePage(title="Informatique", slug="informatique", summary="Un poste, des gestes.")
    course = index.add_child(instance=course)
    module = course.add_child(instance=ModulePage(title="L'ordinateur", slug="ordinateur"))
    lesson = LessonPage(title="Le courant", slug="courant", body=[("text", _rich("230 volts."))])
    lesson = module.add_child(instance=lesson)
    for written in (course, module, lesson):
        written.save_revision().publish()
    return lesson


def _rich(text: str) -> Any:
    from wagtail.rich_text import RichText

    return RichText(f"<p>{text}</p>")

"""Building pages for tests, as a trainer would leave them."""

from __future__ import annotations

import uuid
from io import BytesIO

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from PIL import Image as PillowImage
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from cms.models import CourseIndexPage, CoursePage, LessonPage, ModulePage
from cms.starting import ensure_course_index, ensure_trainers


def course_index():
    site = Site.objects.filter(is_default_site=True).first() or _new_site()
    return ensure_course_index(site)


def _new_site():
    """What Wagtail's first migration leaves; a transactional test empties the tables."""
    locale, _created = Locale.objects.get_or_create(language_code="fr")
    root = Page.get_first_root_node() or Page.add_root(
        instance=Page(title="Root", slug="root", locale=locale)
    )
    welcome = root.add_child(instance=Page(title="Welcome", slug="home", locale=locale))
    return Site.objects.create(hostname="localhost", root_page=welcome, is_default_site=True)


def block(kind, value, *, block_id=None):
    return {"type": kind, "value": value, "id": block_id or str(uuid.uuid4())}


def text(html="<p>Débranchez d'abord.</p>", **options):
    return block("text", html, **options)


def course_page(*, slug="maintenance", title="Maintenance", live=True, **fields):
    page = CoursePage(
        title=title, slug=slug, summary="Entretenir les postes.", live=live, **fields
    )
    return course_index().add_child(instance=page)


def module_page(course, *, title="Sécurité", live=True, **fields):
    return course.add_child(instance=ModulePage(title=title, live=live, **fields))


def lesson_page(module, *, title="Le courant", body=None, live=True, **fields):
    page = LessonPage(
        title=title, body=body if body is not None else [text()], live=live, **fields
    )
    return module.add_child(instance=page)


def whole_course(*, module="Sécurité", **fields):
    """A live course of one module and one lesson, not announced to the catalogue yet."""
    course = course_page(**fields)
    lesson_page(module_page(course, title=module))
    return CoursePage.objects.get(pk=course.pk)


def publish(page):
    """What the Publish button does."""
    revision = page.specific.save_revision()
    revision.publish()
    return type(page).objects.get(pk=page.pk)


def image(*, width=1600, height=900, title="Poste", kind="JPEG", content=None):
    """An image of the library; ``content`` are its bytes, by default one plain colour."""
    if content is None:
        stream = BytesIO()
        PillowImage.new("RGB", (width, height), "teal").save(stream, kind)
        content = stream.getvalue()
    file = ContentFile(content, name=f"poste.{kind.lower()}")
    return get_image_model().objects.create(title=title, file=file, width=width, height=height)


def document(name, content):
    return get_document_model().objects.create(title=name, file=ContentFile(content, name=name))


def trainer(username="awa", **fields):
    user = get_user_model().objects.create_user(username, password="secret-de-test", **fields)
    user.groups.add(ensure_trainers(course_index()))
    return user


__all__ = ["CourseIndexPage", "CoursePage", "LessonPage", "ModulePage"]

"""The demo's course files become pages, published as a trainer would. For a centre only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Site

from cms.demo_loading.identity import demo_id
from cms.demo_loading.lesson_blocks import stream_of
from cms.models import CourseIndexPage, CoursePage, LessonPage, ModulePage
from cms.starting import ensure_course_index

FOLDER = Path(__file__).parent.parent / "demo"
COURSES = ("maintenance",)

Document = Mapping[str, Any]  # a TOML file, or a table of one


def load_course(name: str, *, user: Any) -> CoursePage:
    """Write the course's pages as its files say and publish those that changed.

    One transaction, so the catalogue gets one version however many pages there are.
    """
    folder = FOLDER / name
    course_file = _read(folder / "course.toml")
    module_files = [_read(path) for path in sorted(folder.glob("module-*.toml"))]
    with transaction.atomic():
        index = ensure_course_index(Site.objects.get(is_default_site=True))
        _publish(index, user=user)
        course = _course(index, course_file, user=user)
        for position, module_file in enumerate(module_files):
            _module(course, module_file, position, course_file=course_file, user=user)
        return CoursePage.objects.get(pk=course.pk)


def _read(path: Path) -> Document:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _course(index: CourseIndexPage, file: Document, *, user: Any) -> CoursePage:
    fields = {
        "title": file["title"],
        "slug": file["slug"],
        "theme": file["theme"],
        "language": file["language"],
        "summary": file["summary"],
        "objectives": "\n".join(file["objectives"]),
        "prerequisites": file["prerequisites"],
        "minutes": file["minutes"],
    }
    return _page(CoursePage, index, f"course/{file['slug']}", fields, user=user)


def _module(
    course: CoursePage, file: Document, position: int, *, course_file: Document, user: Any
) -> None:
    key = f"{course.slug}/{file['key']}"
    fields = {name: file[name] for name in ("title", "objective", "minutes")}
    module = _page(ModulePage, course, f"module/{key}", fields | {"slug": file["key"]}, user=user)
    _put_at(module, course, position)
    for place, lesson in enumerate(file["lessons"]):
        lesson_key = f"{key}/{lesson['key']}"
        body = stream_of(lesson_key, lesson["blocks"], course_title=course_file["title"])
        page = _page(
            LessonPage,
            module,
            f"lesson/{lesson_key}",
            {
                "title": lesson["title"],
                "slug": lesson["key"],
                "minutes": lesson["minutes"],
                "body": _checked_body(body),
            },
            user=user,
        )
        _put_at(page, module, place)


def _checked_body(stream: list[dict[str, Any]]) -> Any:
    """The blocks as the editor would have accepted them; raises ``ValidationError``."""
    field: Any = LessonPage._meta.get_field("body")
    return field.stream_block.clean(field.to_python(stream))


def _page(model: type[Any], parent: Any, name: str, fields: dict[str, Any], *, user: Any) -> Any:
    """The page of that identity under ``parent``, made or brought up to date, and published."""
    learning_id = demo_id(name)
    page = model.objects.child_of(parent).filter(learning_id=learning_id).first()
    if page is None:
        page = model(learning_id=learning_id, owner=user, live=False, **fields)
        parent.add_child(instance=page)
    elif not _differs(page, fields) and page.live and not page.has_unpublished_changes:
        return page
    for field, value in fields.items():
        setattr(page, field, value)
    _publish(page, user=user)
    return model.objects.get(pk=page.pk)


def _differs(page: Any, fields: dict[str, Any]) -> bool:
    return any(
        _plain(page, name, getattr(page, name)) != _plain(page, name, value)
        for name, value in fields.items()
    )


def _plain(page: Any, name: str, value: Any) -> Any:
    return page._meta.get_field(name).get_prep_value(value)


def _publish(page: Any, *, user: Any) -> None:
    if page.live and page.live_revision_id and page.learning_kind == "index":
        return
    page.save_revision(user=user).publish(user=user, skip_permission_checks=True)


def _put_at(page: Any, parent: Any, position: int) -> None:
    """Move the page to its place (0..) among the children of ``parent``, if it is elsewhere."""
    siblings = list(parent.get_children().order_by("path"))
    if siblings[position].pk != page.pk:
        page.move(siblings[position], pos="left")

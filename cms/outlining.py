"""Pages become a course outline.

Pages are told apart by their ``learning_kind`` (cms.mixins), so a host site's own page models are
read like ours. The same pages always give the same outline, whatever the media library does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.addresses import course_address, lesson_address
from cms.blocks.place import Place, block_id, lines_of
from cms.media import MediaShelf
from courses.activities.h5p import H5PDefinition
from courses.h5p.library import outlines_of
from courses.outline import (
    Block,
    CourseOutline,
    H5PLibraryOutline,
    LessonOutline,
    ModuleOutline,
)

STEP = 4
"""Characters a level in Wagtail's tree paths: a parent's path is its child's without the last."""


def outline_from_page(
    course_page: Any, *, draft: bool = False, edited: Any | None = None
) -> CourseOutline:
    """The course as its live pages say; with ``draft``, as it will be once all is published.

    A module or lesson is left out while it, or its module, is not live; so is a module without
    lessons. ``edited`` stands for its page as saved, or is added as a new one: for previews.
    """
    children = _children_by_parent(_descendants(course_page, draft=draft, edited=edited))
    if edited is not None and edited.pk == course_page.pk:
        course_page = edited
    tree = [
        (module, children[module.path])
        for module in children[course_page.path]
        if children[module.path] or draft
    ]
    bodies = _read_bodies([page for _, pages in tree for page in pages], edited=edited)
    reading = _Reading(
        language=course_page.language,
        shelf=_shelf_for(bodies.values()),
        address_of=_address_finder(course_page, tree),
    )
    modules = tuple(
        _module(module, tuple(reading.lesson(page, bodies[page.path]) for page in pages))
        for module, pages in tree
    )
    return _course(course_page, modules)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What all lessons of the course share while they are read."""

    language: str
    shelf: MediaShelf
    address_of: Callable[[int], str | None]

    def lesson(self, page: Any, body: Any) -> LessonOutline:
        blocks: list[Block] = []
        for position, child in enumerate(body):
            to_outline = getattr(child.block, "outline", None)
            place = Place(
                lesson_id=page.learning_id,
                block_id=block_id(child, position),
                language=self.language,
                shelf=self.shelf,
                address_of=self.address_of,
            )
            block = to_outline(child.value, place) if to_outline else None
            if block is not None:
                blocks.append(block)
        return LessonOutline(
            id=page.learning_id, title=page.title, blocks=tuple(blocks), minutes=page.minutes or 0
        )


def _course(page: Any, modules: tuple[ModuleOutline, ...]) -> CourseOutline:
    return CourseOutline(
        id=page.learning_id,
        slug=page.slug,
        title=page.title,
        theme=page.theme,
        language=page.language,
        summary=page.summary.strip(),
        objectives=lines_of(page.objectives),
        prerequisites=page.prerequisites.strip(),
        minutes=page.minutes or 0,
        modules=modules,
        libraries=_libraries(modules),
    )


def _module(page: Any, lessons: tuple[LessonOutline, ...]) -> ModuleOutline:
    return ModuleOutline(
        id=page.learning_id,
        title=page.title,
        lessons=lessons,
        objective=page.objective.strip(),
        minutes=page.minutes or 0,
    )


def _libraries(modules: Sequence[ModuleOutline]) -> tuple[H5PLibraryOutline, ...]:
    """The H5P libraries of all exercises, each once. Raises ``H5PLibraryMissingError``."""
    labels = {
        label: None
        for module in modules
        for lesson in module.lessons
        for activity in lesson.activities()
        if activity.kind == "h5p"
        for label in H5PDefinition.from_dict(activity.definition).libraries
    }
    return outlines_of(labels) if labels else ()


def _descendants(course_page: Any, *, draft: bool, edited: Any | None) -> list[Any]:
    """Module and lesson pages in tree order, as live, or as drafted."""
    queryset = course_page.get_descendants()
    queryset = queryset.select_related("latest_revision") if draft else queryset.live()
    pages = [
        page
        for page in queryset.order_by("path").specific()
        if getattr(page, "learning_kind", "") in ("module", "lesson")
    ]
    if draft:
        pages = [_as_drafted(page) for page in pages]
    return _with_edited(pages, edited)


def _as_drafted(page: Any) -> Any:
    revision = page.latest_revision if page.has_unpublished_changes else None
    return page.with_content_json(revision.content) if revision else page


def _with_edited(pages: list[Any], edited: Any | None) -> list[Any]:
    if edited is None or edited.learning_kind == "course":
        return pages
    if edited.pk is None:
        return [*pages, edited]
    return [edited if page.pk == edited.pk else page for page in pages]


def _children_by_parent(pages: Iterable[Any]) -> Mapping[str, list[Any]]:
    children: dict[str, list[Any]] = defaultdict(list)
    for page in pages:
        children[page.path[:-STEP]].append(page)
    return children


def _read_bodies(pages: Sequence[Any], *, edited: Any | None) -> dict[str, Any]:
    """Each lesson's blocks, with chosen media fetched for all lessons at once."""
    bodies = {}
    saved: dict[Any, list[Any]] = defaultdict(list)
    for page in pages:
        if edited is not None and page is edited:
            bodies[page.path] = page.body
        else:
            saved[type(page)].append(page)
    for group in saved.values():
        stream_block = group[0].body.stream_block
        values = stream_block.bulk_to_python([list(page.body.raw_data) for page in group])
        bodies |= {page.path: value for page, value in zip(group, values, strict=True)}
    return bodies


def _shelf_for(bodies: Iterable[Any]) -> MediaShelf:
    chosen: dict[type, set[int]] = defaultdict(set)
    for body in bodies:
        for model, source_id, *_rest in body.stream_block.extract_references(body):
            if model in (get_image_model(), get_document_model()):
                chosen[model].add(int(source_id))
    return MediaShelf(images=chosen[get_image_model()], documents=chosen[get_document_model()])


def _address_finder(
    course_page: Any, tree: Sequence[tuple[Any, Sequence[Any]]]
) -> Callable[[int], str | None]:
    """Addresses within the course come from its pages, as it may not be published yet."""
    numbers = {course_page.pk: ""}
    for number, (module, lessons) in enumerate(tree, start=1):
        numbers[module.pk] = ""
        for position, lesson in enumerate(lessons, start=1):
            numbers[lesson.pk] = f"{number}.{position}"

    def address_of(page_id: int) -> str | None:
        if number := numbers.get(page_id):
            return lesson_address(course_page.slug, number)
        if page_id in numbers:
            return course_address(course_page.slug)
        page = Page.objects.filter(pk=page_id).specific().first()
        return page.url if page else None

    return address_of

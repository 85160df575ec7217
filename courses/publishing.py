"""The only writer of the catalogue: an outline in, rows out, in one transaction.

The same outline twice changes nothing; a changed one is version + 1 where it is written, and the
version it carries where it arrives in a pack. What leaves a course is retired, never deleted:
facts about it may still come in.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone

from courses.errors import SlugTakenError
from courses.h5p.library import install_library_outlines
from courses.models import (
    Activity,
    ActivityVersion,
    Blob,
    Course,
    CourseVersion,
    Lesson,
    Module,
)
from courses.outline import (
    ActivityBlock,
    CourseOutline,
    LessonOutline,
    ModuleOutline,
    block_to_dict,
    canonical_json,
    document_digest,
    find_blobs,
    to_dict,
)
from courses.signals import course_published


@transaction.atomic
def publish_outline(
    outline: CourseOutline, *, version: int | None = None, published_at: datetime | None = None
) -> Course:
    """Make the course be what ``outline`` says, and return it as it now stands.

    ``version`` is given when the outline arrives with one (a pack, a return to an older version);
    otherwise a changed outline gets the next number. Raises ``SlugTakenError``.
    """
    course = Course.objects.filter(pk=outline.id).first()
    document = to_dict(outline)
    if course and course.digest == document_digest(document) and version in (None, course.version):
        return _back_on_offer(course, outline)
    if Course.objects.filter(slug=outline.slug).exclude(pk=outline.id).exists():
        raise SlugTakenError(outline.slug)
    version = version if version is not None else _next_version(outline.id)
    course = _write_course(outline, document, version, published_at or timezone.now())
    install_library_outlines(outline.libraries)
    _write_modules(course, outline)
    lessons = _write_lessons(course, outline)
    _write_activities(course, outline)
    _note_public_blobs(lessons)
    _announce(course)
    return course


@transaction.atomic
def withdraw_course(course: Course) -> None:
    """Take a course off the catalogue; its rows and the facts about it stay."""
    if course.retired_at is None:
        course.retired_at = timezone.now()
        course.save(update_fields=["retired_at"])


def _back_on_offer(course: Course, outline: CourseOutline) -> Course:
    if course.retired_at is not None:
        course.retired_at = None
        course.save(update_fields=["retired_at"])
        # A place that removed the course may have forgotten its files, and its libraries.
        install_library_outlines(outline.libraries)
        _note_public_blobs(list(course.lessons.current()))
        _announce(course)
    return course


def _next_version(course_id: UUID) -> int:
    versions = CourseVersion.objects.filter(course_id=course_id)
    return (versions.aggregate(last=models.Max("version"))["last"] or 0) + 1


def _write_course(
    outline: CourseOutline, document: dict[str, Any], version: int, published_at: datetime
) -> Course:
    fields: dict[str, Any] = {
        "slug": outline.slug,
        "title": outline.title,
        "theme": outline.theme,
        "language": outline.language,
        "summary": outline.summary,
        "objectives": list(outline.objectives),
        "prerequisites": outline.prerequisites,
        "minutes": outline.minutes,
        "version": version,
        "digest": document_digest(document),
        "size": sum({blob.sha256: blob.size for blob in find_blobs(document)}.values()),
        "published_at": published_at,
        "retired_at": None,
        "stamp": uuid4(),  # what a process keeps in memory of the course is not good any more
    }
    course, _created = Course.objects.update_or_create(pk=outline.id, defaults=fields)
    CourseVersion.objects.update_or_create(
        course=course,
        version=version,
        defaults={
            "digest": fields["digest"],
            "document": document,
            "published_at": published_at,
        },
    )
    return course


def _write_modules(course: Course, outline: CourseOutline) -> None:
    rows = [
        Module(
            id=module.id,
            course=course,
            position=position,
            title=module.title,
            objective=module.objective,
            minutes=module.minutes,
        )
        for position, module in enumerate(outline.modules, start=1)
    ]
    _replace(Module, course, rows)


def _write_lessons(course: Course, outline: CourseOutline) -> list[Lesson]:
    rows = [
        _lesson_row(course, module, lesson, position)
        for module in outline.modules
        for position, lesson in enumerate(module.lessons, start=1)
    ]
    _replace(Lesson, course, rows)
    return rows


def _lesson_row(
    course: Course, module: ModuleOutline, lesson: LessonOutline, position: int
) -> Lesson:
    documents = [block_to_dict(block) for block in lesson.blocks]
    return Lesson(
        id=lesson.id,
        course=course,
        module_id=module.id,
        position=position,
        title=lesson.title,
        minutes=lesson.minutes,
        size=_reading_size(documents),
        block_documents=documents,
    )


def _write_activities(course: Course, outline: CourseOutline) -> None:
    rows = [
        Activity(
            id=activity.id,
            course=course,
            lesson_id=lesson.id,
            position=position,
            kind=activity.kind,
            title=activity.title,
            definition=activity.definition,
        )
        for lesson in outline.lessons()
        for position, activity in enumerate(lesson.activities(), start=1)
    ]
    _replace(Activity, course, rows)
    _note_changed_definitions(course.version, rows)


def _note_changed_definitions(version: int, activities: list[Activity]) -> None:
    """Add a row where a definition is not the one in force in this version already."""
    known: dict[UUID, dict[int, ActivityVersion]] = {}
    for row in ActivityVersion.objects.filter(activity_id__in=[a.id for a in activities]):
        known.setdefault(row.activity_id, {})[row.since] = row
    changed = []
    for activity in activities:
        earlier = {n: r for n, r in known.get(activity.id, {}).items() if n <= version}
        in_force = earlier[max(earlier)] if earlier else None
        if in_force is None or in_force.definition != activity.definition:
            changed.append(
                ActivityVersion(
                    activity_id=activity.id,
                    since=version,
                    kind=activity.kind,
                    definition=activity.definition,
                )
            )
    ActivityVersion.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["activity_id", "since"],
        update_fields=["kind", "definition"],
    )


def _replace(model: type[Module | Lesson | Activity], course: Course, rows: list[Any]) -> None:
    """Write the rows by id; what the course no longer holds is retired."""
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=names, batch_size=200
    )
    kept = [row.pk for row in rows]
    gone = model._default_manager.filter(course=course, retired_at=None).exclude(pk__in=kept)
    gone.update(retired_at=timezone.now())


def _reading_size(documents: list[dict[str, Any]]) -> int:
    """Bytes a phone fetches to read the lesson: words and smallest pictures, no media."""
    size = 0
    for document in documents:
        size += len(canonical_json(document))
        renditions = document.get("renditions") or []
        if document["kind"] == "image" and renditions:
            size += renditions[0]["blob"]["size"]
    return size


def _note_public_blobs(lessons: list[Lesson]) -> None:
    """Lesson media may be fetched by any visitor; what belongs to an activity may not."""
    blobs = {
        blob.sha256: blob
        for lesson in lessons
        for document in lesson.block_documents
        if document["kind"] != ActivityBlock.kind
        for blob in find_blobs(document)
    }
    Blob.objects.bulk_create(
        [
            Blob(sha256=ref.sha256, size=ref.size, media_type=ref.media_type, is_public=True)
            for ref in blobs.values()
        ],
        update_conflicts=True,
        unique_fields=["sha256"],
        update_fields=["is_public"],
        batch_size=200,
    )


def _announce(course: Course) -> None:
    transaction.on_commit(
        partial(
            course_published.send_robust,
            sender=Course,
            course_id=course.pk,
            version=course.version,
        )
    )

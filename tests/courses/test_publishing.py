from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from courses.errors import SlugTakenError
from courses.models import (
    Activity,
    ActivityVersion,
    Blob,
    Course,
    CourseVersion,
    Lesson,
    Module,
)
from courses.outline import ActivityBlock, ActivityOutline, BlobRef, FileBlock, RichTextBlock
from courses.publishing import publish_outline, withdraw_course
from courses.signals import course_published
from tests.factories import make_course_outline, make_lesson, make_media_blocks

pytestmark = pytest.mark.django_db

MODELS = (Course, CourseVersion, Module, Lesson, Activity, ActivityVersion, Blob)


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def with_first_lesson(outline, *blocks):
    first, *others = outline.modules
    lesson = replace(first.lessons[0], blocks=blocks)
    changed = replace(first, lessons=(lesson, *first.lessons[1:]))
    return replace(outline, modules=(changed, *others))


@pytest.fixture
def outline():
    return make_course_outline()


@pytest.fixture
def heard():
    """Each announcement, as (course id, version)."""
    told = []

    def hear(*, course_id, version, **_others):
        told.append((course_id, version))

    course_published.connect(hear)
    yield told
    course_published.disconnect(hear)


def test_an_outline_becomes_rows(outline):
    course = publish_outline(outline)

    assert (course.pk, course.slug, course.version) == (outline.id, "maintenance", 1)
    numbers = [lesson.number for lesson in Lesson.objects.select_related("module")]
    assert sorted(numbers) == ["1.1", "1.2", "1.3", "2.1"]
    assert set(Activity.objects.values_list("kind", flat=True)) == {"quiz", "practical"}
    assert CourseVersion.objects.get().outline() == outline
    for lesson in outline.lessons():
        assert Lesson.objects.get(pk=lesson.id).blocks() == lesson.blocks


def test_the_same_outline_twice_changes_nothing(
    outline, heard, django_capture_on_commit_callbacks
):
    publish_outline(outline)
    before = rows()

    with (
        CaptureQueriesContext(connection) as queries,
        django_capture_on_commit_callbacks(execute=True),
    ):
        course = publish_outline(outline)

    assert rows() == before
    assert course.version == 1
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 1
    assert heard == []


def test_a_changed_outline_is_the_next_version(outline):
    first = publish_outline(outline)

    second = publish_outline(replace(outline, title="Maintenance, deuxième"))

    assert (first.version, second.version) == (1, 2)
    assert Course.objects.get().title == "Maintenance, deuxième"
    versions = CourseVersion.objects.order_by("version")
    assert [version.outline().title for version in versions] == [outline.title, second.title]


def test_back_to_an_earlier_wording_is_a_new_version_where_it_is_written(outline):
    publish_outline(outline)
    publish_outline(replace(outline, title="Autre"))

    assert publish_outline(outline).version == 3


def test_a_pack_brings_its_own_version_and_a_return_its_older_one(outline):
    other = replace(outline, title="Autre")

    assert publish_outline(outline, version=4).version == 4
    assert publish_outline(other, version=9).version == 9
    assert publish_outline(outline, version=4).version == 4
    assert Course.objects.get().title == outline.title
    assert set(CourseVersion.objects.values_list("version", flat=True)) == {4, 9}


def test_what_leaves_the_course_is_retired_and_what_comes_back_is_not(outline):
    first, second = outline.modules
    publish_outline(outline)

    publish_outline(replace(outline, modules=(replace(first, lessons=first.lessons[:1]),)))

    assert Module.objects.get(pk=second.id).retired_at is not None
    assert set(Lesson.objects.current()) == {Lesson.objects.get(pk=first.lessons[0].id)}
    assert Lesson.objects.count() == 4
    assert Activity.objects.filter(retired_at=None).count() == 0
    publish_outline(outline)
    assert Lesson.objects.current().count() == 4
    assert Activity.objects.filter(retired_at=None).count() == 2


def test_another_course_keeps_its_rows(outline):
    publish_outline(outline)
    other = make_course_outline(slug="projets")
    publish_outline(other)
    before = Lesson.objects.filter(course=other.id).count()

    publish_outline(replace(outline, modules=()))

    assert Lesson.objects.current().filter(course=other.id).count() == before


def test_two_courses_cannot_have_one_address(outline):
    publish_outline(outline)
    before = rows()

    with pytest.raises(SlugTakenError), transaction.atomic():
        publish_outline(make_course_outline())

    assert rows() == before


def test_a_definition_is_kept_for_as_long_as_it_was_in_force(outline):
    publish_outline(outline)
    quiz = next(outline.modules[0].lessons[1].activities())
    publish_outline(replace(outline, title="Sans toucher au quiz"))
    harder = replace(quiz, definition=dict(quiz.definition) | {"pass_percent": 90})
    first, second = outline.modules
    lesson = replace(first.lessons[1], blocks=(ActivityBlock(harder),))
    lessons = (first.lessons[0], lesson, first.lessons[2])
    publish_outline(replace(outline, modules=(replace(first, lessons=lessons), second)))

    kept = ActivityVersion.objects.filter(activity_id=quiz.id)

    assert [row.since for row in kept] == [1, 3]
    assert [kept.at(version).parsed().pass_percent for version in (1, 2, 3, 8)] == [70, 70, 90, 90]
    assert kept.at(0) is None


def test_unknown_kinds_are_published_and_kept_whole(outline):
    puzzle = ActivityOutline(uuid4(), "puzzle", "Puzzle", {"pieces": [1, 2]})
    changed = with_first_lesson(outline, ActivityBlock(puzzle))

    publish_outline(changed)

    activity = Activity.objects.get(kind="puzzle")
    assert activity.parsed() is None
    assert activity.definition == {"pieces": [1, 2]}
    assert CourseVersion.objects.get().outline() == changed


def test_media_of_a_lesson_are_public_and_files_of_an_exercise_are_not(outline):
    open_ref = BlobRef("aa" * 32, 10, "application/pdf")
    closed_ref = BlobRef("bb" * 32, 10, "application/json")
    exercise = ActivityOutline(
        uuid4(), "h5p", "Exercice", {"content": {**vars_of(closed_ref)}, "libraries": []}
    )
    blocks = (FileBlock("Fiche", open_ref, "fiche.pdf"), ActivityBlock(exercise))

    course = publish_outline(with_first_lesson(outline, *blocks))

    assert Blob.objects.get(pk=open_ref.sha256).is_public
    assert not Blob.objects.filter(pk=closed_ref.sha256, is_public=True).exists()
    assert course.size == 20


def vars_of(ref):
    return {"sha256": ref.sha256, "size": ref.size, "media_type": ref.media_type}


def test_the_size_of_a_lesson_counts_words_and_the_smallest_picture_not_media(outline):
    words = (RichTextBlock("<p>Bonjour</p>"),)
    publish_outline(with_first_lesson(outline, *words))
    light = Lesson.objects.get(pk=outline.modules[0].lessons[0].id).size

    publish_outline(with_first_lesson(outline, *make_media_blocks()))

    lesson = Lesson.objects.get(pk=outline.modules[0].lessons[0].id)
    assert light < 100
    assert lesson.size < 10_000


def test_each_new_version_is_announced_after_commit(
    outline, heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        publish_outline(outline)
        assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        publish_outline(replace(outline, title="Autre"))

    assert heard == [(outline.id, 1), (outline.id, 2)]


def test_a_listener_that_fails_harms_nobody(outline, heard, django_capture_on_commit_callbacks):
    def fail(**_facts):
        raise RuntimeError("full disk")

    course_published.connect(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            publish_outline(outline)
    finally:
        course_published.disconnect(fail)

    assert (outline.id, 1) in heard
    assert Course.objects.get().version == 1


def test_a_withdrawn_course_is_off_the_catalogue_and_back_when_published_again(
    outline, heard, django_capture_on_commit_callbacks
):
    course = publish_outline(outline)

    withdraw_course(course)
    assert not Course.objects.current().exists()
    assert Lesson.objects.current().count() == 4

    with django_capture_on_commit_callbacks(execute=True):
        publish_outline(outline)
    assert Course.objects.current().get().version == 1
    assert heard == [(outline.id, 1)]


def test_a_course_of_three_modules_costs_no_more_queries_than_one_of_one(outline):
    counts = []
    for extra in range(3):
        lessons = tuple(make_lesson() for _ in range(3))
        first, second = outline.modules
        modules = (first, *(replace(second, id=uuid4(), lessons=lessons) for _ in range(extra)))
        course = replace(make_course_outline(slug=f"cours-{extra}"), modules=fresh(modules))
        with CaptureQueriesContext(connection) as queries:
            publish_outline(course)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def fresh(modules):
    """The same modules with ids of their own."""
    return tuple(
        replace(
            module,
            id=uuid4(),
            lessons=tuple(replace(lesson, id=uuid4(), blocks=()) for lesson in module.lessons),
        )
        for module in modules
    )

"""Pages change; the catalogue follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from cms.outlining import outline_from_page
from cms.publication import Publication
from cms.tasks import publish_scheduled_pages
from courses.models import Course, CourseVersion, Lesson
from courses.outline import digest
from tests.cms import authors

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(on_commit):
    page = authors.whole_course()
    with on_commit():
        authors.publish(page)
    return Course.objects.get(slug="maintenance")


def pages_of(course):
    page = authors.CoursePage.objects.get(learning_id=course.pk)
    module = authors.ModulePage.objects.descendant_of(page).get()
    return page, module, authors.LessonPage.objects.descendant_of(page).get()


def test_publishing_a_course_page_puts_the_course_in_the_catalogue(course):
    page, module, lesson = pages_of(course)

    assert course.version == 1
    assert list(course.modules.values_list("id", "position")) == [(module.learning_id, 1)]
    assert list(course.lessons.values_list("id", "title")) == [(lesson.learning_id, "Le courant")]
    assert course.id == page.learning_id


def test_publishing_an_unchanged_page_changes_nothing(course, on_commit):
    page, module, lesson = pages_of(course)

    for each in (page, module, lesson):
        with on_commit():
            authors.publish(each)

    course.refresh_from_db()
    assert course.version == 1
    assert CourseVersion.objects.count() == 1


def test_publishing_a_changed_lesson_is_the_next_version_and_keeps_identities(course, on_commit):
    _page, _module, lesson = pages_of(course)
    before = set(course.lessons.values_list("id", flat=True))
    lesson.title = "Le courant du mur"

    with on_commit():
        authors.publish(lesson)

    course.refresh_from_db()
    assert course.version == 2
    assert set(course.lessons.values_list("id", flat=True)) == before
    assert course.lessons.get().title == "Le courant du mur"


def test_a_draft_is_unseen_by_learners(course, client, on_commit):
    _page, _module, lesson = pages_of(course)
    lesson.title = "Brouillon secret"

    with on_commit():
        lesson.save_revision()

    course.refresh_from_db()
    assert course.version == 1
    assert course.lessons.get().title == "Le courant"


def test_many_pages_published_at_once_make_one_version(course, on_commit):
    page, module, lesson = pages_of(course)
    with on_commit() as callbacks:
        for each in (page, module, lesson):
            each.title += " !"
            authors.publish(each)

    course.refresh_from_db()
    assert course.version == 2
    assert sum(isinstance(callback, Publication) for callback in callbacks) == 1


def test_unpublishing_a_lesson_retires_it_and_unpublishing_the_course_withdraws_it(
    course, on_commit
):
    page, module, lesson = pages_of(course)
    authors.lesson_page(module, title="Arrêter")

    with on_commit():
        lesson.unpublish()
    course.refresh_from_db()
    titles = list(Lesson.objects.current().values_list("title", flat=True))
    with on_commit():
        page.unpublish()

    assert titles == ["Arrêter"]
    course.refresh_from_db()
    assert course.retired_at is not None
    assert course.version == 2


def test_a_course_whose_last_lesson_goes_is_withdrawn_and_comes_back(course, on_commit):
    _page, _module, lesson = pages_of(course)

    with on_commit():
        lesson.unpublish()
    course.refresh_from_db()
    withdrawn = course.retired_at
    with on_commit():
        authors.publish(lesson)

    assert withdrawn is not None
    course.refresh_from_db()
    assert course.retired_at is None
    assert course.version == 1


def test_a_course_that_was_never_live_stays_out_of_the_catalogue(on_commit):
    page = authors.course_page(live=False)
    lesson = authors.lesson_page(authors.module_page(page))

    with on_commit():
        authors.publish(lesson)

    assert list(Course.objects.all()) == []


def test_a_course_behind_a_restriction_is_not_offered(course, on_commit):
    page, _module, _lesson = pages_of(course)
    page.view_restrictions.create(restriction_type="login")

    with on_commit():
        authors.publish(page)

    assert list(Course.objects.current()) == []


def test_a_scheduled_lesson_appears_when_its_hour_comes(course, on_commit, monkeypatch):
    _page, module, _lesson = pages_of(course)
    later = authors.lesson_page(module, title="Demain", live=False)
    later.go_live_at = timezone.now() + timedelta(hours=1)
    with on_commit():
        authors.publish(later)
    before = list(Lesson.objects.values_list("title", flat=True))
    moment = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: moment)

    with on_commit():
        publish_scheduled_pages()

    assert before == ["Le courant"]
    course.refresh_from_db()
    assert course.version == 2
    assert list(Lesson.objects.current().values_list("title", flat=True)) == [
        "Le courant",
        "Demain",
    ]


def test_moving_a_module_changes_both_courses(course, on_commit):
    page, module, lesson = pages_of(course)
    with on_commit():
        other = authors.publish(
            authors.whole_course(slug="projets", title="Projets", module="Idée")
        )
    stay = authors.module_page(page, title="Reste")
    authors.lesson_page(stay, title="Reste ici")
    with on_commit():
        authors.publish(stay)

    with on_commit():
        module.move(other, pos="last-child")

    here, there = Course.objects.get(slug="maintenance"), Course.objects.get(slug="projets")
    assert (here.version, there.version) == (3, 2)
    moved = Lesson.objects.select_related("module").get(pk=lesson.learning_id)
    assert (moved.course, moved.retired_at, moved.number) == (there, None, "2.1")
    assert [item.title for item in Lesson.objects.current().filter(course=here)] == ["Reste ici"]


def test_reordering_modules_renumbers_lessons_and_keeps_their_identities(course, on_commit):
    page, module, lesson = pages_of(course)
    second = authors.module_page(page, title="Nettoyer")
    authors.lesson_page(second, title="La poussière")
    with on_commit():
        authors.publish(second)

    with on_commit():
        Page.objects.get(pk=second.pk).move(Page.objects.get(pk=module.pk), pos="left")

    numbers = {item.title: item.number for item in Lesson.objects.select_related("module")}
    assert numbers == {"La poussière": "1.1", "Le courant": "2.1"}
    assert Lesson.objects.get(pk=lesson.learning_id).title == "Le courant"


def test_deleting_pages_withdraws_what_they_were(course, on_commit):
    page, module, _lesson = pages_of(course)
    stay = authors.module_page(page, title="Reste")
    authors.lesson_page(stay, title="Reste ici")

    with on_commit():
        module.delete()
    titles = list(Lesson.objects.current().values_list("title", flat=True))
    with on_commit():
        authors.CoursePage.objects.get(pk=page.pk).delete()

    assert titles == ["Reste ici"]
    assert list(Course.objects.current()) == []
    assert list(Course.objects.all()) == [course]


def test_a_copied_course_is_another_course(course, on_commit):
    page, _module, lesson = pages_of(course)

    with on_commit():
        copy = page.copy(recursive=True, update_attrs={"slug": "copie", "title": "Copie"})

    original, copied = Course.objects.get(slug="maintenance"), Course.objects.get(slug="copie")
    assert original.version == copied.version == 1
    assert copied.pk == copy.learning_id != original.pk
    ids = set(Lesson.objects.values_list("pk", flat=True))
    assert len(ids) == 2
    assert lesson.learning_id in ids


def test_an_alias_follows_its_source_under_an_identity_of_its_own(course, on_commit):
    _page, _module, lesson = pages_of(course)
    with on_commit():
        other = authors.publish(authors.whole_course(slug="projets", title="Projets"))
    home = authors.ModulePage.objects.descendant_of(other).get()
    with on_commit():
        alias = lesson.create_alias(parent=home, update_slug="alias")
        authors.publish(home)
    lesson.title = "Le courant, bis"

    with on_commit():
        authors.publish(lesson)

    alias.refresh_from_db()
    assert alias.learning_id != lesson.learning_id
    assert Lesson.objects.get(pk=alias.learning_id).course.slug == "projets"
    assert set(
        Lesson.objects.filter(title="Le courant, bis").values_list("course__slug", flat=True)
    ) == {
        "maintenance",
        "projets",
    }


def test_an_alias_turned_into_a_page_keeps_its_identity(course, on_commit):
    _page, module, lesson = pages_of(course)
    alias = lesson.create_alias(parent=module, update_slug="alias")
    born_with = alias.learning_id

    alias.alias_of = None
    alias.save()
    alias.save_revision().publish()

    assert authors.LessonPage.objects.get(pk=alias.pk).learning_id == born_with


def test_reverting_to_an_old_revision_keeps_the_identity(course):
    _page, _module, lesson = pages_of(course)
    revision = lesson.save_revision()
    revision.content["learning_id"] = str(course.pk)
    revision.save()

    restored = revision.as_object()

    assert restored.learning_id == lesson.learning_id != course.pk


def test_the_same_pages_always_give_the_same_outline(course):
    page, _module, _lesson = pages_of(course)

    first, second = outline_from_page(page), outline_from_page(page)

    assert digest(first) == digest(second) == course.digest


def test_what_programs_write_is_not_looked_through_for_references():
    from django.apps import apps
    from wagtail.models import ReferenceIndex

    looked_through = {
        model.__name__
        for label in ("yelen_courses", "yelen_lms", "yelen_offline_pack")
        for model in apps.get_app_config(label).get_models()
        if ReferenceIndex.model_is_indexable(model)
    }

    assert looked_through == set()

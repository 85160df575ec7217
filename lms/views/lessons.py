"""The catalogue, a course and a lesson as a learner sees them, and what they follow.

The guest's pages of ``courses`` with progress added; whoever is not signed in sees those.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from courses import views as guest
from courses.conf import is_telecentre
from courses.models import Course, Lesson, Theme
from courses.pages import Page
from courses.reading import CoursePath, path_of_rows
from lms.cards import LearnerCards, open_tries
from lms.enrolling import ensure_enrolled, is_enrolled
from lms.models import Learner, Verb
from lms.notices import notices_here
from lms.permissions import only_reads, staff_role, to_sign_in
from lms.progress import CourseProgress, courses_of, progress_of
from lms.reading import path_of_progress, steps_left
from lms.recording import record_statement, take_turn_on


def learner_of(request: HttpRequest) -> Learner | None:
    """The one signed in, as a plain object."""
    return request.learner or None  # type: ignore[attr-defined]


class CourseView(guest.CourseView):
    """The course with the learner's marks; POST begins it."""

    template_name = "yelen_lms/course.html"

    def course_context(self, course: Course) -> dict[str, Any]:
        learner = learner_of(self.request)
        if learner is None:
            context = guest.course_context(course, path=path_of_rows(course), size=course.size)
            first = next(context["path"].lessons(), None)
            return {**context, "first": first, "only_reads": only_reads(self.request)}
        progress = progress_of(learner, course)
        path = path_of_progress(course, progress)
        context = guest.course_context(course, path=path, size=course.size)
        return {**context, **_standing(path, progress), "learner": learner}

    def post(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        course = get_object_or_404(Course.objects.current(), slug=slug)
        learner = learner_of(request)
        if learner is None:
            return _show_the_way(request, back_to=course.get_absolute_url())
        ensure_enrolled(learner, course)
        first = next(path_of_rows(course).lessons(), None)
        return redirect(first.url if first else course.get_absolute_url())


class CatalogueView(guest.CatalogueView):
    """What is on offer; at a telecentre, what the centre has to say first."""

    template_name = "yelen_lms/catalogue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(notices=notices_here(), **kwargs)


class LessonView(guest.LessonView):
    """A lesson with its activities; POST says it was read."""

    template_name = "yelen_lms/lesson.html"

    def lesson_context(self, lesson: Lesson) -> dict[str, Any]:
        learner = learner_of(self.request)
        if learner is None:
            return super().lesson_context(lesson)
        progress = progress_of(learner, lesson.course)
        standing = progress.lesson_by_id[lesson.pk]
        activity_ids = [activity.id for activity in standing.activities]
        has_exercise = any(activity.kind == "h5p" for activity in standing.activities)
        cards = LearnerCards(
            slug=lesson.course.slug,
            number=lesson.number,
            version=lesson.course.version,
            progress=progress.activity_by_id,
            open_tries=open_tries(learner, activity_ids) if activity_ids else frozenset(),
            may_play=has_exercise
            and (progress.is_begun or is_enrolled(learner, lesson.course_id)),
        )
        path = path_of_progress(lesson.course, progress)
        return {
            **guest.lesson_context(
                path, lesson_id=lesson.pk, blocks=lesson.blocks(), card=cards.card
            ),
            "learner": learner,
            "standing": standing,
            "has_open_activity": any(not item.is_complete for item in standing.activities),
        }

    def post(self, request: HttpRequest, slug: str, number: str) -> HttpResponseBase:
        learner = learner_of(request)
        if learner is None:
            return _show_the_way(request, back_to=request.path)
        try:
            lesson = note_seen(learner, guest.lessons_at(slug=slug, number=number))
        except Lesson.DoesNotExist as error:
            raise Http404 from error
        _earlier, after = path_of_rows(lesson.course).around(lesson.pk)
        if after:
            return redirect(after.url)
        return redirect("yelen_lms:progress", slug)


@transaction.atomic
def note_seen(learner: Learner, lessons: QuerySet[Lesson]) -> Lesson:
    """Record that the one lesson was read; whoever reads a course follows it.

    Raises ``Lesson.DoesNotExist``.
    """
    lesson, turn = take_turn_on(lessons.defer("block_documents"), learner.pk)
    follows = turn.past.held and turn.past.held.enrolled
    if not follows:
        ensure_enrolled(learner, lesson.course)
    record_statement(
        verb=Verb.SEEN,
        learner=learner,
        object_id=lesson.pk,
        course_id=lesson.course_id,
        course_version=lesson.course.version,
        turn=turn if follows else None,
    )
    return lesson


class HomeView(Page):
    """What I follow, and one card to go on with; staff are shown to a home of their own."""

    template_name = "yelen_lms/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if only_reads(request):
            messages.info(request, _("“My courses” is for learners. Here is what you can do."))
            is_staff = staff_role(request.user) is not None
            return redirect("yelen_lms:centre" if is_staff else "yelen_courses:catalogue")
        if learner_of(request) is None:
            return to_sign_in(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = learner_of(self.request)
        assert learner is not None  # noqa: S101 - others were shown the way
        summaries = courses_of(learner)
        going = [summary for summary in summaries if not summary.progress.is_complete]
        return super().get_context_data(
            learner=learner,
            notices=notices_here(),
            featured=next((item for item in going if item.progress.next_lesson), None),
            going=going,
            completed=[item for item in summaries if item.progress.is_complete],
            **kwargs,
        )


class ProgressView(Page):
    """One course: what is done, what is left, by which rule."""

    template_name = "yelen_lms/progress.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if learner_of(request) is None:
            course = reverse("yelen_courses:course", args=[kwargs["slug"]])
            return _show_the_way(request, back_to=course)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = get_object_or_404(Course.objects.current(), slug=self.kwargs["slug"])
        learner = learner_of(self.request)
        assert learner is not None  # noqa: S101 - others were shown the way
        progress = progress_of(learner, course)
        return super().get_context_data(
            course=course,
            theme_label=dict(Theme.choices).get(course.theme, ""),
            progress=progress,
            modules=steps_left(course, progress),
            next_lesson=path_of_progress(course, progress).lesson(progress.next_lesson_id),
            **kwargs,
        )


def _show_the_way(request: HttpRequest, *, back_to: str) -> HttpResponseBase:
    """A visitor signs in first; who is signed in is told why nothing begins, and may read on."""
    if not only_reads(request):
        return to_sign_in(request)
    if is_telecentre():
        words = _("You may read here. To follow a course, sign in with your own name and PIN.")
    else:
        words = _("You may read here. To follow a course, have yourself registered as a learner.")
    messages.info(request, words)
    return redirect(back_to)


def _standing(path: CoursePath, progress: CourseProgress) -> dict[str, Any]:
    return {
        "progress": progress,
        "next_lesson": path.lesson(progress.next_lesson_id),
        "is_begun": any(lesson.steps_done for lesson in progress.lessons),
    }

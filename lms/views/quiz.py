"""A quiz, one question a screen; works without JavaScript and with the keyboard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from courses.activities.quiz import Question, QuestionKind
from courses.errors import ActivityError
from courses.models import Activity
from courses.pages import Page
from lms.enrolling import ensure_enrolled
from lms.errors import QuizError
from lms.models import Learner
from lms.permissions import learner_required
from lms.progress import get_ready
from lms.quizzing import QuizState, answer_question, begin_try, given_answer, quiz_state
from lms.views.lessons import learner_of


@method_decorator(learner_required, name="dispatch")
class ActivityPage(Page):
    """A page about one activity of a lesson, for the learner signed in."""

    kind = "quiz"

    @cached_property
    def learner(self) -> Learner:
        learner = learner_of(self.request)
        assert learner is not None  # noqa: S101 - the decorator let a learner in
        return learner

    @cached_property
    def activity(self) -> Activity:
        return get_object_or_404(
            Activity.objects.select_related("course", "lesson__module").defer(
                "lesson__block_documents"
            ),
            pk=self.kwargs["activity_id"],
            kind=self.kind,
            course__slug=self.kwargs["slug"],
            course__retired_at=None,
            retired_at=None,
        )

    def address(self, name: str, *more: Any) -> str:
        """Another page about this activity."""
        number = self.activity.lesson.number
        return reverse(
            f"yelen_lms:{name}", args=[self.activity.course.slug, number, self.activity.pk, *more]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lesson = self.activity.lesson
        lesson.course = self.activity.course
        kwargs["number"] = lesson.number
        return super().get_context_data(
            activity=self.activity,
            course=self.activity.course,
            lesson_url=lesson.get_absolute_url(),
            way=(
                (lesson.course.title, lesson.course.get_absolute_url()),
                (lesson.number, lesson.get_absolute_url()),
            ),
            **kwargs,
        )


class QuizView(ActivityPage):
    """What the quiz is, and the button that begins or goes on; after a try, the result."""

    template_name = "yelen_lms/quiz.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = quiz_state(self.learner, self.activity)
        return super().get_context_data(state=state, **kwargs)

    def post(self, request: Any, **_kwargs: Any) -> HttpResponseBase:
        ensure_enrolled(self.learner, self.activity.course)
        state = begin_try(self.learner, self.activity)
        return redirect(self.address("quiz_question" if state.current else "quiz"))


class QuestionView(ActivityPage):
    """The question to answer now: the same again after a power cut."""

    template_name = "yelen_lms/quiz_question.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        state = quiz_state(self.learner, self.activity)
        if state.current is None:
            return redirect(self.address("quiz"))
        get_ready(self.activity)
        return self.render_to_response(self.get_context_data(**_asking(state)))

    def post(self, request: Any, **_kwargs: Any) -> HttpResponseBase:
        attempt_id, question_id = (
            _id(request.POST.get("attempt")),
            _id(request.POST.get("question")),
        )
        try:
            answer_question(
                self.learner,
                self.activity,
                attempt_id=attempt_id,
                question_id=question_id,
                response=tuple(request.POST.getlist("answer")),
            )
        except QuizError:
            return redirect(self.address("quiz_question"))
        except ActivityError:
            return self._again(question_id)
        return redirect(self.address("quiz_feedback", attempt_id, question_id))

    def _again(self, question_id: UUID) -> HttpResponseBase:
        """Nothing usable was answered: say so, and keep what was typed."""
        state = quiz_state(self.learner, self.activity)
        if state.current is None or state.current.id != question_id:
            return redirect(self.address("quiz_question"))
        context = _asking(state)
        typed = self.request.POST.getlist("answer")
        error = _what_is_missing(state.current)
        return self.render_to_response(
            self.get_context_data(**context, typed=typed, error=error), status=422
        )


class FeedbackView(ActivityPage):
    """Right or not, and why."""

    template_name = "yelen_lms/quiz_feedback.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = given_answer(
            self.learner,
            self.activity,
            attempt_id=self.kwargs["attempt_id"],
            question_id=self.kwargs["question_id"],
        )
        if given is None:
            raise Http404
        return super().get_context_data(
            given=given,
            chosen=given.marking.response,
            next_url=self.address("quiz" if given.is_last else "quiz_question"),
            **kwargs,
        )


def _asking(state: QuizState) -> dict[str, Any]:
    question = state.current
    asked = list(state.asked)
    position = next((n for n, q in enumerate(asked, start=1) if question and q.id == question.id))
    return {
        "state": state,
        "question": question,
        "position": position,
        "total": len(asked),
        "steps": [_step(state, q) for q in asked],
        "is_number": question is not None and question.kind == QuestionKind.NUMBER,
        "is_multiple": question is not None and question.kind == QuestionKind.MULTIPLE,
    }


def _step(state: QuizState, question: Question) -> str:
    if question.id in state.answers:
        return "right" if question.id in state.right else "wrong"
    return "now" if state.current and question.id == state.current.id else ""


def _what_is_missing(question: Question) -> str:
    if question.kind == QuestionKind.NUMBER:
        return _("Type a number, such as 12 or 12,5.")
    if question.kind == QuestionKind.SHORT:
        return _("Type an answer first.")
    return _("Choose an answer first.")


def _id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as error:
        raise Http404 from error

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lms.recording import record_statement
from lms.views.quiz import ActivityPage


class EssayView(ActivityPage):
    kind = "essay"
    template_name = "essays/essay.html"

    def post(self, request: HttpRequest, **_kwargs: object) -> HttpResponse:
        record_statement(
            verb="completed",
            learner=self.learner,
            object_id=self.activity.pk,
            course_id=self.activity.course_id,
            course_version=self.activity.course.version,
            body={"attempt": str(uuid4()), "mode": "marked"},
        )
        return redirect(self.activity.lesson.get_absolute_url())

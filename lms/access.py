"""Who may play an exercise: who follows its course. Plugged into ``courses.h5p.access``."""

from __future__ import annotations

from django.http import HttpRequest

from courses.models import Activity
from lms.enrolling import is_enrolled
from lms.permissions import staff_role


def may_play(request: HttpRequest, activity: Activity) -> bool:
    learner = getattr(request, "learner", None)
    if learner and is_enrolled(learner, activity.course_id):
        return True
    return staff_role(request.user) is not None

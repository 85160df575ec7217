"""The trainer's way in: their courses, on the first screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from cms.models import CourseIndexPage, CoursePage
from courses.models import Course


@dataclass(frozen=True, slots=True)
class CourseLine:
    page: CoursePage
    version: int | None  # None: not in the catalogue


class CoursesPanel(Component):
    """The courses this person may work on, and the version learners have of each."""

    name = "yelen_courses"
    template_name = "yelen_cms/home/courses.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        policy = policy_registry.get_by_type(CoursePage)
        pages = list(policy.explorable_instances(self.request.user).type(CoursePage).specific())
        versions = dict(Course.objects.current().values_list("pk", "version"))
        index = CourseIndexPage.objects.first()
        may_add = index and index.permissions_for_user(self.request.user).can_add_subpage()
        return {
            "lines": [CourseLine(page, versions.get(page.learning_id)) for page in pages],
            "index": index if may_add else None,
        }

"""The first screen, by role: the courses of who writes them, the network of who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from cms.models import CourseIndexPage, CoursePage
from courses.models import Course


@dataclass(frozen=True, slots=True)
class CourseLine:
    page: CoursePage
    version: int | None  # None: not in the catalogue


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    icon: str
    label: str
    purpose: str


def panels_for(request: HttpRequest) -> list[Component]:
    """Ours, for what this person may see; who may write no course is shown no list of them."""
    courses = CoursesPanel(request)
    panels: list[Component] = [courses] if courses.is_useful() else []
    if apps.is_installed("lms") and apps.is_installed("offline_pack"):
        network = NetworkPanel(request)
        panels += [network] if network.links() else []
    return panels


class CoursesPanel(Component):
    """The courses this person may work on, and the version learners have of each."""

    name = "yelen_courses"
    template_name = "yelen_cms/home/courses.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def is_useful(self) -> bool:
        return bool(self._index() or self._pages().exists())

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        versions = dict(Course.objects.current().values_list("pk", "version"))
        return {
            "lines": [
                CourseLine(page, versions.get(page.learning_id))
                for page in self._pages().specific()
            ],
            "index": self._index(),
        }

    def _pages(self) -> Any:
        policy = policy_registry.get_by_type(CoursePage)
        return policy.explorable_instances(self.request.user).type(CoursePage)

    def _index(self) -> CourseIndexPage | None:
        """Where this person may write a new course; None when they may not."""
        index = CourseIndexPage.objects.first()
        may_add = index and index.permissions_for_user(self.request.user).can_add_subpage()
        return index if may_add else None


class NetworkPanel(Component):
    """What this person may see of the network: how telecentres stand, reports, people."""

    name = "yelen_network"
    template_name = "yelen_cms/home/network.html"
    order = 60

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        from offline_pack.telecentres.listing import telecentre_rows

        is_theirs = self._runs_network()
        return {
            "links": self.links(),
            "is_theirs": is_theirs,
            "rows": telecentre_rows() if is_theirs else [],
        }

    def links(self) -> list[Link]:
        from lms.models import Telecentre
        from lms.permissions import can_edit_network, can_see_reports

        user, links = self.request.user, []
        if can_see_reports(user):
            about = _("Who follows a course, and where they stand.")
            links.append(Link(reverse("yelen_report"), "group", _("Learners' progress"), about))
        if can_edit_network(user, Telecentre, "view"):
            address = reverse("wagtailsnippets_yelen_lms_cohort:list")
            links.append(Link(address, "globe", _("Groups and learners"), _("Who learns where.")))
        if self._runs_network():
            about = _("Pair a telecentre, and see what it has sent.")
            links.append(Link(reverse("yelen_telecentres"), "rotate", _("Telecentres"), about))
        return links

    def _runs_network(self) -> bool:
        from offline_pack.views.telecentres import may_see

        return may_see(self.request)

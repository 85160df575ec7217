"""The manager's first page: what there is to do, in big plain buttons."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.pages import Page
from lms.notices import notices_here
from lms.observing import waiting_for
from lms.permissions import (
    can_manage_learners,
    can_see_reports,
    staff_profile,
    staff_required,
)
from lms.tiles import Tile, register_tile, tiles_for


@method_decorator(staff_required, name="dispatch")
class CentreView(Page):
    template_name = "yelen_lms/centre.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        profile = staff_profile(self.request.user)
        return super().get_context_data(
            telecentre=profile.telecentre if profile else None,
            tiles=tiles_for(self.request),
            notices=notices_here(),
            **kwargs,
        )


def learners_tile(request: HttpRequest) -> Tile | None:
    if not can_manage_learners(request.user):
        return None
    hint = _("Register, give a PIN, open a session")
    return Tile(_("Learners"), hint, reverse("yelen_lms:learners"), "users")


def practicals_tile(request: HttpRequest) -> Tile | None:
    count = len(waiting_for(request.user))
    hint = _("Watch a learner and mark each step")
    if count:
        hint = ngettext("%(number)d person is waiting", "%(number)d people are waiting", count) % {
            "number": count
        }
    url = reverse("yelen_lms:practicals")
    return Tile(_("Practicals"), hint, url, "clipboard-check", is_urgent=bool(count))


def reports_tile(request: HttpRequest) -> Tile | None:
    if not can_see_reports(request.user):
        return None
    return Tile(_("Reports"), _("Who finished what"), reverse("yelen_lms:reports"), "chart-column")


register_tile("learners", learners_tile)
register_tile("practicals", practicals_tile)
register_tile("reports", reports_tile)

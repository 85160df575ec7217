"""The learner's own page, drawn from a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cms.blocks.place import activity_id, block_id
from cms.h5p_packages import H5PPackage
from cms.outlining import outline_from_page
from courses import views
from courses.activities.h5p import H5PDefinition
from courses.cards import ActivityCard, PlayAddresses, guest_card
from courses.h5p.drafts import DRAFT
from courses.outline import ActivityOutline

_LARGEST_KEY = 2**63 - 1


def preview_course(
    course_page: Any, request: HttpRequest, *, edited: Any | None = None
) -> HttpResponse:
    outline = outline_from_page(course_page, draft=True, edited=edited or course_page)
    return views.render_course_preview(request, outline)


def preview_lesson(course_page: Any, request: HttpRequest, *, edited: Any) -> HttpResponse:
    outline = outline_from_page(course_page, draft=True, edited=edited)
    card = _card_maker(edited)
    return views.render_lesson_preview(request, outline, edited.learning_id, card=card)


def find_uploaded(draft_id: UUID) -> H5PDefinition | None:
    """An uploaded exercise by the id of its row, as wide as a UUID."""
    if draft_id.int > _LARGEST_KEY:
        return None
    package = H5PPackage.objects.filter(pk=draft_id.int).first()
    return package.parsed() if package else None


def _card_maker(lesson_page: Any) -> Callable[[ActivityOutline], ActivityCard]:
    """Cards whose exercises play from what was uploaded, and keep nothing."""
    uploaded = {
        activity_id(lesson_page.learning_id, block_id(child, position)): child.value["package"]
        for position, child in enumerate(lesson_page.body)
        if child.block_type == "h5p" and child.value["package"]
    }

    def card(activity: ActivityOutline) -> ActivityCard:
        package = uploaded.get(activity.id)
        if package is None:
            return guest_card(activity)
        player = reverse("yelen_courses:h5p_player", args=[UUID(int=package.pk), DRAFT])
        play = PlayAddresses(player=player, statements="", state="", mark="")
        return replace(guest_card(activity), play=play)

    return card

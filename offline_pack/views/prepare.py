"""At the centre: choose what goes into packs, see what it weighs, have them made."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from courses.models import Course
from offline_pack.choices import ALL, EVERYTHING, MEDIA, Choice
from offline_pack.media_words import language_name, media_name
from offline_pack.permissions import maker_required
from offline_pack.preparing import (
    WeighedCourse,
    languages_heard,
    start_exports,
    weighed_courses,
)
from offline_pack.views.centre import page_context


@maker_required
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """With GET, the sizes of what the address says; with POST, a job for each course."""
    courses = weighed_courses()
    heard = languages_heard(courses)
    if request.method == "POST":
        return _start(request, _ticked(request.POST, courses), _choice(request.POST, heard))
    # Before anybody has chosen, all are.
    chosen = _ticked(request.GET, courses) if request.GET else [row.course.pk for row in courses]
    choice = _choice(request.GET, heard)
    context = page_context(_("Prepare packs")) | {
        "rows": [_row(item, chosen, choice) for item in courses],
        "languages": [
            (tag, language_name(tag), not choice.languages or tag in choice.languages)
            for tag in heard
        ],
        "media": [
            (media, media_name(media), _total(courses, chosen, choice.languages, media))
            for media in MEDIA
        ],
        "choice": choice,
        "count": len(chosen),
    }
    return TemplateResponse(request, "yelen_offline_pack/admin/prepare.html", context)


@maker_required
@require_POST
def generate(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """The whole course, with everything, in one press."""
    course = get_object_or_404(Course, pk=course_id)
    words = _("The pack of %(title)s is being made already.")
    if start_exports([course.pk], EVERYTHING, user=request.user):
        words = _("The pack of %(title)s is being made.")
    messages.success(request, words % {"title": course.title})
    return redirect("yelen_packs")


def _start(request: HttpRequest, chosen: list[UUID], choice: Choice) -> HttpResponse:
    if not chosen:
        messages.error(request, _("Choose at least one course."))
        return redirect("yelen_packs_prepare")
    started = start_exports(chosen, choice, user=request.user)
    if started:
        words = ngettext(
            "%(number)s pack is being made.", "%(number)s packs are being made.", started
        )
        messages.success(request, words % {"number": started})
    else:
        messages.success(request, _("These packs are being made already."))
    return redirect("yelen_packs")


def _ticked(asked: QueryDict, courses: list[WeighedCourse]) -> list[UUID]:
    ticked = set(asked.getlist("course"))
    return [item.course.pk for item in courses if str(item.course.pk) in ticked]


def _row(
    item: WeighedCourse, chosen: list[UUID], choice: Choice
) -> tuple[WeighedCourse, bool, list[tuple[str, int]]]:
    """A course, whether it is ticked, and the size of each media by its name."""
    sizes = [(media_name(media), size) for media, size in item.sizes(choice.languages)]
    return item, item.course.pk in chosen, sizes


def _choice(asked: QueryDict, heard: list[str]) -> Choice:
    media = asked.get("media", ALL)
    ticked = frozenset(asked.getlist("language")) & frozenset(heard)
    return Choice(
        languages=ticked if ticked and ticked != frozenset(heard) else None,
        media=media if media in MEDIA else ALL,
    )


def _total(
    courses: list[WeighedCourse],
    chosen: list[UUID],
    languages: frozenset[str] | None,
    media: str,
) -> int:
    """Bytes of the packs of the chosen courses."""
    taken = [item for item in courses if item.course.pk in chosen]
    return sum(dict(item.sizes(languages))[media] for item in taken)

"""This app's share of the head of every page: who is signed in, and where they may go."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.navigation import NavLink, Person, SiteMenu, register_menu
from lms.permissions import staff_role
from lms.sessions import WARNED_AFTER, is_pin_session


def connect() -> None:
    register_menu("yelen_lms", site_menu)


def site_menu(request: HttpRequest) -> SiteMenu:
    learner = getattr(request, "learner", None)
    user = getattr(request, "user", None)
    is_staff = bool(user and staff_role(user))
    links = [NavLink(_("Courses"), reverse("yelen_courses:catalogue"), "book-open")]
    if learner:
        links.append(NavLink(_("My courses"), reverse("yelen_lms:home"), "house"))
    if is_staff:
        links.append(NavLink(_("Management"), reverse("yelen_lms:centre"), "users"))
    person = None
    if learner:
        person = Person(name=learner.name, initials=learner.initials, tint=learner.tint)
    elif user and user.is_authenticated:
        name = user.get_full_name() or user.get_username()
        person = Person(name=name, initials=name[:1].upper(), tint=0)
    return SiteMenu(
        links=tuple(links),
        person=person,
        sign_in_url="" if person else _sign_in_url(request),
        sign_out_url=reverse("yelen_lms:sign_out"),
        idle_seconds=WARNED_AFTER if learner and is_pin_session(request) else 0,
        stay_url=reverse("yelen_lms:stay"),
    )


def _sign_in_url(request: HttpRequest) -> str:
    """Back to the course one was looking at, if one was; empty on the sign-in pages."""
    address = reverse("yelen_lms:sign_in")
    match = request.resolver_match
    if match and match.view_name.startswith("yelen_lms:sign_in"):
        return ""
    if match and match.view_name in ("yelen_courses:course", "yelen_courses:lesson"):
        return f"{address}?{urlencode({'next': request.path})}"
    return address

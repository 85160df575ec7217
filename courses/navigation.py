"""What the head of every page offers: links, and who is signed in.

This app knows no learners. Apps above it register a function that says what they add, so the
order of INSTALLED_APPS does not matter and a host without them has a plain catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class NavLink:
    label: str  # translated
    url: str
    icon: str  # a name in icons.txt


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the head of the page shows them."""

    name: str
    initials: str  # one or two letters
    tint: int  # 0..7, colour of the disc


@dataclass(frozen=True, slots=True)
class SiteMenu:
    """One app's share of the head of the page."""

    links: tuple[NavLink, ...] = ()
    person: Person | None = None
    sign_in_url: str = ""
    sign_out_url: str = ""
    idle_seconds: int = 0  # 0 = this session is not ended by idleness
    stay_url: str = ""  # where the page says that somebody is still there


MenuSource = Callable[[HttpRequest], SiteMenu]
_sources: dict[str, MenuSource] = {}


def register_menu(name: str, source: MenuSource) -> None:
    """Add an app's share; the same name again replaces it."""
    _sources[name] = source


def menu_for(request: HttpRequest) -> SiteMenu:
    """All shares as one: links in the order of registration, the first word on the rest."""
    shares = [source(request) for source in _sources.values()]
    return SiteMenu(
        links=tuple(link for share in shares for link in share.links),
        person=next((share.person for share in shares if share.person), None),
        sign_in_url=next((share.sign_in_url for share in shares if share.sign_in_url), ""),
        sign_out_url=next((share.sign_out_url for share in shares if share.sign_out_url), ""),
        idle_seconds=max((share.idle_seconds for share in shares), default=0),
        stay_url=next((share.stay_url for share in shares if share.stay_url), ""),
    )

"""The look of Wagtail's screens at a centre of ours; a host site keeps its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def brand_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("yelen_cms/brand.css"))


@hooks.register("construct_help_menu")
def no_news_of_wagtail(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if not item.name.startswith("whats-new")]


@hooks.register("before_serve_document")
def files_for_authors(document: Any, request: HttpRequest) -> None:
    """The library may hold drafts; learners are given blobs of what is published."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied

"""Wagtail's first data has English names; here they are given in the site's language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: dict[str, Promise] = {"Editors": _("Editors"), "Moderators": _("Moderators")}
APPROVAL: dict[str, Promise] = {"Moderators approval": _("Moderators approval")}
ROOT: dict[str, Promise] = {"Root": _("Root")}


def name_in_site_language(**_kwargs: Any) -> None:
    """After ``migrate``: rename what still has the very name Wagtail gave it, and nothing else."""
    from wagtail.models import Collection, Page, Task, Workflow

    with translation.override(settings.LANGUAGE_CODE):
        _rename(Group.objects.all(), "name", GROUPS)
        _rename(Workflow.objects.all(), "name", APPROVAL)
        _rename(Task.objects.all(), "name", APPROVAL)
        _rename(Collection.objects.filter(depth=1), "name", ROOT)
        _rename(Page.objects.filter(depth=1), "title", ROOT)
        _rename(Page.objects.filter(depth=1), "draft_title", ROOT)


def _rename(rows: Any, field: str, names: dict[str, Promise]) -> None:
    for english, name in names.items():
        if not rows.filter(**{field: str(name)}).exists():
            rows.filter(**{field: english}).update(**{field: str(name)})

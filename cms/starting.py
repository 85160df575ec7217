"""What a new centre has from the start: a page to write courses under, and its trainers' group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.utils import translation
from django.utils.translation import gettext as _

TRAINERS = "Formateurs"
"""The group's name. In French, like the site: it is data, which an administrator may rename."""

_ON_PAGES = ("add", "change", "publish")
_ON_MEDIA = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
}
_ON_H5P = ("add_h5ppackage", "change_h5ppackage", "view_h5ppackage")


def prepare_site(**_kwargs: Any) -> None:
    """After ``migrate``: on a site nobody has touched yet, and once."""
    from wagtail.models import Site

    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or not _is_untouched(site.root_page):
        return
    index = ensure_course_index(site)
    ensure_trainers(index)


def ensure_course_index(site: Any) -> Any:
    """The page courses are written under; made in place of Wagtail's welcome page."""
    from cms.models import CourseIndexPage

    found = CourseIndexPage.objects.first()
    if found is not None:
        return found
    root, welcome = site.root_page.get_parent(), site.root_page
    with translation.override(settings.LANGUAGE_CODE):
        index = root.add_child(
            instance=CourseIndexPage(title=_("Courses"), slug="cours", locale=welcome.locale)
        )
    site.root_page = index
    site.save()
    welcome.delete()
    return index


def ensure_trainers(index: Any) -> Group:
    """The group whose members write, publish and pack courses, and install no H5P libraries."""
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

    group, _created = Group.objects.get_or_create(name=TRAINERS)
    for name in _ON_PAGES:
        permission = _permission("wagtailcore", f"{name}_page")
        GroupPagePermission.objects.get_or_create(group=group, page=index, permission=permission)
    root = Collection.get_first_root_node()
    for app_label, codenames in _ON_MEDIA.items():
        for codename in codenames:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=_permission(app_label, codename)
            )
    group.permissions.add(
        _permission("wagtailadmin", "access_admin"),
        *_permissions("yelen_cms", _ON_H5P),
    )
    if apps.is_installed("offline_pack"):
        group.permissions.add(_permission("yelen_offline_pack", "add_pack"))
    return group


def _is_untouched(root_page: Any) -> bool:
    """Wagtail's own welcome page, alone: no one has built a site here."""
    return root_page.specific_class is root_page.base_page_model and root_page.numchild == 0


def _permissions(app_label: str, codenames: Iterable[str]) -> list[Permission]:
    return [_permission(app_label, codename) for codename in codenames]


def _permission(app_label: str, codename: str) -> Permission:
    """A permission, made now when Django has not come to that app yet."""
    wanted = {"content_type__app_label": app_label, "codename": codename}
    found = Permission.objects.filter(**wanted).first()
    if found is None:
        create_permissions(apps.get_app_config(app_label), verbosity=0)
        found = Permission.objects.get(**wanted)
    return found

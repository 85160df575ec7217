"""What this app adds to Wagtail's screens: the pages "Packs" and "Sync"."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from offline_pack.permissions import may_make_packs
from offline_pack.views import (
    boxes,
    centre,
    erased,
    lrs,
    prepare,
    quarantine,
    requests,
    stick,
    telecentres,
    withdraw,
)


@hooks.register("register_admin_urls")
def packs_urls() -> list[URLPattern]:
    return [
        path("packs/", centre.packs, name="yelen_packs"),
        path("packs/prepare/", prepare.prepare, name="yelen_packs_prepare"),
        path("packs/stick/", stick.stick, name="yelen_stick"),
        path("packs/<uuid:course_id>/generate/", prepare.generate, name="yelen_pack_generate"),
        path(
            "packs/<uuid:course_id>/<int:version>/withdraw/",
            withdraw.withdraw,
            name="yelen_pack_withdraw",
        ),
        path("packs/jobs/<uuid:job_id>/", centre.job_state, name="yelen_pack_job"),
        path("packs/trust/", centre.trust_file, name="yelen_trust_file"),
    ]


class PacksMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_make_packs(request.user)


@hooks.register("register_admin_menu_item")
def packs_menu_item() -> MenuItem:
    return PacksMenuItem(
        _("Packs"), reverse("yelen_packs"), name="yelen-packs", icon_name="download", order=250
    )


@hooks.register("register_permissions")
def pack_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="yelen_offline_pack", codename__in=("add_pack", "withdraw_pack")
    )


@hooks.register("register_admin_urls")
def telecentre_urls() -> list[URLPattern]:
    return [
        path("sync/", telecentres.telecentres, name="yelen_telecentres"),
        path("sync/boxes/", boxes.boxes, name="yelen_boxes"),
        path("sync/lrs/", lrs.lrs, name="yelen_lrs"),
        path("sync/lrs/again/", lrs.again, name="yelen_lrs_again"),
        path("sync/requests/", requests.requests, name="yelen_requests"),
        path("sync/requests/read/", requests.read, name="yelen_requests_read"),
        path("sync/requests/write/", requests.write, name="yelen_requests_write"),
        path("sync/requests/<slug:key_id>/", requests.decide, name="yelen_request_decide"),
        path("sync/<uuid:telecentre_id>/", telecentres.telecentre, name="yelen_telecentre"),
        path(
            "sync/<uuid:telecentre_id>/code/",
            telecentres.make_code,
            name="yelen_pairing_code",
        ),
        path(
            "sync/devices/<uuid:device_id>/revoke/",
            telecentres.revoke,
            name="yelen_device_revoke",
        ),
        path(
            "sync/devices/<uuid:device_id>/reinstate/",
            telecentres.reinstate,
            name="yelen_device_reinstate",
        ),
    ]


@hooks.register("register_admin_urls")
def quarantine_urls() -> list[URLPattern]:
    views, fact = quarantine, "sync/aside/<int:fact_id>/"
    reason = "sync/aside/<uuid:telecentre_id>/<slug:code>/"
    return [
        path("sync/aside/", views.quarantine, name="yelen_quarantine"),
        path(reason, views.reason, name="yelen_quarantine_reason"),
        path(f"{reason}release/", views.release_all, name="yelen_quarantine_release_all"),
        path(fact, views.fact, name="yelen_quarantine_fact"),
        path(f"{fact}bytes/", views.fact_bytes, name="yelen_quarantine_bytes"),
        path(f"{fact}release/", views.release, name="yelen_quarantine_release"),
        path(f"{fact}keep/", views.keep, name="yelen_quarantine_keep"),
    ]


@hooks.register("register_admin_urls")
def erased_urls() -> list[URLPattern]:
    again = "sync/erased/<uuid:learner_id>/again/"
    return [
        path("sync/erased/", erased.erased, name="yelen_erased"),
        path(again, erased.erase_again, name="yelen_erased_again"),
    ]


class TelecentresMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return telecentres.may_see(request)


@hooks.register("register_admin_menu_item")
def telecentres_menu_item() -> MenuItem:
    return TelecentresMenuItem(
        _("Sync"), reverse("yelen_telecentres"), name="yelen-sync", icon_name="rotate", order=260
    )

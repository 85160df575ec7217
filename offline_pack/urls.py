"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from offline_pack import (
    views_asking,
    views_clock,
    views_download,
    views_jobs,
    views_packs,
    views_store,
    views_sync,
    views_usb,
)

app_name = "yelen_offline_pack"

packs_patterns = [
    path("", views_packs.PacksView.as_view(), name="packs"),
    path("installer/", views_packs.install, name="install"),
    path("telecharger/<uuid:course_id>/", views_packs.fetch, name="fetch"),
    path("recevoir/", views_packs.receive, name="receive"),
    path("effacer/", views_packs.forget, name="forget"),
    path("travaux/<uuid:job_id>/", views_jobs.JobView.as_view(), name="job"),
    path("travaux/<uuid:job_id>/etat/", views_jobs.job_state, name="job_state"),
    path("travaux/<uuid:job_id>/arreter/", views_jobs.stop, name="job_stop"),
    path("travaux/<uuid:job_id>/reprendre/", views_jobs.resume, name="job_resume"),
    path("en-route/<str:manifest_sha256>/abandonner/", views_packs.abandon, name="abandon"),
    path("<slug:slug>/revenir/", views_packs.go_back, name="go_back"),
    path("<slug:slug>/retirer/", views_store.RemoveView.as_view(), name="remove_confirm"),
    path("<slug:slug>/retirer/oui/", views_store.remove, name="remove"),
    path("faire-de-la-place/", views_store.make_room, name="make_room"),
]

sync_patterns = [
    path("", views_sync.SyncView.as_view(), name="sync"),
    path("lancer/", views_sync.start, name="sync_start"),
    path("rythme/", views_sync.choose, name="sync_rhythm"),
    path("jumeler/", views_sync.pair_with_centre, name="sync_pair"),
    path("demander/", views_asking.AskView.as_view(), name="sync_ask"),
    path("demander/reseau/", views_asking.ask_over_network, name="sync_ask_network"),
    path("demander/ecrire/", views_asking.write, name="sync_ask_write"),
    path("demander/lire/", views_asking.read, name="sync_ask_read"),
    path("demander/accepter/", views_asking.accept, name="sync_ask_accept"),
    path("demander/refuser/", views_asking.refuse, name="sync_ask_refuse"),
    path("travaux/<uuid:job_id>/etat/", views_sync.job_state, name="sync_state"),
    path("cle/ecrire/", views_usb.write, name="sync_stick_write"),
    path("cle/lire/", views_usb.read, name="sync_stick_read"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("centre/paquets/", include(packs_patterns)),
    re_path(
        r"^packs/(?P<manifest_sha256>[0-9a-f]{64})/(?P<slug>[-\w]+)-v(?P<version>[0-9]{1,9})\.pack$",
        views_download.download,
        name="download",
    ),
    re_path(
        r"^packs/(?P<manifest_sha256>[0-9a-f]{64})/(?P<slug>[-\w]+)-v(?P<version>[0-9]{1,9})"
        r"\.(?P<volume>[0-9]{1,4})\.pack$",
        views_download.download,
        name="download_volume",
    ),
    path("centre/synchroniser/", include(sync_patterns)),
    path("centre/horloge/", views_clock.ClockView.as_view(), name="clock"),
    path("centre/horloge/regler/", views_clock.set_clock, name="clock_set"),
    path("sync/v1/", include("offline_pack.api.urls")),
]

"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, include, path

from offline_pack.views import asking, clock, emptied, jobs, packs, store, sync, usb

app_name = "yelen_offline_pack"

packs_patterns = [
    path("", packs.PacksView.as_view(), name="packs"),
    path("installer/", packs.install, name="install"),
    path("telecharger/<uuid:course_id>/", packs.fetch, name="fetch"),
    path("recevoir/", packs.receive, name="receive"),
    path("effacer/", packs.forget, name="forget"),
    path("travaux/<uuid:job_id>/", jobs.JobView.as_view(), name="job"),
    path("travaux/<uuid:job_id>/etat/", jobs.job_state, name="job_state"),
    path("travaux/<uuid:job_id>/arreter/", jobs.stop, name="job_stop"),
    path("travaux/<uuid:job_id>/reprendre/", jobs.resume, name="job_resume"),
    path("en-route/<str:manifest_sha256>/abandonner/", packs.abandon, name="abandon"),
    path("<slug:slug>/revenir/", packs.go_back, name="go_back"),
    path("<slug:slug>/retirer/", store.RemoveView.as_view(), name="remove_confirm"),
    path("<slug:slug>/retirer/oui/", store.remove, name="remove"),
    path("faire-de-la-place/", store.make_room, name="make_room"),
]

sync_patterns = [
    path("", sync.SyncView.as_view(), name="sync"),
    path("lancer/", sync.start, name="sync_start"),
    path("rythme/", sync.choose, name="sync_rhythm"),
    path("jumeler/", sync.pair_with_centre, name="sync_pair"),
    path("demander/", asking.AskView.as_view(), name="sync_ask"),
    path("demander/reseau/", asking.ask_over_network, name="sync_ask_network"),
    path("demander/etat/", asking.ask_state, name="sync_ask_state"),
    path("demander/ecrire/", asking.write, name="sync_ask_write"),
    path("demander/lire/", asking.read, name="sync_ask_read"),
    path("demander/accepter/", asking.accept, name="sync_ask_accept"),
    path("demander/refuser/", asking.refuse, name="sync_ask_refuse"),
    path("travaux/<uuid:job_id>/etat/", sync.job_state, name="sync_state"),
    path("liste-vide/", emptied.EmptiedView.as_view(), name="sync_emptied"),
    path("liste-vide/accepter/", emptied.accept, name="sync_emptied_accept"),
    path("cle/ecrire/", usb.write, name="sync_stick_write"),
    path("cle/lire/", usb.read, name="sync_stick_read"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("centre/paquets/", include(packs_patterns)),
    path("centre/synchroniser/", include(sync_patterns)),
    path("centre/horloge/", clock.ClockView.as_view(), name="clock"),
    path("centre/horloge/regler/", clock.set_clock, name="clock_set"),
    path("", include("offline_pack.api.urls")),
]

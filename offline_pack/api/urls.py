"""Addresses that telecentres call at their centre: the sync protocol, and packs for download."""

from django.urls import include, path, re_path

from offline_pack.api.views import AskView, BoxView, PairView, TimeView
from offline_pack.views import download

sync_patterns = [
    path("time", TimeView.as_view(), name="sync_api_time"),
    path("pair", PairView.as_view(), name="sync_api_pair"),
    path("ask", AskView.as_view(), name="sync_api_ask"),
    path("box", BoxView.as_view(), name="sync_api_box"),
]

urlpatterns = [
    path("sync/v1/", include(sync_patterns)),
    re_path(
        r"^packs/(?P<manifest_sha256>[0-9a-f]{64})/(?P<slug>[-\w]+)-v(?P<version>[0-9]{1,9})\.pack$",
        download.download,
        name="download",
    ),
    re_path(
        r"^packs/(?P<manifest_sha256>[0-9a-f]{64})/(?P<slug>[-\w]+)-v(?P<version>[0-9]{1,9})"
        r"\.(?P<volume>[0-9]{1,4})\.pack$",
        download.download,
        name="download_volume",
    ),
]

"""Addresses of the sync protocol, below /sync/v1/."""

from django.urls import path

from offline_pack.api.views import AskView, BoxView, PairView, TimeView

urlpatterns = [
    path("time", TimeView.as_view(), name="sync_api_time"),
    path("pair", PairView.as_view(), name="sync_api_pair"),
    path("ask", AskView.as_view(), name="sync_api_ask"),
    path("box", BoxView.as_view(), name="sync_api_box"),
]

"""Addresses of a centre's process for telecentres: everything else is not found."""

from django.urls import include, path

urlpatterns = [path("", include(("offline_pack.api.urls", "yelen_offline_pack")))]

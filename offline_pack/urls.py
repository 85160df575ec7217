"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "yelen_offline_pack"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sync/v1/", include("offline_pack.api.urls")),
]

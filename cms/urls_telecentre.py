"""Addresses of a telecentre."""

from django.urls import include, path

urlpatterns = [
    path("", include("offline_pack.urls")),
    path("", include("lms.urls")),
]

"""Addresses of this app."""

from django.urls import URLPattern, URLResolver

app_name = "yelen_offline_pack"
urlpatterns: list[URLPattern | URLResolver] = []

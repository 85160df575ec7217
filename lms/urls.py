"""Addresses of this app."""

from django.urls import URLPattern, URLResolver

app_name = "yelen_lms"
urlpatterns: list[URLPattern | URLResolver] = []

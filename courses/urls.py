"""Addresses of this app."""

from django.urls import URLPattern, URLResolver

app_name = "yelen_courses"
urlpatterns: list[URLPattern | URLResolver] = []

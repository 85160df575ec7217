"""Addresses of the centre: a telecentre's, and Wagtail's."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.content_security import ADMIN
from cms.media_view import media_view

urlpatterns = [
    path(ADMIN, include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media_view),
    path("", include("cms.urls_telecentre")),
    path("", include(wagtail_urls)),
]

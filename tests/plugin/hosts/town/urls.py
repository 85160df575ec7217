from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from tests.plugin.hosts.town.courses.views import evening_courses

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("courses/", evening_courses),
    path("formation/", include("offline_pack.urls")),
    path("formation/", include("lms.urls")),
    path("", include(wagtail_urls)),
]

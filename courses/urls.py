"""Addresses of the catalogue. ``lms.urls`` replaces them where learners are known."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.i18n import set_language

from courses import views

app_name = "yelen_courses"

LESSON = r"^cours/(?P<slug>[-\w]+)/(?P<number>[1-9][0-9]{0,2}\.[1-9][0-9]{0,2})/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.CatalogueView.as_view(), name="catalogue"),
    path("cours/<slug:slug>/", views.CourseView.as_view(), name="course"),
    re_path(LESSON + "$", views.LessonView.as_view(), name="lesson"),
    re_path(r"^fichiers/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+)$", views.blob_view, name="blob"),
    path("h5p/", include("courses.h5p.urls")),
    path("langue/", set_language, name="set_language"),
]

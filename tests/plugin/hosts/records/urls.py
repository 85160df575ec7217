from django.contrib import admin
from django.urls import include, path, re_path

from courses.urls import LESSON
from tests.plugin.hosts.records.essays.views import EssayView

urlpatterns = [
    path("admin/", admin.site.urls),
    re_path(LESSON + r"essay/(?P<activity_id>[-0-9a-f]{36})/$", EssayView.as_view(), name="essay"),
    path("", include("lms.urls")),
]

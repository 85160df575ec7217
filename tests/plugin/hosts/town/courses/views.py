from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tests.plugin.hosts.town.courses.models import Course


def evening_courses(request: HttpRequest) -> HttpResponse:
    return render(request, "courses/course_list.html", {"courses": Course.objects.all()})

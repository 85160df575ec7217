"""Reports for staff, outside Wagtail: the telecentre has these pages only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from lms.permissions import staff_required
from lms.report_export import completions_csv, lessons_csv
from lms.report_pages import ReportQuery, read_query, report_context
from lms.reports import completions, lessons_table


@staff_required
def reports(request: HttpRequest) -> HttpResponse:
    query = read_query(request)
    response = render(
        request,
        "yelen_lms/reports/lessons.html",
        report_context(query, page=request.GET.get("page")),
    )
    add_never_cache_headers(response)
    return response


@staff_required
def report_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same choice as a file: every lesson, or with ``table=completions`` one line each."""
    return csv_response(read_query(request))


def csv_response(query: ReportQuery) -> StreamingHttpResponse:
    """A file named after its course; nothing in it when no course was chosen."""
    course = query.course_or_404()
    if query.is_summary:
        lines = completions_csv(completions(course, query.learners))
    else:
        lines = lessons_csv(lessons_table(course, query.followers()))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{query.file_name()}"'
    add_never_cache_headers(response)
    return response

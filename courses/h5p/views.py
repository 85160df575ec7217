"""The sandboxed player page, and the files it asks for."""

from __future__ import annotations

import gzip
from functools import lru_cache
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from courses.activities.h5p import H5PDefinition
from courses.blobs import read_blob
from courses.errors import BlobError, H5PError, H5PTokenError
from courses.h5p import filetypes
from courses.h5p.access import may_play
from courses.h5p.drafts import DRAFT, find_draft
from courses.h5p.library import find_files
from courses.h5p.naming import parse_folder
from courses.h5p.player import CONTENT_ID, POLICY, player_page
from courses.h5p.tokens import DAY, read_token
from courses.models import Activity, ActivityVersion
from courses.outline import BlobRef
from courses.ranges import blob_response

_COMPRESSED = ("text/", "application/json", "application/xml", "image/svg+xml")
_SMALL_ENOUGH_TO_COMPRESS = 1024 * 1024  # bytes


@require_safe
@never_cache
@xframe_options_sameorigin
def player(request: HttpRequest, activity_id: UUID, version: int) -> HttpResponse:
    """The page inside ``<iframe sandbox="allow-scripts">``, for one version of the course."""
    definition = _definition(activity_id, version)
    title = _title_for(request, activity_id, version)
    try:
        page = player_page(definition, activity_id=activity_id, version=version, title=title)
    except (H5PError, BlobError):
        response = render(request, "yelen_courses/h5p/unavailable.html", status=409)
    else:
        context = {"page": page, "content_id": CONTENT_ID}
        response = render(request, "yelen_courses/h5p/player.html", context)
    response["Content-Security-Policy"] = POLICY
    return response


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def content_file(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """A file of the exercise's content; the token in the address is the permission."""
    try:
        activity_id, version = read_token(token)
    except H5PTokenError:
        return HttpResponseNotFound()
    blob = _definition(activity_id, version).files.get(path)
    response = _file_response(request, blob, path)
    if response.status_code < 300:  # noqa: PLR2004 - success
        response["Cache-Control"] = f"private, max-age={DAY}"
    return response


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def library_file(request: HttpRequest, folder: str, digest: str, path: str) -> HttpResponseBase:
    """A file of an installed library; the digest in the address never means other bytes."""
    name = parse_folder(folder)
    files = find_files(name, digest=digest) if name else None
    return _file_response(request, (files or {}).get(path), path)


def libraries(_request: HttpRequest) -> HttpResponse:
    """Stands for the folder of all libraries; it lists nothing."""
    raise Http404


def _title_for(request: HttpRequest, activity_id: UUID, version: int) -> str:
    """What is played, for who may play it; a draft is for those who write courses."""
    if version == DRAFT:
        if not request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
        return _("Preview of an exercise")
    activity = get_object_or_404(Activity, pk=activity_id, kind="h5p")
    if not may_play(request, activity):
        raise PermissionDenied
    return activity.title


def _definition(activity_id: UUID, version: int) -> H5PDefinition:
    if version == DRAFT:
        definition = find_draft(activity_id)
    else:
        row = ActivityVersion.objects.filter(activity_id=activity_id, kind="h5p").at(version)
        definition = row.parsed() if row else None
    if definition is None:
        raise Http404(_("This exercise is not here."))
    return definition


def _file_response(request: HttpRequest, blob: BlobRef | None, path: str) -> HttpResponseBase:
    """The bytes, under the media type of their name: what a pack claims is not believed."""
    if blob is None:
        return HttpResponseNotFound()
    known = BlobRef(sha256=blob.sha256, size=blob.size, media_type=filetypes.media_type(path))
    try:
        response = _bytes_response(request, known)
    except BlobError:
        return HttpResponseNotFound()
    # The sandbox has an origin of its own, so that even our files are foreign to it.
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Headers"] = "Range"
    response["Access-Control-Expose-Headers"] = "Content-Length, Content-Range"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


def _bytes_response(request: HttpRequest, blob: BlobRef) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS"})
    is_text = blob.media_type.startswith(_COMPRESSED) and blob.size < _SMALL_ENOUGH_TO_COMPRESS
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    if not is_text or not accepts or "Range" in request.headers:
        response = blob_response(request, blob)
    else:
        response = HttpResponse(_compressed(blob.sha256), content_type=blob.media_type)
        response["Content-Encoding"] = "gzip"
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    if is_text:
        patch_vary_headers(response, ["Accept-Encoding"])
    return response


@lru_cache(maxsize=48)
def _compressed(sha256: str) -> bytes:
    """A library's code, compressed once for the thirty learners of a class."""
    return gzip.compress(read_blob(sha256), compresslevel=6, mtime=0)

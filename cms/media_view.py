"""Files of Wagtail's media library, for those who work with it.

Learners never come here: what a lesson shows are blobs (``courses.views.blob_view``).
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def media_view(request: HttpRequest, path: str) -> HttpResponseBase:
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response

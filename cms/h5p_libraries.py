"""H5P libraries in Wagtail: which are installed, and back to the one before an update."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from cms.h5p_admin import INSTALL_LIBRARIES
from courses.h5p.library import name_of, roll_back_library
from courses.models import H5PLibrary
from lms.admin_frame import admin_frame

allowed = permission_required(INSTALL_LIBRARIES)


@require_GET
@allowed
def libraries(request: HttpRequest) -> HttpResponse:
    above = ((reverse("h5p:index"), _("H5P exercises")),)
    context = admin_frame(_("H5P libraries"), icon="yelen-h5p", above=above) | {
        "libraries": H5PLibrary.objects.listed(),
    }
    return TemplateResponse(request, "yelen_cms/h5p/libraries.html", context)


@require_POST
@allowed
def go_back(request: HttpRequest, library_id: int, patch: int) -> HttpResponse:
    """Only to the patch that was on the page: somebody may have put in another one meanwhile."""
    row = get_object_or_404(H5PLibrary, pk=library_id)
    if roll_back_library(name_of(row), patch=patch):
        row.refresh_from_db()
        messages.success(request, _("%(library)s is in use again.") % {"library": row})
    else:
        messages.error(request, _("This library was changed meanwhile. Look again."))
    return redirect("yelen_h5p_libraries")

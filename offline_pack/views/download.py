"""Packs for download: immutable addresses, by ranges, so that a cut download goes on."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseGone
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.ranges import ImmutableBytes, bytes_response
from offline_pack.format.volumes import volume_name
from offline_pack.making.generating import pack_path
from offline_pack.models import Pack

MEDIA_TYPE = "application/vnd.yelen.pack+zip"


@require_safe
def download(
    request: HttpRequest, manifest_sha256: str, slug: str, version: int, volume: int = 1
) -> HttpResponseBase:
    """The pack's bytes; of a pack in several files those of the one asked for, from 1.

    Who knows the address may have them: it holds 256 bits that only staff and paired telecentres
    are told, so that a plain file server or a cache can stand in for this view.
    """
    packs = Pack.objects.select_related("course")
    pack = get_object_or_404(
        packs, manifest_sha256=manifest_sha256, course__slug=slug, version=version
    )
    if pack.withdrawn_at:
        words = _("The centre has withdrawn this pack. Ask for the newest one.")
        return HttpResponseGone(words, content_type="text/plain; charset=utf-8")
    number = int(volume) - 1
    path = pack_path(pack.manifest_sha256, volume=number)
    if not 0 <= number < pack.volumes or not path.is_file():
        raise Http404
    name = f"{pack.manifest_sha256}.{volume}" if number else pack.manifest_sha256
    content = ImmutableBytes(name, path.stat().st_size, MEDIA_TYPE, lambda: path.open("rb"))
    response = bytes_response(request, content)
    filename = volume_name(pack.download_name, number)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response

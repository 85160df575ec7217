"""Who asks: a paired device, by its signature over the request."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from offline_pack.format.errors import SignatureError
from offline_pack.models import DeviceKey
from offline_pack.sync.envelope import MAX_BODY
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.senders import known_sender
from offline_pack.sync.signing import Signed, parse_authorization, request_payload

_MOST_DIGITS = 20  # of a length; int() refuses thousands


def body_of(request: HttpRequest) -> bytes:
    """The body, read once and bounded; raises ``RefusalError``."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise RefusalError(411, "too_large", limit=MAX_BODY)
    if len(length) > _MOST_DIGITS or int(length) > MAX_BODY:
        raise RefusalError(413, "too_large", limit=MAX_BODY)
    body = request.body
    if len(body) != int(length):
        raise RefusalError(400, "malformed", reason="the body is not as long as announced")
    return body


def payload_of(request: HttpRequest) -> bytes:
    """What the request's signature must fit, and what the answer's refers to."""
    method = request.method or ""
    body = body_of(request) if method == "POST" else b""
    return request_payload(method, request.get_full_path(), body)


def signature_of(request: HttpRequest) -> Signed:
    """Raises ``RefusalError`` when there is none."""
    try:
        return parse_authorization(request.headers.get("Authorization", ""))
    except SignatureError as error:
        raise RefusalError(401, "bad_signature") from error


class DeviceAuthentication(BaseAuthentication):
    """``request.auth`` becomes the ``DeviceKey``; there is no user behind a device."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, DeviceKey]:
        signed = signature_of(request._request)
        found = known_sender(signed, payload_of(request._request))
        return AnonymousUser(), found


class IsPairedDevice(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, DeviceKey)

"""What a telecentre may ask of the centre. Every answer is signed, refusals too."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from offline_pack.api.authentication import (
    DeviceAuthentication,
    IsPairedDevice,
    body_of,
    payload_of,
    signature_of,
)
from offline_pack.api.gate import gate
from offline_pack.box.errors import BoxDamagedError
from offline_pack.conf import is_centre
from offline_pack.format.signing import SYNC
from offline_pack.models import AskedBy, DeviceKey
from offline_pack.pairing.admitting import offer_for, take_ask
from offline_pack.pairing.codes import CodeRequest, accept_pairing
from offline_pack.sync.answering import answer_batch, server_time
from offline_pack.sync.envelope import (
    ANSWER_CONTENT_TYPE,
    CONTENT_TYPE,
    MAX_HEADER,
    encode_answer,
)
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.signing import (
    PROOF_HEADER,
    SIGNATURE_HEADER,
    answer_payload,
    prove,
    sign_answer,
)
from offline_pack.transport import ASK_TYPE, PAIRING_TYPE
from offline_pack.trust.keys import own_keys

_NONCE = re.compile(r"[0-9a-f]{16,64}")


class SyncView(APIView):
    """Answers are signed by the centre's sync key over status, request and body."""

    authentication_classes: Any = ()
    permission_classes: Any = (AllowAny,)
    renderer_classes = (JSONRenderer,)  # whatever the host site shows browsers
    content_type = ""  # of the request

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not is_centre():
            raise Http404
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and request.content_type != self.content_type:
            raise RefusalError(415, "wrong_type")

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, RefusalError):
            answer = self.answer(exc.document(), status=exc.status)
            if "retry_after" in exc.facts:
                answer["Retry-After"] = str(exc.facts["retry_after"])
            return answer
        return super().handle_exception(exc)

    def answer(
        self, document: dict[str, Any], *, status: int = 200, verifier: bytes | None = None
    ) -> HttpResponse:
        body = encode_answer(document)
        payload = answer_payload(status, self._asked(), body)
        response = HttpResponse(body, status=status, content_type=ANSWER_CONTENT_TYPE)
        response[SIGNATURE_HEADER] = sign_answer(own_keys(SYNC), payload)
        if verifier is not None:
            response[PROOF_HEADER] = prove(verifier, payload)
        response["Cache-Control"] = "no-store"
        return response

    def _asked(self) -> bytes:
        try:
            return payload_of(self.request._request)
        except RefusalError:  # a body we would not read
            return b""


class TimeView(SyncView):
    def get(self, request: Request) -> HttpResponse:
        nonce = request.query_params.get("nonce", "")
        if not _NONCE.fullmatch(nonce):
            raise RefusalError(400, "malformed", reason="a nonce is expected")
        return self.answer({"nonce": nonce, "server_time": server_time()})


class PairView(SyncView):
    content_type = PAIRING_TYPE

    def post(self, request: Request) -> HttpResponse:
        asked = CodeRequest(
            document=_document(body_of(request._request)),
            payload=self._asked(),
            signed=signature_of(request._request),
            proof=request.headers.get(PROOF_HEADER, ""),
        )
        document, verifier = accept_pairing(asked)
        return self.answer(document, verifier=verifier)


class AskView(SyncView):
    """A device without a code; what it is told proves itself, or is worth nothing."""

    content_type = ASK_TYPE

    def post(self, request: Request) -> HttpResponse:
        try:
            asked = take_ask(body_of(request._request), way=AskedBy.NETWORK)
        except BoxDamagedError as error:
            raise RefusalError(400, "malformed", reason="it is not a request") from error
        if asked.decided_at is None:
            return self.answer({"state": "waiting"})
        if asked.telecentre_id is None:
            return self.answer({"state": "refused"})
        return self.answer({"state": "approved", "offer": offer_for(asked).hex()})


class BoxView(SyncView):
    authentication_classes = (DeviceAuthentication,)
    permission_classes = (IsPairedDevice,)
    content_type = CONTENT_TYPE
    is_turned_away = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with gate.entered() as has_room:
            self.is_turned_away = not has_room
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.is_turned_away and is_centre():
            raise RefusalError(503, "wait", retry_after=gate.retry_after())
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, OperationalError) and "locked" in str(exc):
            # Nothing of the batch was stored: somebody else wrote for longer than we wait.
            exc = RefusalError(503, "wait", retry_after=gate.retry_after())
        return super().handle_exception(exc)

    def post(self, request: Request) -> HttpResponse:
        key = cast("DeviceKey", request.auth)  # DeviceAuthentication put it there
        return self.answer(answer_batch(body_of(request._request), key=key, is_live=True))


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body) if len(body) <= MAX_HEADER else None
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, "malformed", reason="it is not JSON") from error
    if not isinstance(document, dict):
        raise RefusalError(400, "malformed", reason="an object is expected")
    return document

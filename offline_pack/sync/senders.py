"""Who wrote a request: a paired device, by its signature, whatever carried the bytes."""

from __future__ import annotations

from offline_pack.format.errors import SignatureError
from offline_pack.models import DeviceKey
from offline_pack.sync.errors import RefusalError
from offline_pack.sync.signing import Signed, check_request


def known_sender(signed: Signed, payload: bytes) -> DeviceKey:
    """Raises ``RefusalError`` for a wrong signature, an unknown or withdrawn device.

    A key that has come to its end is unknown.
    """
    found = DeviceKey.objects.select_related("device__telecentre").filter(pk=signed.key_id).first()
    if found is None or found.has_expired:
        raise RefusalError(401, "unknown_device")
    try:
        check_request(found.verifying_key(), payload, signed)
    except SignatureError as error:
        raise RefusalError(401, "bad_signature") from error
    if found.is_revoked:
        raise RefusalError(403, "revoked")
    return found

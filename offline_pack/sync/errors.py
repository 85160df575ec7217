"""What can go wrong with a sync. The words for people are in ``offline_pack.sync.words``."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from offline_pack.errors import OfflinePackError
from offline_pack.line_faults import LineFault


class SyncError(OfflinePackError):
    """Base of everything that stops a sync or a pairing."""


class RefusalError(SyncError):
    """At the centre: a request answered with a refusal (docs/reference/sync-protocol.md)."""

    def __init__(self, status: int, code: str, **facts: Any) -> None:
        super().__init__(f"{status} {code} {facts or ''}".strip())
        self.status, self.code, self.facts = status, code, facts

    def document(self) -> dict[str, Any]:
        return {"code": self.code, **self.facts}


class NotPairedError(SyncError):
    """This machine is not paired with a centre."""


class NoAddressError(SyncError):
    """The centre was met by stick alone: nobody has said where it is on the network."""


class SyncBusyError(SyncError):
    """Another sync is under way on this machine."""


class CentreAddressError(SyncError):
    """Not an address that a centre can have."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is not the address of a centre")
        self.address = address


class CentreUnreachableError(SyncError):
    """No connection, or it broke."""

    def __init__(self, address: str, *, reason: str, fault: LineFault = LineFault.CUT) -> None:
        super().__init__(f"{address} cannot be reached: {reason}")
        self.address, self.reason, self.fault = address, reason, fault


class CentreDateError(CentreUnreachableError):
    """The centre's certificate is not of today's date: ``clock``, which may itself be wrong."""

    def __init__(self, address: str, *, reason: str, clock: str) -> None:
        super().__init__(address, reason=reason)
        self.clock = clock


class NotTheCentreError(SyncError):
    """Somebody answered, and it was not our centre: a captive portal, or worse."""

    def __init__(self, address: str, *, reason: str) -> None:
        super().__init__(f"what answered at {address} is not the centre: {reason}")
        self.address, self.reason = address, reason


class CentreFaultError(SyncError):
    """The centre's server failed; ``status`` is the HTTP status."""

    def __init__(self, *, status: int) -> None:
        super().__init__(f"the centre's server answered {status}")
        self.status = status


class CentreBusyError(SyncError):
    """The centre asks to come back after ``retry_after`` seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(f"the centre asks to wait {retry_after} seconds")
        self.retry_after = retry_after


class CentreFullError(CentreBusyError):
    """...for there is no room on its disk."""


class RevokedError(SyncError):
    """The centre has withdrawn this device."""


class TheftInFutureError(SyncError):
    """A device cannot have been stolen tomorrow."""


class StolenDeviceError(SyncError):
    """A device that was stolen is never believed again."""


class BackupPlaceError(SyncError):
    """A copy cannot go there: no folder, or one inside the data it is a copy of."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder} is no folder outside the data")
        self.folder = folder


class BackupDamagedError(SyncError):
    """What was written, or given, is not a whole copy of a centre's database."""

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(f"{path} is not a whole copy: {reason}")
        self.path, self.reason = path, reason


class NotSQLiteError(SyncError):
    """The database here has its own way of being copied."""

    def __init__(self, vendor: str) -> None:
        super().__init__(f"a database of {vendor} is copied by its own tools")
        self.vendor = vendor


class UnknownDeviceError(SyncError):
    """The centre does not know this device, or not this key of it."""


class OtherCentreError(SyncError):
    """The centre says that the batch was meant for another centre or is another device's."""


class SoftwareTooOldError(SyncError):
    """No protocol version in common; these are the centre's."""

    def __init__(self, *, min_proto: int, max_proto: int) -> None:
        super().__init__(f"the centre speaks protocol {min_proto} to {max_proto}")
        self.min_proto, self.max_proto = min_proto, max_proto


class BatchRefusedError(SyncError):
    """The centre cannot read what this device sends."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"the centre cannot read the batch: {reason}")
        self.reason = reason


class BatchTooLargeError(SyncError):
    """The centre, or this device itself, finds the batch too large."""


class StreamForkError(SyncError):
    """The centre holds another story from ``at`` on."""

    def __init__(self, *, at: int) -> None:
        super().__init__(f"the centre holds another story from {at} on")
        self.at = at


class StreamGapError(SyncError):
    """The centre holds only up to ``stored``."""

    def __init__(self, *, stored: int) -> None:
        super().__init__(f"the centre holds only up to {stored}")
        self.stored = stored


class DamagedStreamError(SyncError):
    """Stored facts above ``after`` do not fit the chain any more: a damaged disk."""

    def __init__(self, *, after: int) -> None:
        super().__init__(f"the stored facts above {after} do not fit the chain any more")
        self.after = after


class NoProgressError(SyncError):
    """The centre and this device do not come to an end with each other."""


class EmptyRosterError(SyncError):
    """A roster without learners came after one with ``held`` of them."""

    def __init__(self, *, held: int) -> None:
        super().__init__(f"the roster is empty; the last one had {held} learners")
        self.held = held


class UnusableNewsError(SyncError):
    """A snapshot of that kind, signed by the centre, that this version cannot use."""

    def __init__(self, *, kind: str) -> None:
        super().__init__(f"the {kind} from the centre cannot be used")
        self.kind = kind


class PairingRefusedError(SyncError):
    """The code is wrong, worn out, too old or used. The centre does not say which."""


class CodeFormatError(SyncError):
    """Not twelve characters of the code's alphabet."""


def refusal_met(status: int, document: dict[str, Any]) -> SyncError:
    """The error a device raises for a signed refusal of the centre.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for one that lacks what its code needs.
    """
    code = str(document.get("code", ""))
    if (status, code) == (HTTPStatus.INSUFFICIENT_STORAGE, "wait"):
        return CentreFullError(retry_after=int(document["retry_after"]))
    meet = _MET.get(code)
    return meet(document) if meet else CentreFaultError(status=status)


_MET: dict[str, Callable[[dict[str, Any]], SyncError]] = {
    "bad_signature": lambda _: UnknownDeviceError("the centre refuses this device's signature"),
    "fork": lambda said: StreamForkError(at=int(said["at"])),
    "gap": lambda said: StreamGapError(stored=int(said["stored"])),
    "malformed": lambda said: BatchRefusedError(reason=str(said.get("reason", ""))),
    "other_centre": lambda _: OtherCentreError("the batch was meant for another centre"),
    "other_device": lambda _: OtherCentreError("the batch belongs to another device"),
    "protocol": lambda said: SoftwareTooOldError(
        min_proto=int(said["min_proto"]), max_proto=int(said["max_proto"])
    ),
    "revoked": lambda _: RevokedError("the centre has withdrawn this device"),
    "too_large": lambda _: BatchTooLargeError("the centre finds the batch too large"),
    "unknown_device": lambda _: UnknownDeviceError("the centre does not know this device"),
    "wait": lambda said: CentreBusyError(retry_after=int(said["retry_after"])),
    "wrong_code": lambda _: PairingRefusedError("the centre refuses the pairing code"),
    "wrong_type": lambda _: BatchRefusedError(reason="another content type"),
}

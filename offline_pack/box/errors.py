"""What can go wrong with a box. The words for people are in ``offline_pack.words.box``."""

from __future__ import annotations

from offline_pack.sync.errors import SyncError


class BoxError(SyncError):
    """Base of every doubt about a box or an answer on a stick."""


class BoxKeyUnknownError(BoxError):
    """This telecentre has not heard yet for whom to seal: its pairing is older than boxes."""


class BoxDamagedError(BoxError):
    """Truncated, changed on the way, or no box at all."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is damaged")
        self.name = name


class BoxForOthersError(BoxError):
    """Sealed for keys that are not ours."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is sealed for somebody else")
        self.name = name


class AnswerForOthersError(BoxForOthersError):
    """The centre's answer to another telecentre, or to keys that this one has no more."""


class BoxTooLargeError(BoxError):
    """Larger than any box may be; sizes are bytes."""

    def __init__(self, name: str, *, limit: int) -> None:
        super().__init__(f"{name} is larger than {limit} bytes")
        self.name, self.limit = name, limit


class BoxNotFoundError(BoxError):
    """No box, or no answer for this telecentre, at that place."""

    def __init__(self, place: str) -> None:
        super().__init__(f"nothing for this server was found at {place}")
        self.place = place


class BoxReadError(BoxError):
    """The stick could not be read to the end."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} could not be read")
        self.name = name


class BoxNotFromCentreError(BoxError):
    """An answer sealed for us that our centre did not sign for us."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was not signed by our centre for this device")
        self.name = name


class OtherRequestError(BoxError):
    """An offer for another request of this device, or for keys it does not have any more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} answers another request")
        self.name = name


class NothingAskedError(BoxError):
    """There is no open request here that an offer could be for."""


class AskRefusedError(BoxError):
    """The centre's operator has refused this device."""


class NoOfferError(BoxError):
    """What was confirmed is not what the centre offered."""

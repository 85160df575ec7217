"""What can go wrong between the centre and an LRS. No message holds a password or a token."""

from __future__ import annotations

from offline_pack.errors import OfflinePackError
from offline_pack.line_faults import LineFault


class LrsError(OfflinePackError):
    """Base of them."""


class LrsOffError(LrsError):
    """No LRS is set."""


class LrsSettingsError(LrsError):
    """The settings name no address that statements could be sent to."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the settings of the LRS cannot be used: {reason}")
        self.reason = reason


class ForwardingBusyError(LrsError):
    """Another process of this machine forwards at this moment."""


class LrsUnreachableError(LrsError):
    """No connection, no answer, or half of one."""

    def __init__(self, host: str, *, reason: str, fault: LineFault = LineFault.CUT) -> None:
        super().__init__(f"no answer from {host}: {reason}")
        self.host, self.reason, self.fault = host, reason, fault


class LrsFaultError(LrsError):
    """The LRS has a fault of its own, or is busy."""

    def __init__(self, *, status: int, retry_after: int = 0) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after  # seconds; 0: it did not say


class LrsDeniedError(LrsError):
    """The LRS does not accept who we are; asking again does not change that."""

    def __init__(self, *, status: int, words: str) -> None:
        super().__init__(f"status {status}: {words}")
        self.status, self.words = status, words


class NotAnLrsError(LrsError):
    """Whoever answers does not answer as an LRS does."""

    def __init__(self, host: str, *, reason: str) -> None:
        super().__init__(f"{host} does not answer as an LRS: {reason}")
        self.host, self.reason = host, reason


class StatementsUnconfirmedError(NotAnLrsError):
    """...unless it holds what was sent: without a word, as an LRS or a portal may say yes."""


class AllRefusedError(LrsError):
    """The LRS refuses one statement after another: the fault is hardly theirs."""

    def __init__(self, *, status: int, words: str) -> None:
        super().__init__(f"status {status}: {words}")
        self.status, self.words = status, words


class StatementsRefusedError(LrsError):
    """Of what was sent together the LRS keeps nothing, for something in it."""

    def __init__(self, *, status: int, words: str) -> None:
        super().__init__(f"status {status}: {words}")
        self.status, self.words = status, words


class StatementsTooLargeError(StatementsRefusedError):
    """...for its size."""


class StatementsConflictError(StatementsRefusedError):
    """...because it holds a statement with one of the ids."""

"""Troubles of a telecentre that people at the centre can mend, as codes of the protocol."""

from __future__ import annotations

EMPTY_ROSTER = "empty_roster"
TRUST = "trust"
UNUSABLE_NEWS = "unusable_news"

_CODES = {
    "EmptyRosterError": EMPTY_ROSTER,
    "UnusableNewsError": UNUSABLE_NEWS,
    "OtherRootError": TRUST,
    "TrustDocumentError": TRUST,
    "TrustFileError": TRUST,
    "TrustForkError": TRUST,
    "TrustThresholdError": TRUST,
}


def trouble_code(error_name: str) -> str:
    """For a header; empty when the last sync went well, or failed on the way."""
    return _CODES.get(error_name, "")

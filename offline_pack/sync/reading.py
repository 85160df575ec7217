"""Read one line of a batch: a fact, or the reason why it is set aside."""

from __future__ import annotations

import json
import re

from lms.fact import Fact, canonical_text
from lms.models import Verb
from offline_pack.sync.envelope import MAX_LINE

_VERB = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


class UnusableFactError(ValueError):
    """A fact for the quarantine; ``code`` is one of docs/reference/sync-protocol.md."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_fact(line: bytes, *, sequence: int) -> Fact:
    """The fact in ``line``, whose canonical bytes are exactly these.

    Raises ``UnusableFactError``.
    """
    if len(line) > MAX_LINE:
        raise UnusableFactError("too_long")
    try:
        document = json.loads(line)
        fact = Fact.from_wire(document)
        is_canonical = canonical_text(fact.to_wire()).encode("ascii") == line
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UnusableFactError("unreadable") from error
    if fact.sequence != sequence:
        raise UnusableFactError("wrong_place")
    if not isinstance(document["x"], dict) or not _VERB.fullmatch(fact.verb):
        raise UnusableFactError("unreadable")
    if not is_canonical:
        raise UnusableFactError("not_canonical")
    if fact.verb == Verb.LEARNER_CREATED and not _has_name(document["x"]):
        raise UnusableFactError("bad_profile")
    return fact


def _has_name(body: dict[str, object]) -> bool:
    profile = body.get("profile")
    name = profile.get("name") if isinstance(profile, dict) else None
    if not isinstance(name, str):
        return False
    return bool(name.replace("\0", "").encode("utf-8", "ignore").strip())

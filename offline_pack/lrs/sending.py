"""Hand statements to an LRS so that each is there afterwards, or is known to be refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from offline_pack.lrs.client import statements_body
from offline_pack.lrs.errors import (
    AllRefusedError,
    LrsFaultError,
    NotAnLrsError,
    StatementsConflictError,
    StatementsRefusedError,
    StatementsTooLargeError,
    StatementsUnconfirmedError,
)
from offline_pack.lrs.outbox import Refused
from offline_pack.lrs.telling import Told

MOST_BYTES = 256 * 1024
"""Of one request, unless a single statement is larger."""

SUSPICIOUS = 20
"""Statements refused, and none taken: the fault is not in each of them."""

MOST_SUSPECTS = 5
"""At which a wary sender believes that the LRS has a fault with anything."""

TAKEN, FAULT = 409, 500
BREAKS_IT = "it has a fault with this one, and not with others"
OTHER_CONTENT = "another statement has this id there"


class Lrs(Protocol):
    @property
    def host(self) -> str: ...

    def post(self, body: bytes) -> set[UUID] | None: ...

    def find(self, statement_id: UUID) -> dict[str, Any] | None: ...


class Sender:
    """Sends through one ``lrs``, and learns how much it takes at once."""

    def __init__(self, lrs: Lrs, *, is_wary: bool = False) -> None:
        """``is_wary``: it had a fault again and again; a single statement may be the cause."""
        self._lrs, self._is_wary = lrs, is_wary
        self._most_bytes = MOST_BYTES
        self._taken = 0
        self._statements: Sequence[Told] = ()
        self._refused: list[Refused] = []
        self._suspects: list[Refused] = []

    def send(self, statements: Sequence[Told]) -> list[Refused]:
        """Those refused. Raises an ``LrsError`` when there is no telling: send all again then."""
        self._statements, self._refused, self._suspects = statements, [], []
        taken = self._taken
        for part in self._parts(statements):
            self._send(part)
        if self._suspects and self._taken == taken:
            raise LrsFaultError(status=FAULT)
        return [*self._refused, *self._suspects]

    def _parts(self, statements: Sequence[Told]) -> list[list[Told]]:
        parts: list[list[Told]] = []
        size = 0
        for item in statements:
            size += len(item.json) + 1
            if size > self._most_bytes or not parts:
                parts.append([])
                size = len(item.json) + 1
            parts[-1].append(item)
        return parts

    def _send(self, part: Sequence[Told]) -> None:
        if not part:
            return
        try:
            named = self._lrs.post(statements_body([item.json for item in part]))
        except StatementsConflictError:
            self._find_taken(part)
        except StatementsRefusedError as refusal:
            self._find_culprit(part, refusal)
        except StatementsUnconfirmedError:
            if self._lrs.find(part[-1].id) is None:
                raise
            self._taken += len(part)  # it stores all or none
        except LrsFaultError as fault:
            if not self._is_wary or fault.status != FAULT:
                raise
            self._find_suspect(part, fault)
        else:
            self._check_named(part, named)

    def _find_taken(self, part: Sequence[Told]) -> None:
        """Some are there already: sent before, and the answer was lost. One by one, then."""
        if len(part) > 1:
            for item in part:
                self._send([item])
        elif self._is_other(part[0]):
            self._refuse(part[0], status=TAKEN, words=OTHER_CONTENT)
        else:
            self._taken += 1

    def _find_culprit(self, part: Sequence[Told], refusal: StatementsRefusedError) -> None:
        if isinstance(refusal, StatementsTooLargeError):
            size = sum(len(item.json) for item in part)
            self._most_bytes = max(min(self._most_bytes, size // 2), 1)
        if len(part) == 1:
            self._refuse(part[0], status=refusal.status, words=refusal.words)
            return
        half = len(part) // 2
        self._send(part[:half])
        self._send(part[half:])

    def _find_suspect(self, part: Sequence[Told], fault: LrsFaultError) -> None:
        """Refused in effect, if others are taken; otherwise the LRS has a fault, and no more."""
        if len(part) > 1:
            for item in part:
                self._send([item])
            return
        if len(self._suspects) >= MOST_SUSPECTS:
            raise fault
        self._suspects.append(Refused(part[0].id, FAULT, BREAKS_IT))

    def _check_named(self, part: Sequence[Told], named: set[UUID] | None) -> None:
        """An LRS that left out what it had already names the others only: those are asked for."""
        ours = {item.id for item in part}
        if named is None or named == ours:
            self._taken += len(part)
        elif len(part) > 1 and named < ours:
            self._taken += len(named)
            for item in part:
                if item.id not in named:
                    self._send([item])
        else:
            raise NotAnLrsError(self._lrs.host, reason="it names other statements")

    def _refuse(self, item: Told, *, status: int, words: str) -> None:
        self._refused.append(Refused(item.id, status, words))
        if not self._taken and len(self._refused) >= SUSPICIOUS and not self._takes_another():
            raise AllRefusedError(status=status, words=words)

    def _takes_another(self) -> bool:
        """Whether it takes one of a kind that was not refused: some take no more than others."""
        refused = {item.id for item in self._refused}
        kinds = {_verb(item): item for item in self._statements if item.id not in refused}
        for verb in {_verb(item) for item in self._statements if item.id in refused}:
            kinds.pop(verb, None)
        return any(self._takes(item) for item in kinds.values())

    def _takes(self, item: Told) -> bool:
        try:
            self._check_named([item], self._lrs.post(statements_body([item.json])))
        except StatementsConflictError:
            return True  # it did before
        except StatementsUnconfirmedError:
            return self._lrs.find(item.id) is not None
        except StatementsRefusedError:
            return False
        return True

    def _is_other(self, item: Told) -> bool:
        """Whether what the LRS holds under the id is somebody else's."""
        held = self._lrs.find(item.id)
        return held is not None and _essence(held) != _essence_of(item)


def _verb(item: Told) -> str:
    return str(json.loads(item.json)["verb"]["id"])


def _essence_of(item: Told) -> tuple[str, ...]:
    return _essence(json.loads(item.json))


def _essence(statement: dict[str, Any]) -> tuple[str, ...]:
    """Who did what: times are put right as more becomes known, and titles change."""
    actor, verb, target = (_object(statement, name) for name in ("actor", "verb", "object"))
    return (_account(actor), str(verb.get("id")), str(target.get("id") or _account(target)))


def _account(agent: dict[str, Any]) -> str:
    return str(_object(agent, "account").get("name")).lower()


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}

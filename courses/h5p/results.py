"""What an exercise says of an attempt: an xAPI statement in, a result out. Plain Python.

The statement comes from code inside a sandbox, so from the learner's own browser: its shape is
checked, a score that cannot be is refused, and who did what is never read from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from courses.errors import H5PResultError

MAX_POINTS = Decimal(100_000)
"""No exercise counts higher; a larger number is nonsense."""

ROUNDING = Decimal("0.02")
"""How far off an exercise's own ``scaled`` may be."""

_FINISHING = ("completed", "answered")
_DURATION = re.compile(
    r"P(?=.)(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,8}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)
_WORD = re.compile(r"[a-z][a-z-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class H5PResult:
    """One statement of an exercise, as far as completion is concerned."""

    verb: str  # last part of the verb's address, e.g. "answered"
    is_top_level: bool  # about the whole exercise, not a part of it
    raw: Decimal | None = None  # points
    max: Decimal | None = None  # points; None when the exercise is not scored
    scaled: Decimal | None = None  # 0..1, to four places; None when the exercise is not scored
    success: bool | None = None  # as the exercise says, if it does
    completion: bool | None = None
    duration: Decimal | None = None  # seconds

    @property
    def is_scored(self) -> bool:
        return self.scaled is not None

    @property
    def is_finishing(self) -> bool:
        """Whether this is the result of an attempt: the last such statement counts."""
        has_result = self.is_scored or self.success is not None or self.completion is not None
        return self.is_top_level and self.verb in _FINISHING and has_result

    def is_passed(self, *, pass_percent: int) -> bool:
        """``success`` where given, else the score against the pass mark."""
        if not self.is_finishing:
            return False
        if self.success is not None:
            return self.success
        return self.scaled is not None and self.scaled * 100 >= pass_percent


def read_result(statement: Mapping[str, Any]) -> H5PResult:
    """Read an xAPI statement sent by H5P; raises ``H5PResultError``.

    Source: xAPI 1.0.3, Data, 2.4.5 Result; h5p.org/documentation/x-api.
    """
    result = _object(statement.get("result"), "result")
    score = _object(result.get("score"), "score")
    raw, top = _number(score, "raw"), _number(score, "max")
    return H5PResult(
        verb=_verb(statement.get("verb")),
        is_top_level=_is_top_level(statement),
        raw=raw,
        max=top if top else None,
        scaled=_scaled(score, raw=raw, top=top),
        success=_truth(result, "success"),
        completion=_truth(result, "completion"),
        duration=_duration(result.get("duration")),
    )


def _scaled(
    score: Mapping[str, Any], *, raw: Decimal | None, top: Decimal | None
) -> Decimal | None:
    """Points over the most possible; what the exercise itself calls ``scaled`` must agree."""
    bottom, claimed = _number(score, "min") or Decimal(0), _number(score, "scaled")
    if raw is None or not top:
        return None
    if top < 0 or not min(bottom, Decimal(0)) <= raw <= top:
        raise H5PResultError(f"{raw} points out of {top}")
    if claimed is not None and abs(claimed - raw / top) > ROUNDING:
        raise H5PResultError(f"{raw} points out of {top} are not {claimed}")
    return (max(raw, Decimal(0)) / top).quantize(Decimal("0.0001"))


def _verb(value: Any) -> str:
    address = _object(value, "verb").get("id")
    word = address.rstrip("/").rsplit("/", 1)[-1] if isinstance(address, str) else ""
    if not _WORD.fullmatch(word):
        raise H5PResultError("the verb is not a verb")
    return word


def _is_top_level(statement: Mapping[str, Any]) -> bool:
    context = _object(statement.get("context"), "context")
    activities = _object(context.get("contextActivities"), "contextActivities")
    return not activities.get("parent")


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise H5PResultError(f"{name} is not an object")
    return value


def _number(score: Mapping[str, Any], name: str) -> Decimal | None:
    value = score.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise H5PResultError(f"{name} is not a number")
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError) as error:
        raise H5PResultError(f"{name} is not a number") from error
    if not number.is_finite() or abs(number) > MAX_POINTS:
        raise H5PResultError(f"{name} is out of all proportion")
    return number


def _truth(result: Mapping[str, Any], name: str) -> bool | None:
    value = result.get(name)
    if value is not None and not isinstance(value, bool):
        raise H5PResultError(f"{name} is neither true nor false")
    return value


def _duration(value: Any) -> Decimal | None:
    """Seconds of an ISO 8601 duration such as ``PT12.34S``; None when it says nothing usable."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds

"""Does this installation have what a pack asks for?"""

from __future__ import annotations

from dataclasses import dataclass

from offline_pack.format.errors import RequirementError
from offline_pack.format.manifest import Requires


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the reader is; None and empty skip the question."""

    course_schemas: frozenset[int] = frozenset()
    software: str | None = None  # e.g. "0.3.1"
    h5p_core: str | None = None  # e.g. "1.27"


def check_requirements(requires: Requires, abilities: Abilities) -> None:
    """Raise ``RequirementError`` for the first demand that is not met."""
    wanted, known = requires.course_schema, abilities.course_schemas
    if wanted and known and not known.intersection(wanted):
        needed = ", ".join(str(schema) for schema in wanted)
        present = ", ".join(str(schema) for schema in sorted(known))
        raise RequirementError("course schema", needed=needed, present=present)
    _at_least("Yelen", requires.edge_min, abilities.software)
    _at_least("H5P core", requires.h5p_core, abilities.h5p_core)
    limit, present_software = requires.edge_max_excl, abilities.software
    if limit and present_software and _numbers(present_software) >= _numbers(limit):
        raise RequirementError("Yelen", needed=f"< {limit}", present=present_software)


def _at_least(what: str, needed: str | None, present: str | None) -> None:
    if needed and present and _numbers(present) < _numbers(needed):
        raise RequirementError(what, needed=needed, present=present)


def _numbers(version: str) -> tuple[int, ...]:
    """``"1.4.0"`` as (1, 4): trailing zeros say nothing."""
    numbers = [int(part) for part in version.split(".") if part.isdecimal()]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)

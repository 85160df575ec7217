"""Something goes wrong during an import: what the person is told, and what it left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults import rig
from tests.faults.steps import COLLECTION, VOLUMES, arm
from tests.faults.whole import faults_in, left_over, stored

_STEPS = {step.name: step for step in (*COLLECTION, *VOLUMES)}


@dataclass(frozen=True, slots=True)
class Case:
    """Work on the telecentre that has version 1, and what befalls it.

    ``befalls`` is called in the child, before the work or at the step named.
    """

    work: Callable[[], Any]
    befalls: Callable[[], object]
    step: str = ""
    remedy: Callable[[], object] | None = None  # in the parent, before anybody looks
    served: frozenset[int] = frozenset({1})
    afterwards: int = 2  # the version served after the retry


def attempt(case: Case, telecentre: Path) -> dict[str, Any]:
    """The ending, what is wrong after it, and what is wrong after a retry."""
    before = stored(telecentre)
    ending = rig.in_child(partial(_befall, case), folder=telecentre)
    grown = sorted(set(stored(telecentre)) - set(before))
    stage = [left for left in left_over(telecentre) if left.startswith("stage")]
    if case.remedy:
        case.remedy()
    faults = faults_in(telecentre, served=set(case.served))
    again = rig.in_child(case.work, folder=telecentre)
    faults += [f"the retry: {again.trace}"] if again.error else []
    faults += faults_in(telecentre, served={case.afterwards})
    faults += [f"left over: {left}" for left in [*stage, *left_over(telecentre)]]
    return {
        "error": ending.error,
        "words": ending.words,
        "is_refusal": ending.is_refusal,
        "facts": ending.facts or {},
        "answer": ending.answer,
        "taken": len(grown),
        "faults": faults,
        "trace": "" if ending.is_refusal else ending.trace,
    }


def _befall(case: Case) -> Any:
    if case.step:
        arm(_STEPS[case.step], case.befalls)
    else:
        case.befalls()
    return case.work()

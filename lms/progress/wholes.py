"""From lessons seen and activities completed to lessons, modules and courses completed."""

from __future__ import annotations

from collections.abc import Mapping

from lms.progress.catalogue import RequirementsOf
from lms.progress.figures import SEEN, Done, Key
from lms.progress.loading import Pair, load_known
from lms.progress.past import Held
from lms.progress.requirements import FLOORS, Requirements
from lms.progress.rules import fold_wholes
from lms.progress.writing import announce, write_completions

Parts = Mapping[Pair, Mapping[Key, Done]]


def apply_wholes(
    parts: Parts,
    requirements: RequirementsOf | Mapping[Pair, Requirements],
    *,
    held: Held | None = None,
) -> None:
    """Write what these parts complete; ``held`` is what of it was read before."""
    steady: dict[Pair, Mapping[Key, Done]] = {}
    if isinstance(requirements, RequirementsOf):
        steady = {pair: done for pair, done in parts.items() if requirements.is_steady(pair)}
        _rise(steady, requirements)
    if rest := {pair: done for pair, done in parts.items() if pair not in steady}:
        _look_at_all(rest, requirements, held=held)


def _look_at_all(
    parts: Parts,
    requirements: RequirementsOf | Mapping[Pair, Requirements],
    *,
    held: Held | None,
) -> None:
    needed: dict[Pair, set[Key]] = {}
    for pair, done in parts.items():
        asked = requirements[pair]
        needed[pair] = {*done, *asked.needed_by(asked.above(done))}
    if held and len(needed) == 1 and held.sought.issuperset(*needed.values()):
        known = {pair: dict(held.known) for pair in needed}
    else:
        known = load_known(needed)
    changed: dict[Pair, dict[Key, Done]] = {}
    for pair, done in parts.items():
        before = known.get(pair, {})
        first = {key: _earlier(key, item, before.get(key)) for key, item in done.items()}
        figures = first | fold_wholes(first, requirements[pair], before)
        changed[pair] = {key: item for key, item in figures.items() if before.get(key) != item}
    _write(changed, known)


def _rise(parts: Parts, requirements: RequirementsOf) -> None:
    """The same in a course that asks the same of all: floor by floor, while anything changes.

    Most of a batch tells again, or completes nothing: little of what is known is read for it.
    """
    known = {pair: dict(found) for pair, found in load_known(parts).items()}
    changed: dict[Pair, dict[Key, Done]] = {}
    for pair, done in parts.items():
        before = known.setdefault(pair, {})
        first = {key: _earlier(key, item, before.get(key)) for key, item in done.items()}
        changed[pair] = {key: item for key, item in first.items() if before.get(key) != item}
    risen: Parts = changed
    for floor in FLOORS:
        asked = {pair: requirements[pair].holding(done, floor) for pair, done in risen.items()}
        asked = {pair: keys for pair, keys in asked.items() if keys}
        needed = {pair: set(requirements[pair].needed_by(keys)) for pair, keys in asked.items()}
        for pair, found in load_known(needed).items():
            known[pair] |= found
        risen = {}
        for pair, keys in asked.items():
            done = known[pair] | changed[pair]
            reached = {key: requirements[pair].reached(key, done) for key in keys}
            risen[pair] = {
                key: item for key, item in reached.items() if item and known[pair].get(key) != item
            }
            changed[pair] |= risen[pair]
    _write(changed, known)


def _write(changed: Parts, known: Parts) -> None:
    for pair, figures in changed.items():
        before = known.get(pair, {})
        announce(pair, {key: item for key, item in figures.items() if key not in before})
    write_completions(
        (pair, key, item) for pair, figures in changed.items() for key, item in figures.items()
    )


def _earlier(key: Key, done: Done, held: Done | None) -> Done:
    """A lesson is seen when it was first seen; activities were folded from their whole past."""
    if key[0] == SEEN and held and held.completed_at < done.completed_at:
        return held
    return done

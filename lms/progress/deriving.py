"""From statements to enrolments, attempts and completions.

``apply_statements`` follows each new statement with a constant number of queries.  ``derive``
works one learner and course out from nothing. Both use the rules in ``rules``, and end in the
same rows: what is here is a function of the statements and the catalogue held, and of nothing
else. That takes every ``CourseVersion`` row kept for as long as statements about the course are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from uuid import UUID

from django.db import connection, transaction

from lms.models import Attempt, Completion, Enrolment, Learner, Statement
from lms.progress.catalogue import RequirementsOf, load_definitions
from lms.progress.figures import SEEN, Deed, Done, Enrolled, Figures, Key, Try
from lms.progress.loading import Pair, count_facts, deed_of, read_deeds
from lms.progress.past import Past
from lms.progress.people import People, load_people
from lms.progress.rules import (
    ACTIVE_VERBS,
    ACTIVITY_VERBS,
    KNOWN_V,
    fold,
    fold_enrolment,
    fold_parts,
)
from lms.progress.wholes import apply_wholes
from lms.progress.writing import (
    ATTEMPT,
    COMPLETION,
    ENROLMENT,
    announce,
    write_completions,
    write_enrolments,
    write_tries,
)

CHUNK = 100
"""Learners worked out together by ``derive``, and how many facts of theirs: bounds the memory."""

FACTS = 5000


def apply_statements(statements: Iterable[Statement], *, learners_known: bool = False) -> None:
    """Draw the conclusions of statements just stored; those of unknown learners wait."""
    told = [(item, item.course_id) for item in statements if item.v <= KNOWN_V]
    about = {item.learner_id for item, course_id in told if course_id}
    if not about:
        return
    present = _lock_learners(about, skip=learners_known)
    people = load_people()
    fresh: dict[Pair, list[Deed]] = {}
    for item, course_id in told:
        if course_id and item.learner_id in present:
            pair = people.pair((item.learner_id, course_id))
            fresh.setdefault(pair, []).append(deed_of(item))
    beginning = _apply_enrolments(fresh)
    _apply_parts({p: deeds for p, deeds in fresh.items() if p not in beginning}, people)
    if beginning:
        derive(beginning, announced=True)


def apply_after(past: Past, statement: Statement) -> None:
    """The same for one statement about the object whose past was read before it was stored."""
    deed = deed_of(statement)
    if deed.verb != SEEN and deed.verb not in ACTIVITY_VERBS:
        return
    if past.held is None:
        _apply_enrolments({past.pair: [deed]})
    elif past.held.enrolled and (moved := _moved(past.held.enrolled, [deed])):
        write_enrolments([(past.pair, moved)])
    definitions = {deed.object_id: past.definitions} if past.definitions else {}
    parts, tries = fold_parts([*past.deeds, deed], definitions)
    write_tries((past.pair, place, item) for place, item in tries.items())
    if parts:
        apply_wholes({past.pair: parts}, past.requirements(deed), held=past.held)


def _moved(so_far: Enrolled, deeds: Sequence[Deed]) -> Enrolled | None:
    """The enrolment after these deeds, if they move it."""
    if not any(deed.verb in ACTIVE_VERBS for deed in deeds):
        return None
    enrolled = fold_enrolment(deeds, so_far)
    return enrolled if enrolled != so_far else None


def _lock_learners(learner_ids: Collection[UUID], *, skip: bool) -> Collection[UUID]:
    """Those known here, locked: two machines may send one learner's facts at the same time."""
    if not learner_ids or (skip and not connection.features.has_select_for_update):
        return learner_ids
    learners = Learner.objects.select_for_update().filter(pk__in=learner_ids)
    return set(learners.order_by("pk").values_list("pk", flat=True))


def _apply_enrolments(fresh: dict[Pair, list[Deed]]) -> set[Pair]:
    """Move the enrolments; return the pairs that begin now, which need all their past."""
    active = {
        pair: deeds
        for pair, deeds in fresh.items()
        if any(deed.verb in ACTIVE_VERBS for deed in deeds)
    }
    if not active:
        return set()
    so_far = _load_enrolments(active)
    moved = []
    for pair, deeds in active.items():
        if pair in so_far and (enrolled := _moved(so_far[pair], deeds)):
            moved.append((pair, enrolled))
    write_enrolments(moved)
    return {
        pair
        for pair, deeds in active.items()
        if pair not in so_far and any(deed.verb == "registered" for deed in deeds)
    }


def _apply_parts(fresh: dict[Pair, list[Deed]], people: People) -> None:
    told = _whole_story(fresh, people)
    definitions = load_definitions(
        {d.object_id for deeds in told.values() for d in deeds if d.verb in ACTIVITY_VERBS}
    )
    parts: dict[Pair, dict[Key, Done]] = {}
    tries: list[tuple[Pair, tuple[UUID, UUID], Try]] = []
    for pair, deeds in told.items():
        parts[pair], its_tries = fold_parts(deeds, definitions)
        tries += [(pair, place, item) for place, item in its_tries.items()]
    write_tries(tries)
    reached = {pair: done for pair, done in parts.items() if done}
    if reached:
        apply_wholes(reached, RequirementsOf(list(reached)))


def _whole_story(fresh: dict[Pair, list[Deed]], people: People) -> dict[Pair, list[Deed]]:
    """Lessons seen now, and all there ever was about the activities touched now."""
    told = {pair: [deed for deed in deeds if deed.verb == SEEN] for pair, deeds in fresh.items()}
    touched = {
        (pair, deed.object_id)
        for pair, deeds in fresh.items()
        for deed in deeds
        if deed.verb in ACTIVITY_VERBS
    }
    if touched:
        statements = Statement.objects.filter(
            learner_id__in=people.ids({pair[0] for pair, _ in touched}),
            object_id__in={activity_id for _, activity_id in touched},
        )
        for told_by, deed in read_deeds(statements, up_to_v=KNOWN_V):
            pair = people.pair(told_by)
            if (pair, deed.object_id) in touched and deed.verb in ACTIVITY_VERBS:
                told[pair].append(deed)
    return told


def derive(pairs: Iterable[Pair], *, announced: bool = False) -> int:
    """Make the derived rows of these learners and courses what the statements say.

    Returns how many rows had to change. A pair whose learner is not known here is passed over.
    """
    return sum(_derive_chunk(chunk, announced=announced) for chunk in _chunks(pairs))


def count_differences(pairs: Iterable[Pair]) -> int:
    """How many derived rows are not what the statements say; changes nothing."""
    return sum(_derive_chunk(chunk, announced=False, write=False) for chunk in _chunks(pairs))


def _chunks(pairs: Iterable[Pair]) -> Iterable[list[Pair]]:
    people = load_people()  # the other id's rows go where the person's come
    remaining = iter(dict.fromkeys(p for pair in pairs for p in (pair, people.pair(pair))))
    while some := list(islice(remaining, CHUNK)):
        told = count_facts(some) if len(some) > 1 else {}
        chunk, facts = list[Pair](), 0
        for pair in some:
            facts += told.get(pair, 0)
            if chunk and facts > FACTS:
                yield chunk
                chunk, facts = [], told.get(pair, 0)
            chunk.append(pair)
        yield chunk


@transaction.atomic
def _derive_chunk(pairs: Sequence[Pair], *, announced: bool, write: bool = True) -> int:
    present = _lock_learners({learner_id for learner_id, _ in pairs}, skip=False)
    pairs = [pair for pair in pairs if pair[0] in present]
    expected = figures_of(pairs)
    stored = _stored_figures(pairs)
    differences = 0
    for pair in pairs:
        differences += _count_changes(expected[pair], stored[pair])
    if write and differences:
        for pair in pairs:
            _remove_unfounded(pair, expected[pair], stored[pair])
        _write_changes(expected, stored)
    if write and announced:
        for pair in pairs:
            done, held = expected[pair].done, stored[pair].done
            announce(pair, {key: item for key, item in done.items() if key not in held})
    return differences


def figures_of(pairs: Sequence[Pair]) -> dict[Pair, Figures]:
    """The conclusions for each pair, worked out from all statements of the person.

    None for a pair that is not the person's own, but another id's.
    """
    people = load_people()
    told: dict[Pair, list[Deed]] = {pair: [] for pair in pairs}
    statements = Statement.objects.filter(
        learner_id__in=people.ids({learner_id for learner_id, _ in pairs}),
        course_id__in={course_id for _, course_id in pairs},
    )
    for told_by, deed in read_deeds(statements, up_to_v=KNOWN_V):
        if (pair := people.pair(told_by)) in told:
            told[pair].append(deed)
    definitions = load_definitions(
        {d.object_id for deeds in told.values() for d in deeds if d.verb in ACTIVITY_VERBS}
    )
    requirements = RequirementsOf(pairs)
    return {
        pair: fold(deeds, definitions=definitions, requirements=requirements[pair])
        for pair, deeds in told.items()
    }


def _load_enrolments(pairs: Iterable[Pair]) -> dict[Pair, Enrolled]:
    listed = set(pairs)
    rows = Enrolment.objects.filter(
        learner_id__in={pair[0] for pair in listed}, course_id__in={pair[1] for pair in listed}
    )
    return {
        (row.learner_id, row.course_id): Enrolled(
            **{name: getattr(row, name) for name in ENROLMENT}
        )
        for row in rows
        if (row.learner_id, row.course_id) in listed
    }


def _stored_figures(pairs: Sequence[Pair]) -> dict[Pair, Figures]:
    tries: dict[Pair, dict[tuple[UUID, UUID], Try]] = {pair: {} for pair in pairs}
    done: dict[Pair, dict[Key, Done]] = {pair: {} for pair in pairs}
    bounds = {
        "learner_id__in": {pair[0] for pair in pairs},
        "course_id__in": {pair[1] for pair in pairs},
    }
    for attempt in Attempt.objects.filter(**bounds).order_by():
        if (pair := (attempt.learner_id, attempt.course_id)) in tries:
            tries[pair][attempt.activity_id, attempt.attempt_id] = Try(
                **{name: getattr(attempt, name) for name in ATTEMPT}
            )
    for row in Completion.objects.filter(**bounds).order_by():
        if (pair := (row.learner_id, row.course_id)) in done:
            done[pair][row.kind, row.object_id] = Done(
                **{name: getattr(row, name) for name in COMPLETION}
            )
    enrolled = _load_enrolments(pairs)
    return {
        pair: Figures(enrolled=enrolled.get(pair), tries=tries[pair], done=done[pair])
        for pair in pairs
    }


def _count_changes(expected: Figures, stored: Figures) -> int:
    count = int(expected.enrolled != stored.enrolled)
    for now, before in ((expected.tries, stored.tries), (expected.done, stored.done)):
        count += sum(now.get(key) != before.get(key) for key in {*now, *before})
    return count


def _remove_unfounded(pair: Pair, expected: Figures, stored: Figures) -> None:
    """Rows no statement stands behind: left by a fault, or by a catalogue since corrected."""
    learner_id, course_id = pair
    if stored.enrolled and not expected.enrolled:
        Enrolment.objects.filter(learner_id=learner_id, course_id=course_id).delete()
    for activity_id, attempt_id in stored.tries.keys() - expected.tries.keys():
        Attempt.objects.filter(
            learner_id=learner_id,
            course_id=course_id,
            activity_id=activity_id,
            attempt_id=attempt_id,
        ).delete()
    for kind, object_id in stored.done.keys() - expected.done.keys():
        Completion.objects.filter(
            learner_id=learner_id, course_id=course_id, kind=kind, object_id=object_id
        ).delete()


def _write_changes(expected: dict[Pair, Figures], stored: dict[Pair, Figures]) -> None:
    write_enrolments(
        (pair, item.enrolled)
        for pair, item in expected.items()
        if item.enrolled and item.enrolled != stored[pair].enrolled
    )
    write_tries(
        (pair, place, item)
        for pair, figures in expected.items()
        for place, item in figures.tries.items()
        if item != stored[pair].tries.get(place)
    )
    write_completions(
        (pair, key, item)
        for pair, figures in expected.items()
        for key, item in figures.done.items()
        if item != stored[pair].done.get(key)
    )

"""At the centre: the whole lists that go down to one telecentre, each with a version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.fact import canonical_text
from lms.models import Cohort, Learner, Organisation, Telecentre
from lms.notices import notices_document
from lms.people.aliasing import groups_said
from offline_pack.forgetting import erased_at, note_who_leaves
from offline_pack.models import Pack, QuarantinedFact, Snapshot, SnapshotKind
from offline_pack.offering import packs_on_offer
from offline_pack.trust.chain import chain_document, held_chain
from offline_pack.trust.issuing import own_trust

DIGEST_CHARS = 32
SHARE = 32 * 1024  # characters of snapshots that one answer carries: 1 or 2 s at 64 kbit/s
Have = Mapping[str, tuple[int, str]]  # kind -> version and digest at the telecentre


def news_for(
    telecentre: Telecentre, have: Have, *, skip: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The snapshots that differ from what the telecentre says it has, in the order of use.

    ``skip`` are the kinds that it was sent a moment ago, used or not. Who was never sent a notice
    is not told that there is none.
    """
    documents: dict[str, Callable[[], dict[str, Any]]] = {
        SnapshotKind.TRUST: trust_document,
        SnapshotKind.ROSTER: partial(roster_document, telecentre),
        SnapshotKind.PACKS: packs_document,
        SnapshotKind.NOTICES: partial(notices_document, telecentre),
    }
    news = (
        _newer(telecentre, str(kind), document, have.get(str(kind), (0, "")))
        for kind, make in documents.items()
        if kind not in skip
        for document in [make()]
        if kind != SnapshotKind.NOTICES or document["notices"] or kind in have
    )
    return [snapshot for snapshot in news if snapshot]


def share_of(news: Sequence[dict[str, Any]], *, is_alone: bool) -> list[dict[str, Any]]:
    """The first of them, as far as one answer goes; at least one when it ``is_alone`` in it."""
    share: list[dict[str, Any]] = []
    room = SHARE
    for snapshot in news:
        room -= len(canonical_text(snapshot))
        if room < 0 and (share or not is_alone):
            break
        share.append(snapshot)
    return share


def digest_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_text(document).encode()).hexdigest()[:DIGEST_CHARS]


@transaction.atomic
def _newer(
    telecentre: Telecentre, kind: str, document: dict[str, Any], held: tuple[int, str]
) -> dict[str, Any] | None:
    """Give the list a version above every one sent and held, and keep what is sent."""
    digest = digest_of(document)
    version, held_digest = held
    if digest == held_digest:
        return None
    rows = Snapshot.objects.select_for_update()
    sent = rows.filter(telecentre=telecentre, kind=kind).first()
    # The telecentre may have one we forgot: this centre was put back from an old copy.
    if sent is None or sent.digest != digest or sent.version <= version:
        if sent and kind == SnapshotKind.ROSTER:
            note_who_leaves(telecentre, sent.document, document)
        sent, _created = Snapshot.objects.update_or_create(
            telecentre=telecentre,
            kind=kind,
            defaults={
                "version": max(sent.version if sent else 0, version) + 1,
                "digest": digest,
                "document": document,
            },
        )
    return {"kind": kind, "version": sent.version, "digest": digest, "document": document}


def roster_document(telecentre: Telecentre) -> dict[str, Any]:
    """Who learns at this telecentre, and in which groups; no PIN, no account."""
    learners = list(Learner.objects.of_telecentre(telecentre.pk).order_by("pk"))
    cohorts = Cohort.objects.filter(telecentre=telecentre).order_by("pk")
    organisations = Organisation.objects.filter(learners__telecentre=telecentre)
    return {
        "telecentre": telecentre_document(telecentre),
        "organisations": [
            {"id": row.pk.hex, "name": row.name, "region": row.region}
            for row in organisations.order_by("pk").distinct()
        ],
        "learners": [_learner(row) for row in learners],
        "cohorts": [_cohort(row) for row in cohorts.prefetch_related("learners", "courses")],
        "aliases": _aliases({row.pk for row in learners}),
        "erased": erased_at(telecentre),
        "set_aside": _set_aside(telecentre),
    }


def _aliases(ids: set[UUID]) -> list[list[str]]:
    """All ids of each person who has one here and several in all; the one shown comes first."""
    return [[key.hex for key in group] for group in groups_said() if not ids.isdisjoint(group)]


def _set_aside(telecentre: Telecentre) -> list[str]:
    """Learners made there whom nobody here knows yet: that they were made waits in quarantine."""
    waiting = QuarantinedFact.objects.waiting().filter(
        epoch__device__telecentre=telecentre, epoch__device__stolen_at=None
    )
    told = {
        learner
        for learner in waiting.order_by().values_list("learner_id", flat=True).distinct()
        if learner
    }
    known = Learner.objects.filter(pk__in=told).values_list("pk", flat=True)
    return sorted(learner_id.hex for learner_id in told.difference(known))


def telecentre_document(telecentre: Telecentre) -> dict[str, Any]:
    return {
        "id": telecentre.pk.hex,
        "slug": telecentre.slug,
        "name": telecentre.name,
        "place": telecentre.place,
        "region": telecentre.region,
    }


def packs_document() -> dict[str, Any]:
    """What is offered, and what no more."""
    return {
        "packs": packs_on_offer(),
        "withdrawn": [
            {"course": course.hex, "version": version} for course, version in _withdrawn()
        ],
        "retired": [course.hex for course in _retired()],
    }


def trust_document() -> dict[str, Any]:
    """The trust file, as it also travels on a stick; each document signed by itself."""
    own_trust()
    return chain_document(held_chain())


def _withdrawn() -> list[tuple[UUID, int]]:
    gone = Pack.objects.exclude(withdrawn_at=None).order_by("course_id", "version")
    return list(gone.values_list("course_id", "version").distinct())


def _retired() -> list[UUID]:
    """Courses that telecentres may have and that are taught no more."""
    gone = Pack.objects.exclude(course__retired_at=None).order_by("course_id")
    return list(gone.values_list("course_id", flat=True).distinct())


def _learner(row: Learner) -> dict[str, Any]:
    return {
        "id": row.pk.hex,
        "name": row.name,
        "organisation": row.organisation_id.hex if row.organisation_id else "",
        "sex": row.sex,
        "birth_year": row.birth_year,
        "region": row.region,
        "language": row.language,
        "left": row.retired_at is not None,
    }


def _cohort(row: Cohort) -> dict[str, Any]:
    return {
        "id": row.pk.hex,
        "name": row.name,
        "starts_on": row.starts_on.isoformat() if row.starts_on else "",
        "closed": row.closed_at is not None,
        "learners": sorted(
            learner.pk.hex
            for learner in row.learners.all()
            if learner.telecentre_id == row.telecentre_id  # else they moved, and left the group
        ),
        "courses": sorted(course.course_id.hex for course in row.courses.all()),
    }

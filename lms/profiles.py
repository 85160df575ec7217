"""What is told of a learner to another machine: a small document without credentials."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from lms.fact import Fact
from lms.models import Learner, Organisation, Verb
from lms.models.learner import Sex
from lms.statement_body import is_id

YEARS = range(1900, 2101)


def profile_of(learner: Learner) -> dict[str, Any]:
    """The body of a ``learner_created`` statement, under ``profile``."""
    return {
        "name": learner.name,
        "sex": learner.sex,
        "birth_year": learner.birth_year,
        "region": learner.region,
        "language": learner.language,
        "organisation": str(learner.organisation_id or ""),
    }


def receive_learners(facts: Iterable[Fact], *, telecentre_id: UUID | None) -> set[UUID]:
    """Make known the learners whose creation arrives; return the ids of those new here.

    A learner known already stays as they are: what the centre holds is newer than their first
    day. A fact from a device of no telecentre makes nobody.
    """
    profiles = {
        fact.object_id: profile
        for fact in facts
        if fact.verb == Verb.LEARNER_CREATED and (profile := _profile(fact))
    }
    if not profiles or telecentre_id is None:
        return set()
    known = set(Learner.objects.filter(pk__in=profiles).values_list("pk", flat=True))
    named = {UUID(p["organisation"]) for p in profiles.values() if is_id(p.get("organisation"))}
    organisations = set(
        Organisation.objects.filter(pk__in=named).values_list("pk", flat=True) if named else ()
    )
    fresh = [
        _learner(learner_id, profile, telecentre_id=telecentre_id, organisations=organisations)
        for learner_id, profile in profiles.items()
        if learner_id not in known
    ]
    Learner.objects.bulk_create(fresh, ignore_conflicts=True)
    return {learner.pk for learner in fresh}


def _profile(fact: Fact) -> Mapping[str, Any]:
    body = json.loads(fact.body_json)
    profile = body.get("profile") if isinstance(body, dict) else None
    return profile if isinstance(profile, dict) and _text(profile, "name", 120) else {}


def _learner(
    learner_id: UUID,
    profile: Mapping[str, Any],
    *,
    telecentre_id: UUID,
    organisations: set[UUID],
) -> Learner:
    year, sex = profile.get("birth_year"), profile.get("sex")
    organisation = profile.get("organisation")
    organisation_id = UUID(organisation) if is_id(organisation) else None
    return Learner(
        id=learner_id,
        telecentre_id=telecentre_id,
        organisation_id=organisation_id if organisation_id in organisations else None,
        name=_text(profile, "name", 120),
        sex=sex if sex in Sex.values else "",
        birth_year=year if isinstance(year, int) and year in YEARS else None,
        region=_text(profile, "region", 80),
        language=_text(profile, "language", 12) or "fr",
    )


def _text(profile: Mapping[str, Any], name: str, longest: int) -> str:
    """A short text without NUL or lone surrogates, which no database keeps."""
    value = profile.get(name)
    if not isinstance(value, str):
        return ""
    clean = value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    return clean.strip()[:longest]

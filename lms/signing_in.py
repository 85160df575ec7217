"""Finding oneself at a telecentre's door: groups, then names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from lms.models import Cohort, Device, Learner
from lms.models.learner import LearnerQuerySet


def telecentre_here() -> UUID | None:
    """The telecentre this machine stands in; None before it was paired."""
    here = Device.objects.filter(is_self=True).values_list("telecentre_id", flat=True).first()
    return here if isinstance(here, UUID) else None


def learners_here() -> LearnerQuerySet:
    here = telecentre_here()
    learners = Learner.objects.active()
    return learners.persons_at(here) if here else learners


def groups_here() -> QuerySet[Cohort]:
    """Open groups that have somebody in them, with ``people``: how many."""
    here = telecentre_here()
    groups = Cohort.objects.filter(closed_at=None)
    if here:
        groups = groups.filter(telecentre=here)
    person = Coalesce("learners__same_as_id", "learners__id")
    people = Count(person, filter=Q(learners__retired_at=None), distinct=True)
    return groups.annotate(people=people).filter(people__gt=0)


def first_letters(names: Iterable[str]) -> list[str]:
    """The letters names begin with, accents aside, in order."""
    return sorted({letter for name in names if (letter := first_letter(name))})


def first_letter(name: str) -> str:
    """É counts as E."""
    bare = unicodedata.normalize("NFKD", name.strip())[:1].upper()
    return bare if bare.isalpha() else ""


def folded(text: str) -> str:
    """Without accents and capitals, for looking names up as people type them."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())

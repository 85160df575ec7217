"""At a telecentre: the people and groups the centre lists. Nobody is deleted; some are erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lms.models import Cohort, CohortCourse, Learner, Organisation, Statement, Telecentre, Verb
from lms.models.learner import Sex
from lms.people.aliasing import persons_of, show_as_one
from lms.people.erasing import erase, erased_among
from offline_pack.models import CentreLink
from offline_pack.sync.errors import EmptyRosterError

Document = Mapping[str, Any]
_PROFILE = ("name", "organisation_id", "sex", "birth_year", "region", "language", "retired_at")


@transaction.atomic
def apply_roster(
    document: Document, *, link: CentreLink, before: Document, accept_empty: bool
) -> None:
    """Make learners and groups here what the roster says; PINs and facts stay.

    ``before`` is the roster applied last: who was on it and is not on this one has left. Raises
    ``EmptyRosterError`` when nobody is left on it, unless ``accept_empty``.
    """
    listed = document.get("learners", [])
    earlier = before.get("learners", [])
    if earlier and not listed and not accept_empty:
        raise EmptyRosterError(held=len(earlier))
    telecentre = link.telecentre
    update_telecentre(telecentre, document.get("telecentre", {}))
    erase({UUID(item["id"]): str(item["name"])[:120] for item in document.get("erased", [])})
    _keep_organisations(_changed(document, before, "organisations"))
    _keep_learners(_changed(document, before, "learners"), telecentre=telecentre)
    _retire(document, earlier=_ids(earlier), telecentre=telecentre)
    _keep_cohorts(_changed(document, before, "cohorts"), telecentre=telecentre)
    gone = _ids(before.get("cohorts", [])) - _ids(document.get("cohorts", []))
    Cohort.objects.filter(pk__in=gone, closed_at=None).update(closed_at=timezone.now())
    members = Cohort.learners.through
    _keep_links(members, "learner_id", was=_members(before), now=_members(document))
    was, now = _links(before, "courses"), _links(document, "courses")
    _keep_links(CohortCourse, "course_id", was=was, now=now)
    groups = ([UUID(key) for key in group] for group in document.get("aliases", []))
    show_as_one(persons_of(groups))


def update_telecentre(telecentre: Telecentre, document: Document) -> None:
    names = ("slug", "name", "place", "region")
    fresh = {name: str(document[name]) for name in names if name in document}
    others = Telecentre.objects.exclude(pk=telecentre.pk)
    if others.filter(slug=fresh.get("slug")).exists():
        del fresh["slug"]
    if fresh:
        Telecentre.objects.filter(pk=telecentre.pk).update(**fresh)


def _changed(document: Document, before: Document, name: str) -> list[Document]:
    """What the centre says anew: what stays as it was does not undo an edit made here."""
    earlier = {item["id"]: item for item in before.get(name, [])}
    return [item for item in document.get(name, []) if earlier.get(item["id"]) != item]


def _keep_organisations(listed: Iterable[Document]) -> None:
    Organisation.objects.bulk_create(
        [
            Organisation(
                id=UUID(item["id"]), name=item["name"][:160], region=item.get("region", "")[:80]
            )
            for item in listed
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "region"],
    )


def _keep_learners(listed: Iterable[Document], *, telecentre: Telecentre) -> None:
    items = list(listed)
    erased = erased_among([UUID(item["id"]) for item in items])
    rows = [_learner(_without_profile(item, erased), telecentre=telecentre) for item in items]
    known = dict(
        Learner.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "retired_at")
    )
    for row in rows:
        if row.retired_at and known.get(row.pk):
            row.retired_at = known[row.pk]  # they left when we were first told
    Learner.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*_PROFILE, "telecentre_id"],
    )


def _without_profile(item: Document, erased: Mapping[UUID, str]) -> Document:
    """A list made before somebody was erased, or from an old copy, does not bring them back."""
    pseudonym = erased.get(UUID(item["id"]))
    blank = {"id": item["id"], "name": pseudonym, "language": "", "left": True}
    return blank if pseudonym else item


def _learner(item: Document, *, telecentre: Telecentre) -> Learner:
    sex, year = item.get("sex", ""), item.get("birth_year")
    organisation = item.get("organisation", "")
    return Learner(
        id=UUID(item["id"]),
        name=str(item["name"])[:120],
        telecentre=telecentre,
        organisation_id=UUID(organisation) if organisation else None,
        sex=sex if sex in Sex.values else "",
        birth_year=year if isinstance(year, int) else None,
        region=str(item.get("region", ""))[:80],
        language=str(item.get("language", "fr"))[:12],
        retired_at=timezone.now() if item.get("left") else None,
    )


def _retire(document: Document, *, earlier: set[UUID], telecentre: Telecentre) -> None:
    """Those who are on the roster no more; somebody made here meanwhile was never on it.

    Who was made here and told of belongs on it: else they moved before it first came down.
    """
    missing = _missing(document, telecentre)
    made_here = Statement.objects.filter(
        epoch__device__is_self=True, verb=Verb.LEARNER_CREATED, object_id__in=missing
    )
    waiting = set(
        made_here.filter(sequence__gt=F("epoch__acknowledged")).values_list("object_id", flat=True)
    )
    known = earlier | set(made_here.values_list("object_id", flat=True)) - _set_aside(document)
    gone = Learner.objects.filter(pk__in=missing & known - waiting)
    gone.update(retired_at=timezone.now())


def unlisted(document: Document, *, telecentre: Telecentre) -> set[UUID]:
    """Learners made here and told of, who are on no list: they moved before any came down."""
    missing = _missing(document, telecentre) - _set_aside(document)
    told = Statement.objects.filter(
        epoch__device__is_self=True,
        verb=Verb.LEARNER_CREATED,
        object_id__in=missing,
        sequence__lte=F("epoch__acknowledged"),
    )
    return set(told.values_list("object_id", flat=True))


def _missing(document: Document, telecentre: Telecentre) -> set[UUID]:
    """Learners here who are not on the list."""
    active = Learner.objects.filter(retired_at=None).of_telecentre(telecentre.pk)
    return set(active.values_list("pk", flat=True)) - _ids(document.get("learners", []))


def _set_aside(document: Document) -> set[UUID]:
    """Made here, and unknown to the centre until it uses what it set aside."""
    return {UUID(key) for key in document.get("set_aside", [])}


def _keep_cohorts(listed: Iterable[Document], *, telecentre: Telecentre) -> None:
    now = timezone.now()
    Cohort.objects.bulk_create(
        [
            Cohort(
                id=UUID(item["id"]),
                name=str(item["name"])[:120],
                telecentre=telecentre,
                starts_on=date.fromisoformat(item["starts_on"]) if item.get("starts_on") else None,
                closed_at=now if item.get("closed") else None,
            )
            for item in listed
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "starts_on", "closed_at"],
    )


def _links(document: Document, name: str) -> set[tuple[UUID, UUID]]:
    return {
        (UUID(item["id"]), UUID(linked))
        for item in document.get("cohorts", [])
        for linked in item.get(name, [])
    }


def _members(document: Document) -> set[tuple[UUID, UUID]]:
    """Somebody in a group who is not on the roster moved away, and is nobody here."""
    listed = _ids(document.get("learners", []))
    return {link for link in _links(document, "learners") if link[1] in listed}


def _keep_links(
    model: Any, other: str, *, was: set[tuple[UUID, UUID]], now: set[tuple[UUID, UUID]]
) -> None:
    """Tie and untie what the centre changed; a tie made here, which it never heard of, stays."""
    rows = model.objects.filter(cohort_id__in={cohort for cohort, _linked in was - now})
    loose = [
        pk
        for pk, cohort, linked in rows.values_list("pk", "cohort_id", other)
        if (cohort, linked) in was - now
    ]
    model.objects.filter(pk__in=loose).delete()
    model.objects.bulk_create(
        [model(**{"cohort_id": cohort, other: linked}) for cohort, linked in sorted(now - was)],
        ignore_conflicts=True,
    )


def _ids(listed: Iterable[Document]) -> set[UUID]:
    return {UUID(item["id"]) for item in listed}

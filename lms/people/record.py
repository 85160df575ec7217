"""All that is held about one person, for them to have: one document, and the facts as a table.

``register_holder`` is for apps above that keep something about a person under an id of theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from lms.models import (
    ActivityState,
    Alias,
    Attempt,
    Cohort,
    Completion,
    Enrolment,
    Learner,
    Statement,
)
from lms.models.learner import rows_of
from lms.spreadsheet import csv_lines

Holder = Callable[[Collection[UUID]], list[dict[str, Any]]]

_holders: dict[str, Holder] = {}
_SECRET = ("pin_hash", "password")  # of no use to the person, and of use to a thief
_DERIVED: dict[str, type[Model]] = {
    "enrolments": Enrolment,
    "attempts": Attempt,
    "completions": Completion,
    "activity_states": ActivityState,
}


def register_holder(name: str, holder: Holder) -> None:
    """``holder`` is given the person's ids; what it returns stands under ``name``."""
    _holders[name] = holder


def ids_of(person: Learner) -> list[UUID]:
    return sorted(rows_of(person.person_id).values_list("pk", flat=True))


def record_json(person: Learner) -> str:
    ids = ids_of(person)
    rows = Learner.objects.filter(pk__in=ids).select_related("telecentre", "organisation", "user")
    document: dict[str, Any] = {
        "learners": [_profile(row) for row in rows.order_by("pk")],
        "groups": _values(Cohort.objects.filter(learners__in=ids).distinct()),
        "aliases": _values(
            Alias.objects.filter(one__in=ids) | Alias.objects.filter(other__in=ids)
        ),
        "statements": [
            row.fact().to_wire() | {"occurred_at": row.occurred_at, "received_at": row.received_at}
            for row in _told(ids)
        ],
    }
    for name, model in _DERIVED.items():
        document[name] = _values(model._default_manager.filter(learner__in=ids))
    for name, holder in _holders.items():
        document[name] = holder(ids)
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def record_csv(person: Learner) -> Iterator[str]:
    """The facts, one a line, as they were told."""
    header = [_("Learner number"), _("When"), _("What"), _("About"), _("Course"), _("Version")]
    rows = (
        [
            row.learner_id,
            row.occurred_at,
            row.verb,
            row.object_id,
            row.course_id,
            row.course_version,
            row.body_json,
        ]
        for row in _told(ids_of(person)).iterator(500)
    )
    return csv_lines([*header, _("Details")], rows)


def _told(ids: Collection[UUID]) -> QuerySet[Statement]:
    told = Statement.objects.filter(learner_id__in=ids)
    return told.order_by("occurred_at", "epoch_id", "sequence")


def _profile(row: Learner) -> dict[str, Any]:
    values = _values(Learner.objects.filter(pk=row.pk))[0]
    return values | {
        "telecentre": row.telecentre.name,
        "organisation": row.organisation.name if row.organisation else "",
        "account": row.user.get_username() if row.user else "",
        "has_pin": bool(row.pin_hash),
    }


def _values(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if key not in _SECRET}
        for row in rows.order_by("pk").values()
    ]

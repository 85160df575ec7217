"""Forgetting who somebody was. What they did stays, under an id that names nobody.

At the centre a person asks for it; at a telecentre the roster does. The row of ``Erasure`` is the
tombstone: whatever comes later about the learner, from an old roster or an old copy of a database,
does not bring them back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.fact import canonical_text
from lms.models import ActivityState, Cohort, Erasure, Learner, Statement, Verb
from lms.models.learner import rows_of
from lms.signals import people_erased

DIGITS = 4  # of the id, in a pseudonym: the random end of it


def pseudonym_of(learner_id: UUID) -> str:
    return _("Erased person %(number)s") % {"number": learner_id.hex[-DIGITS:]}


@transaction.atomic
def erase_person(person: Learner, *, by: AbstractBaseUser | None) -> list[UUID]:
    """At the centre: forget them under every id of theirs; returns these ids."""
    ids = sorted(rows_of(person.person_id).values_list("pk", flat=True))
    erase({key: pseudonym_of(key) for key in ids}, by=by)
    return ids


@transaction.atomic
def erase(pseudonyms: Mapping[UUID, str], *, by: AbstractBaseUser | None = None) -> None:
    """Forget these learners; those not known here as well, should they come later.

    Name, profile, groups, account and PIN go; statements stay, without the profile that one of
    them may hold. Doing it twice changes nothing.
    """
    list(Learner.objects.select_for_update().filter(pk__in=pseudonyms).order_by("pk"))
    Erasure.objects.bulk_create(
        [
            Erasure(learner_id=key, pseudonym=name, erased_by_id=by.pk if by else None)
            for key, name in pseudonyms.items()
        ],
        ignore_conflicts=True,
    )
    accounts = _remove_accounts(pseudonyms)
    for key, name in pseudonyms.items():
        _blank(key, name)
    ActivityState.objects.filter(learner__in=pseudonyms).delete()
    Cohort.learners.through._default_manager.filter(learner__in=pseudonyms).delete()
    for told in Statement.objects.filter(object_id__in=pseudonyms, verb=Verb.LEARNER_CREATED):
        # The chain hash stays that of the bytes that were sent: it says nothing of a name.
        body = body_without_profile(pseudonyms[told.object_id])
        Statement.objects.filter(pk=told.pk).update(body_json=body)
    people_erased.send(sender=Erasure, learner_ids=frozenset(pseudonyms), accounts=accounts)


def erased_among(learner_ids: Collection[UUID]) -> dict[UUID, str]:
    """Those who were erased, with their pseudonyms."""
    found = Erasure.objects.filter(pk__in=learner_ids)
    return dict(found.values_list("learner_id", "pseudonym"))


def body_without_profile(pseudonym: str) -> str:
    return canonical_text({"profile": {"name": pseudonym}})


def line_without_profile(line: bytes, pseudonym: str) -> bytes:
    """A line of a batch as it may be kept: the same, but for what it says of who they are."""
    try:
        document = json.loads(line)
        if "profile" not in document["x"]:
            return line
        document["x"] = {"profile": {"name": pseudonym}}
        return canonical_text(document).encode("ascii")
    except (KeyError, TypeError, ValueError, RecursionError):
        return line


def _blank(learner_id: UUID, pseudonym: str) -> None:
    known = Learner.objects.filter(pk=learner_id)
    known.filter(retired_at=None).update(retired_at=timezone.now())
    known.update(
        name=pseudonym,
        organisation=None,
        sex="",
        birth_year=None,
        region="",
        language="",
        pin_hash="",
        pin_failures=0,
        pin_blocked_until=None,
    )


def _remove_accounts(learner_ids: Collection[UUID]) -> dict[Any, str]:
    """An account that was for learning goes; one of staff stays, and is nobody's learner.

    Returns the user names of those that went.
    """
    accounts = get_user_model()._default_manager.filter(learner__in=learner_ids)
    learning = accounts.filter(is_staff=False, is_superuser=False, staff_profile=None)
    gone = {user.pk: user.get_username() for user in learning}
    learning.delete()
    Learner.objects.filter(pk__in=learner_ids).update(user=None)
    return gone

"""The demo's telecentres, groups, learners and accounts, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction

from cms.demo_loading.identity import demo_id
from cms.demo_loading.people import PLACES, Person, Place, SignIn
from lms.models import (
    Cohort,
    CohortCourse,
    Learner,
    Organisation,
    Role,
    StaffProfile,
    Telecentre,
)


@transaction.atomic
def load_network(*, courses: Iterable[UUID]) -> None:
    """Make the telecentres, their learners and their groups, which follow ``courses``."""
    for place in PLACES:
        telecentre, _created = Telecentre.objects.update_or_create(
            pk=demo_id("telecentre", place.slug),
            defaults={
                "slug": place.slug,
                "name": place.name,
                "place": place.place,
                "region": place.region,
            },
        )
        learners = [_learner(person, telecentre) for person in place.learners]
        _group(place, telecentre, learners, courses)


def ensure_user(sign_in: SignIn, **fields: Any) -> User:
    """The account, with the demo's password even if someone changed it."""
    first_name, _, last_name = sign_in.name.partition(" ")
    user, _created = get_user_model().objects.update_or_create(
        username=sign_in.username,
        defaults={"first_name": first_name, "last_name": last_name, **fields},
    )
    if not user.check_password(sign_in.password):
        user.set_password(sign_in.password)
        user.save()
    return user


def ensure_role(user: User, role: Role, *, telecentre: Telecentre | None = None) -> None:
    StaffProfile.objects.update_or_create(
        user=user, defaults={"role": role, "telecentre": telecentre}
    )


def give_account(user: User, *, learner_name: str) -> None:
    """Let the demo learner of that name sign in at the centre."""
    Learner.objects.filter(name=learner_name, pk__in=_learner_ids()).update(user=user)


def demo_learners() -> list[Learner]:
    """Those known on this machine."""
    return list(Learner.objects.active().filter(pk__in=_learner_ids()))


def _learner_ids() -> list[UUID]:
    return [_learner_id(place.slug, person) for place in PLACES for person in place.learners]


def _learner_id(slug: str, person: Person) -> UUID:
    return demo_id("learner", slug, person.name)


def _learner(person: Person, telecentre: Telecentre) -> Learner:
    learner, _created = Learner.objects.update_or_create(
        pk=_learner_id(telecentre.slug, person),
        defaults={
            "name": person.name,
            "sex": person.sex,
            "birth_year": person.birth_year,
            "region": telecentre.region,
            "telecentre": telecentre,
            "organisation": _organisation(person.organisation),
        },
    )
    return learner


def _organisation(name: str) -> Organisation | None:
    if not name:
        return None
    organisation, _created = Organisation.objects.update_or_create(
        pk=demo_id("organisation", name), defaults={"name": name}
    )
    return organisation


def _group(
    place: Place, telecentre: Telecentre, learners: list[Learner], courses: Iterable[UUID]
) -> None:
    cohort, _created = Cohort.objects.update_or_create(
        pk=demo_id("cohort", place.slug),
        defaults={"name": place.group, "telecentre": telecentre},
    )
    cohort.learners.set(learners)
    for course_id in courses:
        CohortCourse.objects.get_or_create(cohort=cohort, course_id=course_id)

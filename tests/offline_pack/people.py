"""Users with each role, for pages that open to some of them."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User

from lms.models import Role, StaffProfile, Telecentre
from offline_pack.models import CentreLink


def user(name: str, *, role: Role | None = None, permission: str = "") -> User:
    """Somebody who can sign in; staff when a role is given."""
    person = User.objects.create_user(name)
    if role:
        telecentre = None
        if role == Role.MANAGER:
            telecentre = Telecentre.objects.get_or_create(
                slug="ouaga", defaults={"name": "Ouagadougou"}
            )[0]
        StaffProfile.objects.create(user=person, role=role, telecentre=telecentre)
    if permission:
        person.user_permissions.add(
            *Permission.objects.filter(
                codename__in=[permission, "access_admin"],
            )
        )
    return person


def pair_with_centre() -> CentreLink:
    """Make this installation a telecentre that knows where its centre is."""
    telecentre, _made = Telecentre.objects.get_or_create(
        slug="ouaga", defaults={"name": "Ouagadougou"}
    )
    return CentreLink.objects.create(
        address="http://centre.example", name="Centre", sync_key="0" * 64, telecentre=telecentre
    )

"""A telecentre's part of the demo: its manager, and PINs for the learners the centre sent."""

from __future__ import annotations

from dataclasses import dataclass

from cms.demo_loading import people
from cms.demo_loading.network import demo_learners, ensure_role, ensure_user
from lms.models import Device, Learner, Role, Telecentre
from lms.pins import set_pin


@dataclass(frozen=True, slots=True)
class LoadedTelecentre:
    learners: tuple[Learner, ...]  # empty until the centre's roster has arrived
    sign_ins: tuple[people.SignIn, ...]


def load_telecentre() -> LoadedTelecentre:
    """Make the manager, and give every demo learner known here the demo's PIN."""
    manager = ensure_user(people.MANAGER)
    ensure_role(manager, Role.MANAGER, telecentre=_here())
    learners = demo_learners()
    for learner in learners:
        set_pin(learner, people.PIN)
    return LoadedTelecentre(learners=tuple(learners), sign_ins=(people.MANAGER,))


def _here() -> Telecentre | None:
    """The telecentre this machine stands in; None before it is paired."""
    device = Device.objects.filter(is_self=True).select_related("telecentre").first()
    return device.telecentre if device else None

"""Who may do what: every answer is given here, and nowhere else.

A learner sees themselves. A manager sees their telecentre. A trainer, a coordinator and a
superuser see the network. A manager of no telecentre sees nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from lms.models import Cohort, Learner, Notice, Role, StaffProfile
from lms.models.learner import PERSON, LearnerQuerySet

if TYPE_CHECKING:
    from uuid import UUID

User = AbstractBaseUser | AnonymousUser
P = ParamSpec("P")
View = Callable[..., HttpResponseBase]

NETWORK_WIDE = frozenset({Role.TRAINER, Role.COORDINATOR})


def staff_profile(user: User) -> StaffProfile | None:
    """What the user may do besides learning; read once a request."""
    if not user.is_authenticated or not user.is_active:
        return None
    if not hasattr(user, "_yelen_profile"):
        profile = StaffProfile.objects.select_related("telecentre").filter(user_id=user.pk).first()
        user._yelen_profile = profile  # type: ignore[attr-defined]
    found: StaffProfile | None = user._yelen_profile  # type: ignore[attr-defined]
    return found


def staff_role(user: User) -> Role | None:
    """The user's role; a superuser's is a coordinator's."""
    if _is_superuser(user):
        return Role.COORDINATOR
    profile = staff_profile(user)
    return Role(profile.role) if profile and profile.role in Role.values else None


def telecentre_of(user: User) -> UUID | None:
    """The telecentre that bounds what a manager sees; None for all others."""
    if staff_role(user) != Role.MANAGER:
        return None
    profile = staff_profile(user)
    return profile.telecentre_id if profile else None


def visible_learners(user: User) -> LearnerQuerySet:
    """The persons whose records the user may read, each once."""
    role = staff_role(user)
    if role in NETWORK_WIDE:
        return Learner.objects.persons()
    if role == Role.MANAGER:
        return Learner.objects.persons_at(telecentre_of(user))
    if user.is_authenticated and user.is_active:
        own = Learner.objects.filter(user_id=user.pk)
        return Learner.objects.filter(pk__in=own.values(person=PERSON))
    return Learner.objects.none()


def visible_cohorts(user: User) -> QuerySet[Cohort]:
    """The groups whose records the user may read; a learner reads no group's."""
    role = staff_role(user)
    if role in NETWORK_WIDE:
        return Cohort.objects.all()
    if role == Role.MANAGER:
        return Cohort.objects.filter(telecentre=telecentre_of(user), telecentre__isnull=False)
    return Cohort.objects.none()


def can_see_reports(user: User) -> bool:
    return staff_role(user) is not None


def can_observe(user: User, learner: Learner) -> bool:
    """Whether the user may mark this learner's practicals; never one's own."""
    role = staff_role(user)
    if role is None or learner.user_id == user.pk:
        return False
    here = telecentre_of(user)
    return (
        role in NETWORK_WIDE
        or learner.telecentre_id == here
        or (here is not None and learner.rows().filter(telecentre=here).exists())
    )


def can_manage_learners(user: User) -> bool:
    return staff_role(user) in (Role.MANAGER, Role.COORDINATOR)


def can_manage_packs(user: User) -> bool:
    """Make packs at the centre, install them at a telecentre."""
    return staff_role(user) is not None


def can_sync(user: User) -> bool:
    return staff_role(user) in (Role.MANAGER, Role.COORDINATOR)


def can_edit_network(user: User, model: type[Model], action: str) -> bool:
    """Whether the user may view, add, change or delete such a thing at the centre.

    A coordinator edits the network, its people and who does what; a trainer, learners, their
    groups and notices. Learners leave, they are not deleted: what they did stays.
    """
    if model is Learner and action == "delete":
        return False
    role = staff_role(user)
    if role == Role.COORDINATOR:
        return True
    return role == Role.TRAINER and (action == "view" or model in (Learner, Cohort, Notice))


def can_merge_people(user: User) -> bool:
    """Whether the user may say that two learners are one person, or that they are not."""
    return staff_role(user) in NETWORK_WIDE


def can_erase_people(user: User) -> bool:
    """Whether the user may read all that is held about a person, and have it forgotten."""
    return staff_role(user) == Role.COORDINATOR


def can_manage_users(user: User) -> bool:
    """Whether the user may say which account is whose."""
    return staff_role(user) == Role.COORDINATOR


def only_reads(request: HttpRequest) -> bool:
    """Signed in, as nobody's learner: staff mostly. They read courses and follow none."""
    return bool(request.user.is_authenticated and not request.learner)  # type: ignore[attr-defined]


def staff_required(view: View) -> View:
    """Let staff in, whatever their role."""
    return _guarded(view, lambda request: staff_role(request.user) is not None)


def manager_required(view: View) -> View:
    """Let in who runs a telecentre: its manager, a coordinator."""
    return _guarded(view, lambda request: can_manage_learners(request.user))


def learner_required(view: View) -> View:
    """Let in who is signed in as a learner."""
    return _guarded(view, lambda request: bool(request.learner))  # type: ignore[attr-defined]


def _guarded(view: View, is_allowed: Callable[[HttpRequest], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_allowed(request):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated or request.learner:  # type: ignore[attr-defined]
            raise PermissionDenied
        return to_sign_in(request)

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send to the sign-in page, and back here afterwards."""
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('yelen_lms:sign_in')}?{query}")


def _is_superuser(user: User) -> bool:
    return bool(user.is_active and getattr(user, "is_superuser", False))

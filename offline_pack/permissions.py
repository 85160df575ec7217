"""Who makes packs at the centre, and who takes them back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from lms.models import Role
from lms.permissions import staff_role

MAKE = "yelen_offline_pack.add_pack"
WITHDRAW = "yelen_offline_pack.withdraw_pack"

User = AbstractUser | AnonymousUser
View = Callable[..., HttpResponseBase]


def may_make_packs(user: User) -> bool:
    """Coordinators, and whoever was given the permission: trainers, as a rule."""
    return _has(user, MAKE)


def may_withdraw_packs(user: User) -> bool:
    """Coordinators, and whoever was given this permission, which trainers are not."""
    return _has(user, WITHDRAW)


def maker_required(view: View) -> View:
    return _guarded(view, may_make_packs)


def withdrawer_required(view: View) -> View:
    return _guarded(view, may_withdraw_packs)


def _has(user: User, permission: str) -> bool:
    if not user.is_active:
        return False
    return staff_role(user) == Role.COORDINATOR or user.has_perm(permission)


def _guarded(view: View, is_allowed: Callable[[User], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_allowed(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded

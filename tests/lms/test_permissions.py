"""Who may what, for every role."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from lms import permissions
from lms.models import Cohort, Learner, Organisation, Role, StaffProfile, Telecentre
from tests.factories import make_cohort, make_learner, make_staff, make_telecentre

pytestmark = pytest.mark.django_db

ROLES = [
    "anonymous",
    "inactive manager",
    "learner",
    "other learner",
    "trainer",
    "manager",
    "manager elsewhere",
    "manager of nowhere",
    "coordinator",
    "superuser",
]


@pytest.fixture
def world():
    """Awa and Issa learn here, Hodan elsewhere; one user for each role."""
    here, elsewhere = make_telecentre(), make_telecentre(name="Ailleurs", slug="ailleurs")
    make = get_user_model().objects.create_user
    users = {
        "anonymous": AnonymousUser(),
        "inactive manager": make_staff("manager", username="parti", telecentre=here),
        "learner": make("awa"),
        "other learner": make("issa"),
        "trainer": make_staff("trainer"),
        "manager": make_staff("manager", telecentre=here),
        "manager elsewhere": make_staff("manager", username="loin", telecentre=elsewhere),
        "manager of nowhere": make_staff("manager", username="nulle", telecentre=here),
        "coordinator": make_staff("coordinator"),
        "superuser": get_user_model().objects.create_superuser("root"),
    }
    users["inactive manager"].is_active = False
    users["inactive manager"].save()
    StaffProfile.objects.filter(user__username="nulle").update(telecentre=None)
    people = {
        "awa": make_learner(name="Awa", telecentre=here, user=users["learner"]),
        "issa": make_learner(name="Issa", telecentre=here, user=users["other learner"]),
        "hodan": make_learner(name="Hodan", telecentre=elsewhere),
    }
    make_cohort(people["awa"], name="Ici", telecentre=here)
    make_cohort(people["hodan"], name="Là-bas", telecentre=elsewhere)
    return users, people


def names(rows):
    return " ".join(sorted(row.name for row in rows))


ALL, HERE, AWAY = "Awa Hodan Issa", "Awa Issa", "Hodan"


@pytest.mark.parametrize(
    ("role", "learners", "cohorts"),
    [
        ("anonymous", "", ""),
        ("inactive manager", "", ""),
        ("learner", "Awa", ""),
        ("other learner", "Issa", ""),
        ("trainer", ALL, "Ici Là-bas"),
        ("manager", HERE, "Ici"),
        ("manager elsewhere", AWAY, "Là-bas"),
        ("manager of nowhere", "", ""),
        ("coordinator", ALL, "Ici Là-bas"),
        ("superuser", ALL, "Ici Là-bas"),
    ],
)
def test_each_role_sees_its_learners_and_groups_and_no_others(world, role, learners, cohorts):
    users, _people = world

    assert names(permissions.visible_learners(users[role])) == learners
    assert names(permissions.visible_cohorts(users[role])) == cohorts


STAFF = {"trainer", "manager", "manager elsewhere", "manager of nowhere", "coordinator"}
RUNS = {"manager", "manager elsewhere", "manager of nowhere", "coordinator", "superuser"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_it_needs_and_no_more(world, role):
    users, _people = world
    user = users[role]

    assert permissions.can_see_reports(user) == (role in STAFF | {"superuser"})
    assert permissions.can_manage_packs(user) == (role in STAFF | {"superuser"})
    assert permissions.can_manage_learners(user) == (role in RUNS)
    assert permissions.can_sync(user) == (role in RUNS)


@pytest.mark.parametrize(
    ("role", "awa", "hodan"),
    [
        ("anonymous", False, False),
        ("inactive manager", False, False),
        ("learner", False, False),
        ("other learner", False, False),
        ("trainer", True, True),
        ("manager", True, False),
        ("manager elsewhere", False, True),
        ("manager of nowhere", False, False),
        ("coordinator", True, True),
        ("superuser", True, True),
    ],
)
def test_each_role_observes_the_practicals_of_its_learners(world, role, awa, hodan):
    users, people = world

    assert permissions.can_observe(users[role], people["awa"]) == awa
    assert permissions.can_observe(users[role], people["hodan"]) == hodan


def test_nobody_observes_their_own_practical(world):
    users, people = world
    Learner.objects.filter(name="Issa").update(user=None)
    Learner.objects.filter(name="Awa").update(user=users["trainer"])
    people["awa"].refresh_from_db()

    assert not permissions.can_observe(users["trainer"], people["awa"])


@pytest.mark.parametrize(
    ("role", "model", "action", "allowed"),
    [
        ("coordinator", Telecentre, "add", True),
        ("coordinator", StaffProfile, "change", True),
        ("superuser", StaffProfile, "change", True),
        ("superuser", Learner, "delete", False),
        ("coordinator", Learner, "delete", False),
        ("trainer", Learner, "add", True),
        ("trainer", Cohort, "change", True),
        ("trainer", Telecentre, "view", True),
        ("trainer", Telecentre, "change", False),
        ("trainer", StaffProfile, "change", False),
        ("trainer", Organisation, "add", False),
        ("manager", Learner, "view", False),
        ("learner", Learner, "view", False),
        ("anonymous", Learner, "view", False),
    ],
)
def test_the_network_is_edited_by_who_may(world, role, model, action, allowed):
    users, _people = world

    assert permissions.can_edit_network(users[role], model, action) == allowed


@pytest.mark.usefixtures("world")
def test_a_role_of_a_newer_yelen_gives_no_right():
    StaffProfile.objects.filter(user__username="trainer").update(role="emperor")
    user = get_user_model().objects.get(username="trainer")

    assert permissions.staff_role(user) is None
    assert not permissions.visible_learners(user).exists()


def test_a_superuser_has_the_role_of_a_coordinator(world):
    users, _people = world

    assert permissions.staff_role(users["superuser"]) == Role.COORDINATOR


def view(request):
    return HttpResponse("inside")


GUARDS = {
    permissions.staff_required: STAFF | {"superuser"},
    permissions.manager_required: RUNS,
    permissions.learner_required: {"learner", "other learner"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_a_guard_lets_in_sends_to_sign_in_or_refuses(world, role, guard):
    users, _people = world
    request = RequestFactory().get("/centre/rapports/", {"course": "x"})
    request.user = users[role]
    request.learner = Learner.objects.filter(user__username=users[role].username or "-").first()

    if role in GUARDS[guard]:
        assert guard(view)(request).content == b"inside"
    elif role == "anonymous":
        response = guard(view)(request)
        assert response.status_code == 302
        assert response["Location"].endswith("?next=%2Fcentre%2Frapports%2F%3Fcourse%3Dx")
    else:
        with pytest.raises(PermissionDenied):
            guard(view)(request)


def test_a_learner_signed_in_by_pin_is_no_manager(world):
    _users, people = world
    request = RequestFactory().get("/centre/")
    request.user, request.learner = AnonymousUser(), people["hodan"]

    with pytest.raises(PermissionDenied):
        permissions.staff_required(view)(request)

"""The report, and the network with its people, in Wagtail."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.enrolling import enrol
from lms.models import Cohort, Learner, Organisation, StaffProfile, Telecentre
from tests.factories import make_cohort, make_learner, make_staff, make_telecentre

pytestmark = pytest.mark.django_db

REPORT = "/admin/reports/yelen/"


@pytest.fixture
def sign_in(client):
    def sign_in(role):
        user = make_staff(role)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user)
        return user

    return sign_in


def listing(model):
    return reverse(model.snippet_viewset.get_url_name("list"))


def test_the_report_is_in_the_reports_menu_and_opens(client, sign_in, course):
    enrol(make_learner(name="Awa"), course)
    sign_in("trainer")

    home = client.get("/admin/").content.decode()
    page = client.get(REPORT).content.decode()

    assert REPORT in home
    assert "Awa" in page
    assert "1.1" in page


def test_the_report_as_a_file(client, sign_in, course):
    enrol(make_learner(name="Awa"), course)
    sign_in("trainer")

    response = client.get("/admin/reports/yelen/csv/", {"course": course.slug})

    assert b"Awa" in b"".join(response.streaming_content)


def test_an_editor_without_a_role_neither_sees_the_report_nor_the_network(
    client, django_user_model, course
):
    editor = django_user_model.objects.create_user("editor")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor)

    assert REPORT not in client.get("/admin/").content.decode()
    for address in (REPORT, "/admin/reports/yelen/csv/", listing(Learner)):
        assert client.get(address).status_code == 302  # Wagtail sends home, with a message


@pytest.mark.parametrize("model", [Telecentre, Cohort, Learner, Organisation, StaffProfile])
def test_a_coordinator_lists_and_adds_to_the_network(client, sign_in, model):
    sign_in("coordinator")

    assert client.get(listing(model)).status_code == 200
    added = reverse(model.snippet_viewset.get_url_name("add"))
    assert client.get(added).status_code == 200


def test_a_trainer_adds_learners_but_changes_no_roles(client, sign_in):
    sign_in("trainer")

    assert client.get(reverse(Learner.snippet_viewset.get_url_name("add"))).status_code == 200
    assert client.get(reverse(StaffProfile.snippet_viewset.get_url_name("add"))).status_code == 302


def test_a_learner_is_added_in_wagtail(client, sign_in):
    here = make_telecentre()
    sign_in("coordinator")

    fields = {"name": "Hodan Farah", "telecentre": here.pk, "sex": "f", "language": "so"}
    client.post(reverse(Learner.snippet_viewset.get_url_name("add")), fields)

    learner = Learner.objects.get()
    assert (learner.name, learner.telecentre, learner.sex) == ("Hodan Farah", here, "f")


def test_a_learner_cannot_be_deleted(client, sign_in):
    learner = make_learner()
    sign_in("coordinator")

    client.post(reverse(Learner.snippet_viewset.get_url_name("delete"), args=[learner.pk]))

    assert Learner.objects.get() == learner


def test_a_group_chooses_its_courses_and_learners_of_its_telecentre(client, sign_in, course):
    here, elsewhere = make_telecentre(), make_telecentre(name="Loin", slug="loin")
    awa, hodan = make_learner(name="Awa"), make_learner(name="Hodan", telecentre=elsewhere)
    cohort = make_cohort(telecentre=here)
    sign_in("trainer")
    address = reverse(Cohort.snippet_viewset.get_url_name("edit"), args=[cohort.pk])

    page = client.get(address).content.decode()
    fields = {"name": "Soir", "telecentre": here.pk, "followed": [course.pk]}
    client.post(address, fields | {"learners": [awa.pk]})
    client.post(address, fields | {"learners": [hodan.pk]})

    assert "Awa" in page
    assert "Hodan" not in page
    cohort.refresh_from_db()
    assert cohort.name == "Soir"
    assert list(cohort.learners.all()) == [awa]
    assert [row.course_id for row in cohort.courses.all()] == [course.pk]


def test_the_list_of_three_learners_costs_no_more_than_that_of_one(client, sign_in):
    sign_in("coordinator")
    client.get(listing(Learner))
    counts = []
    for number in range(3):
        make_learner(name=f"Apprenant {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(listing(Learner))
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_learners_are_found_by_name(client, sign_in):
    make_learner(name="Awa Ouédraogo")
    make_learner(name="Issa Traoré")
    sign_in("coordinator")

    page = client.get(listing(Learner), {"q": "Issa"}).content.decode()

    assert "Issa Traoré" in page
    assert "Awa Ouédraogo" not in page


def account(name, **changes):
    return get_user_model().objects.create_user(name, password="mot-de-passe-long", **changes)


@pytest.fixture
def accounts():
    """One of each: free, of staff, with a role, a learner's already, and closed."""
    found = {
        "libre": account("libre"),
        "personnel": account("personnel", is_staff=True),
        "chef": get_user_model().objects.create_superuser("chef"),
        "role": make_staff("manager", username="role"),
        "prise": account("prise"),
        "close": account("close", is_active=False),
    }
    make_learner(name="Issa", user=found["prise"])
    return found


def fields_of(learner, **changes):
    return {
        "name": learner.name,
        "telecentre": learner.telecentre_id,
        "language": "fr",
        **changes,
    }


@pytest.mark.parametrize("role", ["coordinator", "superuser"])
@pytest.mark.parametrize("name", ["libre", "personnel", "chef", "role", "prise", "close"])
def test_who_manages_users_links_an_account_that_is_nobodys(client, sign_in, accounts, role, name):
    awa = make_learner(name="Awa")
    if role == "superuser":
        client.force_login(get_user_model().objects.create_superuser("root"))
    else:
        sign_in(role)
    address = reverse(Learner.snippet_viewset.get_url_name("edit"), args=[awa.pk])

    page = client.get(address).text
    client.post(address, fields_of(awa, user=accounts[name].pk))

    awa.refresh_from_db()
    assert 'name="user"' in page
    assert (f">{name}</option>" in page) == (name == "libre")
    assert awa.user == (accounts["libre"] if name == "libre" else None)


def test_a_link_that_stands_is_kept_by_who_may_change_it(client, sign_in, accounts):
    issa = Learner.objects.get(name="Issa")
    sign_in("coordinator")
    address = reverse(Learner.snippet_viewset.get_url_name("edit"), args=[issa.pk])

    client.post(address, fields_of(issa, name="Issa K.", user=accounts["prise"].pk))

    issa.refresh_from_db()
    assert (issa.name, issa.user) == ("Issa K.", accounts["prise"])


def test_a_trainer_neither_sees_nor_changes_whose_an_account_is(client, sign_in, accounts):
    issa = Learner.objects.get(name="Issa")
    sign_in("trainer")
    address = reverse(Learner.snippet_viewset.get_url_name("edit"), args=[issa.pk])

    page = client.get(address).text
    client.post(address, fields_of(issa, name="Issa K.", user=accounts["libre"].pk))

    issa.refresh_from_db()
    assert 'name="user"' not in page
    assert (issa.name, issa.user) == ("Issa K.", accounts["prise"])


def test_a_manager_of_no_telecentre_is_not_saved(client, sign_in):
    sign_in("coordinator")
    awa, address = account("awa"), reverse(StaffProfile.snippet_viewset.get_url_name("add"))

    page = client.post(address, {"user": awa.pk, "role": "manager", "telecentre": ""})
    refused = StaffProfile.objects.filter(user=awa).count()
    client.post(address, {"user": awa.pk, "role": "manager", "telecentre": make_telecentre().pk})

    assert "Choisissez le télécentre de ce gestionnaire" in page.text
    assert refused == 0
    assert StaffProfile.objects.filter(user=awa).count() == 1


@pytest.mark.parametrize("role", ["trainer", "coordinator"])
def test_other_roles_need_no_telecentre(role):
    StaffProfile(user=account("awa"), role=role).full_clean()

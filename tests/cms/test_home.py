"""The first screen of each role holds what that role may see, and no more."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from cms.home import panels_for
from lms.models import Role, StaffProfile, Telecentre
from tests.cms import authors

pytestmark = pytest.mark.django_db

REPORT, SYNC, PEOPLE = "/admin/reports/yelen/", "/admin/sync/", "/admin/snippets/yelen_lms/cohort/"


@pytest.fixture(autouse=True)
def network():
    authors.whole_course()
    return Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")


def person(*, role=None, **fields):
    user = get_user_model().objects.create_user("ali", password="secret-de-test", **fields)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    if role:
        StaffProfile.objects.create(user=user, role=role)
    return user


def home_of(user, client, rf):
    """The names of our panels, our links, and the page."""
    client.force_login(user)
    request = rf.get("/")
    request.user = user
    panels = panels_for(request)
    links = [link.url for panel in panels if hasattr(panel, "links") for link in panel.links()]
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    return [panel.name for panel in panels], links, page


def test_a_coordinator_finds_the_network_and_no_empty_list_of_courses(client, rf, network):
    panels, links, page = home_of(person(role=Role.COORDINATOR), client, rf)

    assert panels == ["yelen_network"]
    assert links == [REPORT, PEOPLE, SYNC]
    assert "Télécentre du Baobab" in page
    assert reverse("yelen_telecentre", args=[network.pk]) in page
    assert "yelen-courses-title" not in page
    for link in links:
        assert client.get(link).status_code == 200


def test_a_trainer_finds_courses_and_how_learners_do_but_not_the_machines(client, rf):
    user = authors.trainer()
    StaffProfile.objects.create(user=user, role=Role.TRAINER)

    panels, links, page = home_of(user, client, rf)

    assert panels == ["yelen_courses", "yelen_network"]
    assert links == [REPORT, PEOPLE]
    assert "Télécentre du Baobab" not in page
    assert "Maintenance" in page
    for link in links:
        assert client.get(link).status_code == 200


def test_an_administrator_finds_both(client, rf):
    panels, links, _page = home_of(person(is_superuser=True), client, rf)

    assert panels == ["yelen_courses", "yelen_network"]
    assert links == [REPORT, PEOPLE, SYNC]


def test_an_author_without_a_role_finds_courses_alone(client, rf):
    panels, links, page = home_of(authors.trainer(), client, rf)

    assert (panels, links) == (["yelen_courses"], [])
    assert "yelen-network-title" not in page


def test_a_guest_of_the_editor_finds_nothing_of_ours(client, rf):
    panels, links, _page = home_of(person(), client, rf)

    assert (panels, links) == ([], [])

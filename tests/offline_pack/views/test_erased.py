"""The centre's page "Erased people"."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.models import Erasure, Learner
from lms.people.erasing import erase_person
from offline_pack.sync.forgotten import note_forgotten
from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice

pytestmark = pytest.mark.django_db

ERASED = "/admin/sync/erased/"


def test_where_it_is_done_and_where_not(client, sign_in):
    device = RemoteDevice(make_telecentre()).registered()
    awa = make_learner()
    erase_person(awa, by=None)
    sign_in("coordinator")

    waiting = client.get(ERASED)
    note_forgotten(device.batch(erased=(awa.pk,)).header, device.row)
    done = client.get(ERASED)

    assert [row.is_done for row in waiting.context["page"]] == [False]
    assert [row.is_done for row in done.context["page"]] == [True]
    assert str(device.id) in waiting.content.decode()
    assert str(device.id) not in done.content.decode()
    assert str(Erasure.objects.get()) in done.content.decode()


def test_nobody_erased_yet(client, sign_in):
    sign_in("coordinator")

    page = client.get(ERASED)

    assert (list(page.context["page"]), page.context["lost"]) == ([], [])


def test_who_is_here_again_is_erased_again(client, sign_in):
    device = RemoteDevice(make_telecentre()).registered()
    awa, issa = make_learner(), make_learner(name="Issa")
    note_forgotten(device.batch(erased=(awa.pk,)).header, device.row)
    sign_in("coordinator")

    page = client.get(ERASED)
    refused = client.post(f"{ERASED}{issa.pk}/again/")
    client.post(f"{ERASED}{awa.pk}/again/")

    assert [item.learner for item in page.context["lost"]] == [awa]
    assert refused.status_code == 404
    assert [row.pk for row in Erasure.objects.all()] == [awa.pk]
    assert Learner.objects.get(pk=issa.pk).name == "Issa"


@pytest.mark.parametrize("role", ["trainer", "manager"])
def test_only_who_runs_the_network_sees_it(client, sign_in, role):
    awa = make_learner()
    sign_in(role)

    assert client.get(ERASED).status_code == 302  # Wagtail sends home, with a message
    client.post(f"{ERASED}{awa.pk}/again/")
    assert not Erasure.objects.exists()


def test_three_cost_no_more_queries_than_one(client, sign_in):
    device = RemoteDevice(make_telecentre()).registered()
    sign_in("coordinator")
    client.get(ERASED)

    costs = []
    for _ in range(3):
        awa = make_learner()
        erase_person(awa, by=None)
        note_forgotten(device.batch(erased=(awa.pk,)).header, device.row)
        with CaptureQueriesContext(connection) as queries:
            client.get(ERASED)
        costs.append(len(queries))

    assert costs == [costs[0]] * 3

"""The page "People" in Wagtail: who may decide, what is shown, and what an erasure asks for."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.enrolling import enrol
from lms.learners import register_learner
from lms.models import Alias, Erasure, Learner
from tests.factories import make_course, make_learner, make_telecentre

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/reports/people/"


@pytest.fixture
def twice(db):
    here, there = make_telecentre(), make_telecentre(name="Loin", slug="loin")
    one = make_learner(name="Awa Ouédraogo", telecentre=here, birth_year=1999, id=UUID(int=1))
    other = make_learner(name="OUEDRAOGO Awa", telecentre=there, birth_year=1999, id=UUID(int=2))
    return one, other


def decide(client, one, other, verdict="same"):
    return client.post(
        f"{PEOPLE}decide/", {"one": one.pk, "other": other.pk, "verdict": verdict}, follow=True
    )


def test_two_of_one_name_are_proposed_side_by_side(client, sign_in, twice):
    enrol(twice[0], make_course())
    make_learner(name="Issa")
    sign_in("trainer")

    page = client.get(PEOPLE)

    (proposal,) = page.context["page"].object_list
    assert (proposal.one.learner, proposal.other.learner) == twice
    assert (proposal.one.facts, proposal.other.facts) == (1, 0)
    assert (proposal.is_same_year, proposal.is_same_place) == (True, False)
    assert PEOPLE in client.get("/admin/").content.decode()


def test_other_years_and_names_are_no_proposal(client, sign_in):
    for name, year in (("Awa", 1980), ("Awa", 1999), ("Awa Sawadogo", 1999)):
        make_learner(name=name, birth_year=year)
    sign_in("coordinator")

    page = client.get(PEOPLE)

    assert list(page.context["page"].object_list) == []
    assert "<form" in page.content.decode()


def test_merged_listed_and_undone(client, sign_in, twice):
    one, other = twice
    user = sign_in("trainer")

    page = decide(client, one, other)

    assert list(page.context["page"].object_list) == []
    (merged,) = page.context["merged"]
    assert merged.alias.decided_by == user
    other.refresh_from_db()
    assert other.same_as == one

    page = client.post(f"{PEOPLE}undo/{merged.alias.pk}/", follow=True)

    assert len(page.context["page"].object_list) == 1
    assert page.context["merged"] == []
    other.refresh_from_db()
    assert other.same_as is None


def test_two_people_are_not_proposed_again(client, sign_in, twice):
    sign_in("trainer")

    page = decide(client, *twice, verdict="different")

    assert list(page.context["page"].object_list) == []
    assert page.context["merged"] == []
    assert list(Learner.objects.exclude(same_as=None)) == []


def test_who_is_spelt_otherwise_is_found_and_merged_on_the_persons_page(client, sign_in, twice):
    other = make_learner(name="Hawa Ouedraogo")
    sign_in("trainer")

    page = client.get(f"{PEOPLE}{twice[0].pk}/", {"q": "hawa"})

    assert page.context["others"] == [other]
    decide(client, twice[0], other)
    assert Alias.objects.get().is_same


@pytest.mark.parametrize("one", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_decides_nothing(client, sign_in, twice, one):
    sign_in("trainer")

    answer = client.post(f"{PEOPLE}decide/", {"one": one, "other": twice[1].pk})

    assert answer.status_code == 404
    assert list(Alias.objects.all()) == []


@pytest.mark.parametrize("role", ["manager", "trainer", "coordinator", ""])
def test_each_role_does_what_it_may(client, sign_in, django_user_model, twice, role):
    if role:
        sign_in(role)
    else:
        client.force_login(django_user_model.objects.create_superuser("chef"))
    one = twice[0]
    merges = [PEOPLE, f"{PEOPLE}{one.pk}/"]
    erases = [f"{PEOPLE}{one.pk}/{page}" for page in ("all.json", "facts.csv", "erase/")]

    may = {address: client.get(address).status_code == 200 for address in merges + erases}
    client.post(f"{PEOPLE}{one.pk}/erase/", {"name": one.name})
    decide(client, *twice)

    may_erase, may_merge = role in ("coordinator", ""), role != "manager"
    assert may == dict.fromkeys(merges, may_merge) | dict.fromkeys(erases, may_erase)
    assert Erasure.objects.exists() == may_erase
    assert Alias.objects.exists() == (may_merge and not may_erase)


def test_an_erasure_asks_for_the_name(client, sign_in, twice):
    one, other = twice
    sign_in("coordinator")
    decide(client, one, other)
    address = f"{PEOPLE}{other.pk}/erase/"

    wrong = client.post(address, {"name": "Awa"})

    assert wrong.status_code == 422
    assert not Erasure.objects.exists()

    done = client.post(address, {"name": " awa ouedraogo "}, follow=True)

    assert done.context["erasure"].pk == one.pk
    assert not Learner.objects.filter(name__icontains="awa").exists()
    assert "Awa" not in done.content.decode()
    assert Erasure.objects.count() == 2


def test_nobody_gives_an_erased_person_a_name_again(client, sign_in, twice):
    sign_in("coordinator")
    edit = reverse(Learner.snippet_viewset.get_url_name("edit"), args=[twice[0].pk])
    fields = {"name": "Awa", "telecentre": twice[0].telecentre_id, "language": "fr"}
    client.post(edit, fields)  # Wagtail notes who was edited
    client.post(f"{PEOPLE}{twice[0].pk}/erase/", {"name": "Awa"})

    client.post(edit, fields)

    assert Learner.objects.get(pk=twice[0].pk).name == Erasure.objects.get().pseudonym
    history = client.get("/admin/reports/site-history/").content.decode()
    assert "Awa" not in history


def test_the_copy_holds_everything_and_no_secret(client, sign_in):
    course = make_course()
    learner = register_learner("Awa", telecentre=make_telecentre(), birth_year=1999)
    learner.pin_hash = "secret-hash"
    learner.save()
    enrol(learner, course)
    sign_in("coordinator")

    document = json.loads(client.get(f"{PEOPLE}{learner.pk}/all.json").content)
    table = b"".join(client.get(f"{PEOPLE}{learner.pk}/facts.csv")).decode()

    assert document["learners"][0]["name"] == "Awa"
    assert document["learners"][0]["has_pin"] is True
    assert [fact["k"] for fact in document["statements"]] == ["learner_created", "registered"]
    assert len(document["enrolments"]) == 1
    assert "secret-hash" not in json.dumps(document)
    assert len(table.splitlines()) == 3


def test_three_proposals_cost_no_more_queries_than_one(client, sign_in):
    sign_in("trainer")
    client.get(PEOPLE)

    costs = []
    for number in range(3):
        for _ in range(2):
            make_learner(name=f"Apprenant {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(PEOPLE)
        costs.append(len(queries))

    assert costs == [costs[0]] * 3

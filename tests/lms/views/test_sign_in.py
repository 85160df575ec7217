"""Coming in: group, name, PIN; or a password."""

from __future__ import annotations

import pytest

from lms import pin_machines
from tests.factories import make_cohort, make_learner, make_staff, make_telecentre
from tests.lms.conftest import PIN

pytestmark = pytest.mark.django_db


def test_group_then_name_then_pin_leads_home(client, awa, telecentre_role):
    groups = client.get("/entrer/")
    group = awa.cohorts.get()
    names = client.get(f"/entrer/groupe/{group.pk}/")
    answer = client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN})

    assert group.name in groups.text
    assert awa.name in names.text
    assert answer["Location"] == "/moi/"


def test_signing_in_goes_back_to_where_one_was_going(client, awa, telecentre_role):
    form = {"pin": PIN, "next": "/cours/maintenance/"}

    assert client.post(f"/entrer/nom/{awa.pk}/", form)["Location"] == "/cours/maintenance/"


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(client, awa, telecentre_role, address):
    answer = client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN, "next": address})

    assert answer["Location"] == "/moi/"


def test_a_place_to_go_that_is_no_address_does_not_keep_anybody_out(client, awa, telecentre_role):
    answer = client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN, "next": "nowhere"})

    assert (answer.status_code, answer["Location"]) == (302, "nowhere")
    assert client.get("/moi/").status_code == 200


@pytest.mark.parametrize("pin", ["", "12", "abcd", "99999"])
def test_a_pin_that_is_no_pin_is_explained_and_not_counted(client, awa, telecentre_role, pin):
    page = client.post(f"/entrer/nom/{awa.pk}/", {"pin": pin})

    awa.refresh_from_db()
    assert page.status_code == 422
    assert "quatre chiffres" in page.text
    assert awa.pin_failures == 0


def test_five_wrong_pins_show_how_long_to_wait(client, awa, telecentre_role):
    for _ in range(5):
        page = client.post(f"/entrer/nom/{awa.pk}/", {"pin": "1111"})

    assert "Attendez 1 minute" in page.text


def test_names_are_found_without_accents_and_by_first_letter(client, telecentre_role):
    make_learner(name="Élise Traoré")
    for number in range(13):
        make_learner(name=f"Moussa {number}")

    assert "Élise" in client.get("/entrer/noms/?lettre=E").text
    assert "Élise" not in client.get("/entrer/noms/?lettre=M").text
    assert "Élise" in client.get("/entrer/noms/?q=traore").text
    assert "Ce nom n'est pas ici" in client.get("/entrer/noms/?q=zzz").text


def test_names_cost_the_same_number_of_queries_for_one_and_for_three(
    client, telecentre_role, django_assert_num_queries
):
    make_cohort(make_learner(name="Un"))
    with django_assert_num_queries(2):
        client.get("/entrer/noms/")
    make_cohort(make_learner(name="Deux"), make_learner(name="Trois"), name="Soir")

    with django_assert_num_queries(2):
        client.get("/entrer/noms/")


def test_people_of_another_telecentre_are_not_listed_here(client, telecentre_role, awa):
    from lms.models import Device

    Device.objects.create(is_self=True, telecentre=make_telecentre())
    away = make_learner(name="Ailleurs", telecentre=make_telecentre(slug="marche", name="Marché"))

    assert "Ailleurs" not in client.get("/entrer/noms/").text
    assert client.get(f"/entrer/nom/{away.pk}/").status_code == 404


def test_the_centre_lists_nobody(client, awa):
    assert client.get("/entrer/noms/").status_code == 404
    assert client.get(f"/entrer/nom/{awa.pk}/").status_code == 404
    assert awa.name not in client.get("/entrer/").text


def test_the_centre_asks_for_a_password(client, django_user_model):
    user = django_user_model.objects.create_user("fatou", password="mot-de-passe-long")
    make_learner(name="Fatou", user=user)

    answer = client.post("/entrer/", {"username": "fatou", "password": "mot-de-passe-long"})

    assert answer["Location"] == "/moi/"


def test_staff_at_a_telecentre_come_in_by_password(client, telecentre_role):
    make_staff("manager")
    form = {"username": "manager", "password": "mot-de-passe-long"}

    assert client.post("/entrer/mot-de-passe/", form)["Location"] == "/centre/"


def test_an_account_that_neither_learns_nor_manages_is_led_to_the_catalogue(
    client, django_user_model
):
    django_user_model.objects.create_user("issa", password="mot-de-passe-long")

    form = {"username": "issa", "password": "mot-de-passe-long"}

    assert client.post("/entrer/", form)["Location"] == "/"


def test_a_wrong_password_is_explained(client):
    page = client.post("/entrer/", {"username": "nobody", "password": "wrong"})

    assert page.status_code == 200
    assert 'role="alert"' in page.text


def test_ten_wrong_passwords_close_the_door_in_words(client, settings):
    make_staff("manager")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        page = client.post("/entrer/", {"username": "manager", "password": "wrong"})

    assert page.status_code == 429
    assert "Attendez 15 minutes" in page.text


def test_a_manager_who_comes_in_after_a_learner_is_not_that_learner(learner_client):
    make_staff("manager")
    form = {"username": "manager", "password": "mot-de-passe-long"}

    learner_client.post("/entrer/mot-de-passe/", form)

    assert "learner_id" not in learner_client.session


def test_a_computer_that_guesses_is_told_to_wait_in_words(client, awa, telecentre_role):
    for _ in range(pin_machines.MOST_WRONG):
        pin_machines.note_wrong("127.0.0.1")

    page = client.post(f"/entrer/nom/{awa.pk}/", {"pin": PIN})

    assert page.status_code == 422
    assert "Trop de PIN faux tapés sur cet ordinateur" in page.text

"""The manager's pages."""

from __future__ import annotations

import re

import pytest

from courses.models import Activity
from lms.models import Completion, Learner, Statement
from lms.observing import ask_for_observer
from lms.pins import check_pin
from tests.factories import make_cohort, make_learner, make_staff, make_telecentre
from tests.lms.views.test_lessons import queries_of

pytestmark = pytest.mark.django_db
PAGES = ["/centre/", "/centre/apprenants/", "/centre/apprenants/nouveau/", "/centre/pratiques/"]


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_is_sent_to_the_door(client, address):
    assert client.get(address)["Location"].startswith("/entrer/")


@pytest.mark.parametrize("address", PAGES)
def test_a_learner_is_refused_in_words(learner_client, address):
    page = learner_client.get(address)

    assert page.status_code == 403
    assert "Vous ne pouvez pas ouvrir cette page" in page.text


@pytest.mark.parametrize("address", PAGES)
def test_a_manager_gets_in(manager_client, address):
    assert manager_client.get(address).status_code == 200


def test_a_trainer_marks_but_manages_nobody(client, awa):
    trainer = make_staff("trainer")
    client.force_login(trainer, backend="lms.backends.LearnerBackend")

    assert client.get("/centre/pratiques/").status_code == 200
    assert client.get("/centre/apprenants/").status_code == 403


def test_learners_are_looked_up_by_name_and_group(manager_client, awa):
    make_learner(name="Issa Kaboré")
    group = awa.cohorts.get()

    assert "Awa" not in manager_client.get("/centre/apprenants/?q=kabore").text
    assert "Issa" not in manager_client.get(f"/centre/apprenants/?groupe={group.pk}").text


def test_learners_of_elsewhere_are_not_there(manager_client):
    away = make_learner(name="Ailleurs", telecentre=make_telecentre(slug="marche"))

    assert "Ailleurs" not in manager_client.get("/centre/apprenants/").text
    for page in ("pin", "session"):
        assert manager_client.get(f"/centre/apprenants/{away.pk}/{page}/").status_code == 404
        assert manager_client.post(f"/centre/apprenants/{away.pk}/{page}/").status_code == 404


def test_learners_cost_the_same_for_one_and_for_three(manager_client, awa):
    one = queries_of(lambda: manager_client.get("/centre/apprenants/"))
    make_cohort(make_learner(name="Issa"), make_learner(name="Ali"), name="Soir")

    three = queries_of(lambda: manager_client.get("/centre/apprenants/"))

    assert len(three) == len(one)


def test_a_learner_is_added_with_a_fact_and_gets_a_pin(manager_client, awa):
    group = awa.cohorts.get()
    form = {"name": "Issa Kaboré", "cohort": group.pk, "sex": "m", "birth_year": "1999"}

    answer = manager_client.post("/centre/apprenants/nouveau/", form)

    issa = Learner.objects.get(name="Issa Kaboré")
    assert answer["Location"] == f"/centre/apprenants/{issa.pk}/pin/"
    assert list(issa.cohorts.all()) == [group]
    assert Statement.objects.get(verb="learner_created").object_id == issa.pk


@pytest.mark.parametrize(
    "form", [{}, {"name": " "}, {"name": "Issa", "birth_year": "3000"}, {"name": "I", "sex": "x"}]
)
def test_a_form_that_cannot_be_is_explained(manager_client, form):
    before = Learner.objects.count()

    page = manager_client.post("/centre/apprenants/nouveau/", form)

    assert page.status_code == 422
    assert "errorlist" in page.text
    assert Learner.objects.count() == before


def test_a_new_pin_is_shown_once_and_works(manager_client, awa):
    address = f"/centre/apprenants/{awa.pk}/pin/"

    page = manager_client.post(address)

    pin = re.search(r'pin-figures" dir="ltr">(\d{4})<', page.text)[1]
    assert check_pin(awa.pk, pin).is_right
    assert "pin-figures" not in manager_client.get(address).text
    assert page["Cache-Control"] == "no-store"


def test_opening_a_session_turns_the_browser_into_the_learners(manager_client, awa):
    address = f"/centre/apprenants/{awa.pk}/session/"
    manager_client.get(address)

    assert manager_client.post(address)["Location"] == "/moi/"
    assert awa.name in manager_client.get("/moi/").text
    assert manager_client.get("/centre/").status_code == 403


def test_opening_a_session_says_what_happens_and_how_to_come_back(manager_client, awa):
    page = manager_client.get(f"/centre/apprenants/{awa.pk}/session/").text

    assert "la vôtre s'y ferme" in page
    assert "puis entrez avec votre mot de passe" in page
    assert f'href="/centre/apprenants/{awa.pk}/pin/"' in page


@pytest.mark.parametrize("page", ["nouveau/", "{}/pin/", "{}/session/"])
def test_pages_about_one_learner_lead_back_to_the_list(manager_client, awa, page):
    text = manager_client.get(f"/centre/apprenants/{page.format(awa.pk)}").text

    way = text[text.index("breadcrumb") : text.index("</nav>", text.index("breadcrumb"))]
    assert re.findall('href="([^"]+)"', way) == ["/centre/", "/centre/apprenants/"]


def test_the_centre_opens_no_session_for_anybody(client, awa, manager):
    client.force_login(manager, backend="lms.backends.LearnerBackend")

    assert client.post(f"/centre/apprenants/{awa.pk}/session/").status_code == 404
    assert client.post(f"/centre/apprenants/{awa.pk}/pin/").status_code == 404


class TestPracticals:
    @pytest.fixture
    def practical(self, course):
        return Activity.objects.select_related("course").get(kind="practical")

    @pytest.fixture
    def address(self, practical, awa):
        return f"/centre/pratiques/{practical.pk}/{awa.pk}/"

    def form(self, practical, *levels):
        items = practical.parsed().items
        return {str(item.id): level for item, level in zip(items, levels, strict=False)}

    def test_who_is_ready_stands_in_the_queue(self, manager_client, practical, awa):
        ask_for_observer(awa, practical)

        page = manager_client.get("/centre/pratiques/")

        assert awa.name in page.text
        assert "1 personne attend" in manager_client.get("/centre/").text

    def test_marks_are_saved_and_the_learner_passes(self, manager_client, practical, address, awa):
        form = self.form(practical, "alone", "with_help", "alone")

        page = manager_client.post(address, form, follow=True)

        assert "pratique réussie" in page.text
        assert Completion.objects.filter(learner=awa, kind="activity").count() == 1

    def test_a_step_left_out_is_asked_for_and_the_others_kept(
        self, manager_client, practical, address
    ):
        page = manager_client.post(address, self.form(practical, "alone", "with_help"))

        assert page.status_code == 422
        assert "Notez chaque geste" in page.text
        assert page.text.count(" checked") == 2
        assert Statement.objects.filter(verb="observed").count() == 0

    def test_the_last_marks_are_there_next_time(self, manager_client, practical, address):
        manager_client.post(address, self.form(practical, "with_help", "alone", "alone"))

        assert manager_client.get(address).text.count(" checked") == 3

    def test_a_learner_of_elsewhere_cannot_be_marked(self, manager_client, practical):
        away = make_learner(name="Ailleurs", telecentre=make_telecentre(slug="marche"))

        page = manager_client.get(f"/centre/pratiques/{practical.pk}/{away.pk}/")

        assert page.status_code == 404

    def test_the_list_costs_the_same_for_one_and_for_three(self, manager_client, practical):
        address = f"/centre/pratiques/?pratique={practical.pk}"
        one = queries_of(lambda: manager_client.get(address))
        for name in ("Issa", "Ali"):
            make_learner(name=name)

        three = queries_of(lambda: manager_client.get(address))

        assert len(three) == len(one)

    def test_the_learner_says_ready_and_sees_the_marks(self, learner_client, practical, awa):
        address = f"/cours/maintenance/1.3/pratique/{practical.pk}/"
        learner_client.post(address)

        assert "dans la file" in learner_client.get(address).text
        assert "En attente" in learner_client.get("/cours/maintenance/1.3/").text

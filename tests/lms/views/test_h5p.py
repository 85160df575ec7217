"""What an exercise's page may say, and what it may not."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from courses.models import Activity
from courses.outline import ModuleOutline, from_dict
from courses.publishing import publish_outline
from lms.models import ActivityState, Completion, Statement
from tests import factories
from tests.factories import make_course, make_learner, make_lesson
from tests.lms.conftest import PIN

pytestmark = pytest.mark.django_db


def make_exercise(completion="scored"):
    block = factories.make_exercise(completion=completion)
    make_course(modules=(ModuleOutline(uuid4(), "Module", (make_lesson(block),)),))
    return f"/cours/maintenance/1.1/h5p/{block.activity.id}/"


@pytest.fixture
def begun(learner_client):
    """Awa follows the course of a scored exercise."""
    address = make_exercise()
    learner_client.post("/cours/maintenance/")
    return address


def xapi(verb="answered", raw=3, top=3, **more):
    return {
        "actor": {"name": "somebody else"},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "result": {"score": {"raw": raw, "max": top, "min": 0}, "completion": True},
    } | more


def send(client, address, document, name="faits"):
    return client.post(f"{address}{name}/", json.dumps(document), content_type="application/json")


def test_a_passing_result_completes_the_exercise(learner_client, begun, awa):
    answer = send(learner_client, begun, {"statement": xapi()})

    fact = Statement.objects.get(verb="completed")
    assert answer.json()["complete"] is True
    assert (fact.learner_id, fact.body["scaled"]) == (awa.pk, "1.0000")
    assert "somebody else" not in fact.body_json


def test_a_low_result_is_kept_and_completes_nothing(learner_client, begun):
    answer = send(learner_client, begun, {"statement": xapi(raw=1)})

    assert answer.json()["complete"] is False
    assert Statement.objects.get(verb="completed").body["scaled"] == "0.3333"
    assert Completion.objects.filter(kind="activity").count() == 0


@pytest.mark.parametrize("verb", ["progressed", "consume", "attempted"])
def test_what_finishes_nothing_is_kept_as_progress(learner_client, begun, verb):
    send(learner_client, begun, {"statement": xapi(verb=verb)})

    assert Statement.objects.filter(verb="progressed").count() == 1
    assert Completion.objects.filter(kind="activity").count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        xapi(raw=999),
        xapi(raw=-1),
        xapi(raw="3"),
        xapi(verb="AN SWERED"),
        {"verb": "answered"},
        "answered",
        None,
        [],
        xapi(extension="x" * 70_000),
    ],
)
def test_a_forged_or_senseless_statement_is_refused(learner_client, begun, statement):
    answer = send(learner_client, begun, {"statement": statement})

    assert answer.status_code == 400
    assert Statement.objects.filter(verb__in=["completed", "progressed"]).count() == 0


DEEP = '{"statement":' + '{"a":' * 30_000 + "1" + "}" * 30_001


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "[" * 100_000, DEEP])
def test_what_is_not_json_is_refused(learner_client, begun, text):
    answer = learner_client.post(f"{begun}faits/", text, content_type="application/json")

    assert answer.status_code == 400


def test_a_statement_sent_again_is_one_fact(learner_client, begun):
    for _ in range(2):
        send(learner_client, begun, {"statement": xapi()})

    assert Statement.objects.filter(verb="completed").count() == 1


def test_whoever_does_not_follow_the_course_is_not_heard(learner_client):
    address = make_exercise()

    assert send(learner_client, address, {"statement": xapi()}).status_code == 403
    assert Statement.objects.filter(verb="completed").count() == 0


def test_a_visitor_is_not_heard(client):
    address = make_exercise()

    assert send(client, address, {"statement": xapi()}).status_code == 302
    assert Statement.objects.count() == 0


def test_a_forged_request_from_another_site_is_refused(learner_client, begun):
    learner_client.handler.enforce_csrf_checks = True

    assert send(learner_client, begun, {"statement": xapi()}).status_code == 403


def test_opening_completes_what_only_has_to_be_seen(learner_client):
    address = make_exercise(completion="viewed")
    learner_client.post("/cours/maintenance/")

    answer = send(learner_client, address, {"statement": xapi(verb="consume", result={})})

    assert answer.json()["complete"] is True


@pytest.mark.parametrize(("mode", "count"), [("viewed", 1), ("marked", 1), ("scored", 0)])
def test_the_learners_word_counts_where_no_score_decides(learner_client, mode, count):
    address = make_exercise(completion=mode)
    for _ in range(2):
        learner_client.post(f"{address}termine/")

    assert Statement.objects.filter(verb="completed").count() == count
    assert Completion.objects.filter(kind="activity").count() == count


def test_state_is_given_back_as_it_was_kept(learner_client, begun):
    part = {"dataType": "state", "subContentId": "0", "state": '{"answers":[1]}'}

    send(learner_client, begun, part, "etat")
    send(learner_client, begun, part | {"state": '{"answers":[2]}'}, "etat")

    assert learner_client.get(f"{begun}etat/").json() == {
        "states": [part | {"state": '{"answers":[2]}'}]
    }


def test_an_empty_state_is_forgotten(learner_client, begun):
    part = {"dataType": "state", "subContentId": "0", "state": "x"}
    send(learner_client, begun, part, "etat")

    send(learner_client, begun, part | {"state": ""}, "etat")

    assert ActivityState.objects.count() == 0


def test_a_state_over_64_kib_is_refused(learner_client, begun):
    part = {"dataType": "state", "subContentId": "0", "state": "é" * 32_768}
    assert send(learner_client, begun, part, "etat").status_code == 200

    assert send(learner_client, begun, part | {"state": "é" * 32_769}, "etat").status_code == 413


@pytest.mark.parametrize("part", [{}, {"dataType": 1, "subContentId": "0", "state": "x"}])
def test_what_is_not_a_state_is_refused(learner_client, begun, part):
    assert send(learner_client, begun, part, "etat").status_code == 400


def test_a_state_named_in_letters_no_database_keeps_is_kept(learner_client, begun):
    state = {"dataType": "a\0\ud800b", "subContentId": "0", "state": "x"}

    answer = send(learner_client, begun, state, "etat")

    assert answer.json() == {"saved": True}
    assert ActivityState.objects.get().data_type == "ab"


def test_an_exercise_keeps_so_many_states_and_updates_those_it_has(
    learner_client, begun, monkeypatch
):
    monkeypatch.setattr("lms.exercising.MOST_PARTS", 2)
    state = {"dataType": "state", "state": "x"}
    for part in ("0", "1"):
        send(learner_client, begun, state | {"subContentId": part}, "etat")

    again = send(learner_client, begun, state | {"subContentId": "1", "state": "y"}, "etat")
    third = send(learner_client, begun, state | {"subContentId": "2"}, "etat")

    assert (again.status_code, third.status_code) == (200, 413)
    assert list(ActivityState.objects.order_by("pk").values_list("state", flat=True)) == ["x", "y"]


class TestVersions:
    """A result belongs to the version that was played, whatever was published since."""

    @pytest.fixture
    def grown(self, learner_client, begun):
        """Version 2 came out while the page of version 1 was open."""
        course = Activity.objects.select_related("course").get(kind="h5p").course
        document = course.versions.get(version=1).document
        publish_outline(replace(from_dict(document), title="Maintenance, mise à jour"))
        return begun

    def say(self, client, address, version):
        return client.post(
            f"{address}faits/?version={version}",
            json.dumps({"statement": xapi()}),
            content_type="application/json",
        )

    def test_a_result_is_recorded_under_the_version_played(self, learner_client, grown):
        answer = self.say(learner_client, grown, 1)

        assert answer.json()["complete"] is True
        assert Statement.objects.get(verb="completed").course_version == 1

    def test_without_a_version_it_is_the_one_in_force(self, learner_client, grown):
        send(learner_client, grown, {"statement": xapi()})

        assert Statement.objects.get(verb="completed").course_version == 2

    @pytest.mark.parametrize("version", ["0", "3", "-1", "", "x", "٢", "9" * 30])
    def test_a_version_that_is_not_held_here_is_refused(self, learner_client, grown, version):
        answer = self.say(learner_client, grown, version)

        assert answer.status_code == 400
        assert Statement.objects.filter(verb="completed").count() == 0

    def test_a_version_of_another_course_is_no_version_of_this_one(self, learner_client, grown):
        other = make_course(slug="autre")
        for title in ("Deux", "Trois"):
            document = other.versions.get(version=other.version).document
            other = publish_outline(replace(from_dict(document), title=title))

        assert self.say(learner_client, grown, 3).status_code == 400

    def test_the_page_names_its_version_in_what_it_sends(self, learner_client, grown):
        page = learner_client.get("/cours/maintenance/1.1/").text

        assert f'data-statement-url="{grown}faits/?version=2"' in page

    def test_the_learners_word_too_is_about_the_version_shown(self, learner_client):
        address = make_exercise(completion="marked")

        assert learner_client.post(f"{address}termine/?version=7").status_code == 404
        assert learner_client.post(f"{address}termine/?version=1").status_code == 302
        assert Statement.objects.get(verb="completed").course_version == 1


def test_the_state_of_somebody_else_is_not_given(learner_client, begun):
    send(
        learner_client, begun, {"dataType": "state", "subContentId": "0", "state": "hers"}, "etat"
    )
    issa = make_learner(name="Issa", pin=PIN)
    learner_client.post(f"/entrer/nom/{issa.pk}/", {"pin": PIN})
    learner_client.post("/cours/maintenance/")

    assert learner_client.get(f"{begun}etat/").json() == {"states": []}


def test_exercises_open_for_who_follows_the_course_only(learner_client):
    make_exercise()
    activity = Activity.objects.get(kind="h5p")
    player = f"/h5p/{activity.pk}/1/"
    assert learner_client.get(player).status_code == 403
    assert "Commencez le cours" in learner_client.get("/cours/maintenance/1.1/").text

    learner_client.post("/cours/maintenance/")

    assert learner_client.get(player).status_code != 403
    assert "<h5p-activity" in learner_client.get("/cours/maintenance/1.1/").text

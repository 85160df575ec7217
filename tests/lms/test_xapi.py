from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.fact import Fact, canonical_text
from lms.xapi import Telling, from_xapi, to_xapi
from lms.xapi_words import VERBS, WITHIN
from tests.offline_pack.lrs import strict

WHEN = datetime(2026, 2, 2, 12, 30, 5, 250_000, tzinfo=UTC)
TELLING = Telling(home_page="https://centre.example", occurred_at=WHEN)


def make_fact(verb="answered", **body):
    return Fact(
        id=uuid4(),
        sequence=7,
        verb=verb,
        v=1,
        learner_id=uuid4(),
        object_id=uuid4(),
        course_id=uuid4(),
        course_version=3,
        wall_ms=1_770_000_000_000,
        boot_id=uuid4(),
        mono_ms=5000,
        clock_quality=1,
        body_json=canonical_text(body),
    )


def xapi(fact, **told):
    return to_xapi(fact, replace(TELLING, **told))


bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
told_bodies = bodies | st.fixed_dictionaries(
    {
        "question": st.uuids().map(str) | st.text(max_size=3),
        "attempt": st.uuids().map(str) | st.none(),
        "response": st.lists(st.text(max_size=3), max_size=3),
        "scaled": st.sampled_from(["0.5", "nan", "2", ""]),
    }
)


@given(
    st.sampled_from([*VERBS, "danced", "dansé à <deux>"]),
    told_bodies,
    st.integers(1, 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.sampled_from(["fr", "mos", "", "a b", "fr_FR"]),
)
def test_a_fact_comes_back_whole_from_a_valid_statement(
    verb, body, sequence, wall_ms, has_course, language
):
    fact = replace(
        make_fact(verb),
        body_json=canonical_text(body),
        sequence=sequence,
        wall_ms=wall_ms,
        course_id=uuid4() if has_course else None,
    )
    titles = {fact.object_id: (language, "Titre")}

    text = json.dumps(xapi(fact, name="Awa", language=language, titles=titles))
    statement = json.loads(text)

    strict.check(statement)
    assert from_xapi(statement) == fact
    assert statement["id"] == str(fact.id)


def test_an_answer_says_what_others_understand():
    attempt, question = str(uuid4()), str(uuid4())
    fact = make_fact(right=True, response=["a", "c"], attempt=attempt, question=question)

    statement = xapi(fact, language="mos", within_ms=90_000)

    context = statement["context"]
    assert statement["version"] == "1.0.3"
    assert statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/answered"
    assert statement["timestamp"] == "2026-02-02T12:30:05.250+00:00"
    assert statement["result"] == {"success": True, "response": "a[,]c"}
    assert statement["actor"]["account"] == {
        "homePage": "https://centre.example",
        "name": str(fact.learner_id),
    }
    assert statement["object"]["id"] == f"urn:uuid:{question}"
    assert (context["registration"], context["revision"], context["platform"]) == (
        attempt,
        "3",
        "Yelen",
    )
    assert context["language"] == "mos"
    assert context["extensions"][WITHIN] == 90_000
    activities = context["contextActivities"]
    assert activities["parent"][0]["id"] == f"urn:uuid:{fact.object_id}"
    assert activities["grouping"][0]["id"] == f"urn:uuid:{fact.course_id}"
    assert "stored" not in statement


def test_titles_are_told_in_their_language():
    fact = make_fact("seen")

    titles = {fact.object_id: ("fr", "La poussière")}
    statement = xapi(fact, titles=titles)

    assert statement["object"]["definition"]["name"] == {"fr": "La poussière"}


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("learner_created", {"profile": {"name": "Awa", "region": "Awa"}}),
        ("observed", {"levels": {}, "observer": "Awa", "observer_name": "Awa"}),
        ("registered", {"by": "Awa"}),
        ("danced", {"with": {"partner": "Awa"}}),
        ("seen", ["Awa"]),
    ],
)
def test_without_a_name_nothing_of_the_fact_names_anybody(verb, body):
    fact = replace(make_fact(verb), body_json=canonical_text(body))

    statement = xapi(fact)

    strict.check(statement)
    assert "Awa" not in json.dumps(statement)
    assert replace(from_xapi(statement), body_json="") == replace(fact, body_json="")
    assert "Awa" in json.dumps(xapi(fact, name="Salif"))


def test_a_new_learner_is_told_of_as_a_record_that_every_lrs_takes():
    """Some want the id of an activity wherever xAPI allows a person."""
    fact = replace(make_fact("learner_created"), course_id=None, course_version=0)

    statement = xapi(fact)

    strict.check(statement)
    assert statement["object"]["id"] == f"urn:uuid:{fact.object_id}"
    assert statement["actor"]["account"]["name"] == str(fact.learner_id)


@pytest.mark.parametrize(
    ("scaled", "score"),
    [("0.8500", {"scaled": 0.85}), ("9", None), ("nan", None), ("x", None), (1, None)],
)
def test_only_a_score_from_0_to_1_is_told(scaled, score):
    result = xapi(make_fact("completed", scaled=scaled, mode="scored"))["result"]

    assert result.get("score") == score
    assert result["completion"] is True


def test_a_statement_that_carries_another_fact_is_refused():
    statement = xapi(make_fact()) | {"id": str(uuid4())}

    with pytest.raises(ValueError, match="different ids"):
        from_xapi(statement)

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.fact import Fact, canonical_text
from lms.xapi import VERBS, from_xapi, to_xapi

WHEN = datetime(2026, 2, 2, 12, 30, 5, 250_000, tzinfo=UTC)


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


def xapi(fact):
    return to_xapi(fact, occurred_at=WHEN, home_page="https://centre.example")


bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from([*VERBS, "danced"]),
    bodies,
    st.integers(1, 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
)
def test_a_fact_comes_back_whole(verb, body, sequence, wall_ms, has_course):
    fact = replace(
        make_fact(verb),
        body_json=canonical_text(body),
        sequence=sequence,
        wall_ms=wall_ms,
        course_id=uuid4() if has_course else None,
    )

    statement = json.loads(json.dumps(xapi(fact)))

    assert from_xapi(statement) == fact
    assert statement["id"] == str(fact.id)


def test_an_answer_says_what_others_understand():
    fact = make_fact(right=True, response=["a", "c"], attempt=str(uuid4()))

    statement = xapi(fact)

    assert statement["version"] == "1.0.3"
    assert statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/answered"
    assert statement["timestamp"] == "2026-02-02T12:30:05.250+00:00"
    assert statement["result"] == {"success": True, "response": "a[,]c"}
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

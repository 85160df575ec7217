from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def policy_of(response) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return {name: values for name, _, values in (part.strip().partition(" ") for part in parts)}


def test_a_learner_page_runs_no_inline_script_and_fetches_from_nowhere_else(client):
    policy = policy_of(client.get("/"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"


def test_the_admin_may_write_inline_and_still_fetches_from_nowhere_else(client):
    policy = policy_of(client.get("/admin/login/"))

    assert policy["default-src"] == "'none'"
    assert set(policy["script-src"].split()) == {"'self'", "'unsafe-inline'"}
    assert "http" not in " ".join(policy.values())

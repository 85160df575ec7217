"""The page "LRS" and its button: who may see it, what it tells, and nothing secret."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.html import escape

from offline_pack.forwarding import forward, forward_when_due, lrs_state
from offline_pack.lrs.sending import OTHER_CONTENT
from offline_pack.lrs.words import OWN_WORDS
from offline_pack.models import LrsStraggler
from tests.factories import make_staff
from tests.offline_pack.lrs.server import PASSWORD


@pytest.fixture
def operator(client, db):
    user = make_staff("coordinator")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user, backend="lms.backends.LearnerBackend")
    return client


@pytest.mark.parametrize("role", ["trainer", "manager", "coordinator", "nobody"])
def test_only_coordinators_come_in(client, role, lrs, record):
    rows = record(1)
    LrsStraggler.objects.create(statement=rows[0], refused_at=rows[0].received_at)
    if role != "nobody":
        user = make_staff(role)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user, backend="lms.backends.LearnerBackend")

    page = client.get(reverse("yelen_lrs"))
    client.post(reverse("yelen_lrs_again"))

    is_let_in = role == "coordinator"
    assert (page.status_code == 200) is is_let_in
    assert LrsStraggler.objects.waiting().exists() is is_let_in


def test_without_an_lrs_the_page_says_how_to_get_one(operator):
    page = operator.get(reverse("yelen_lrs")).content.decode()
    telecentres = operator.get(reverse("yelen_telecentres")).content.decode()

    assert "YELEN_LRS_URL" in page
    assert reverse("yelen_lrs_again") not in page
    assert reverse("yelen_lrs") not in telecentres


def test_it_tells_how_it_goes(operator, lrs, record):
    rows = record(5)
    lrs.control(bad=[str(rows[2].pk)])
    forward()
    record(3)

    answer = operator.get(reverse("yelen_lrs"))

    page = answer.content.decode()
    assert (answer.context["waiting"], answer.context["refused"]) == (3, 1)
    assert answer.context["state"].sent == 4
    assert "a statement is bad" in page
    assert reverse("yelen_lrs") in operator.get(reverse("yelen_telecentres")).content.decode()


def test_a_fault_is_told_with_its_remedy_and_the_button_ends_the_wait(operator, lrs, record):
    record(1)
    lrs.control(faults=["403"])
    forward_when_due()

    answer = operator.get(reverse("yelen_lrs"))
    operator.post(reverse("yelen_lrs_again"))
    forward_when_due()

    page, trouble = answer.content.decode(), answer.context["trouble"]
    assert "(403)" in page
    assert escape(trouble.problem) in page
    assert escape(trouble.remedy) in page
    assert PASSWORD not in page
    assert (lrs_state().last_error, lrs_state().sent) == ("", 1)


def test_an_lrs_that_is_not_there_is_told_in_words_and_the_systems_own_are_a_detail(
    operator, lrs, record, settings
):
    record(1)
    settings.YELEN_LRS_URL = "http://127.0.0.1:1/xapi"
    settings.LANGUAGE_CODE = "en"
    forward_when_due()

    answer = operator.get(reverse("yelen_lrs"), headers={"accept-language": "en"})

    trouble = answer.context["trouble"]
    assert trouble.problem == (
        "The LRS cannot be reached (127.0.0.1:1): nothing accepts a connection there."
    )
    assert trouble.remedy.startswith("Ask whether the LRS is running")
    assert '<bdi lang="en">Connection refused</bdi>' in answer.content.decode()
    assert answer.context["next_try"] is not None


def test_no_next_try_is_promised_to_whoever_is_not_let_in(operator, lrs, record):
    record(1)
    lrs.control(faults=["401"])
    forward_when_due()

    answer = operator.get(reverse("yelen_lrs"))

    assert answer.context["next_try"] is None


def test_our_own_words_of_a_refused_result_are_in_the_readers_language(operator, lrs, record):
    (row,) = record(1)
    LrsStraggler.objects.create(statement=row, refused_at=row.received_at, words=OTHER_CONTENT)

    answer = operator.get(reverse("yelen_lrs"))

    assert [words for _item, words in answer.context["latest"]] == [OWN_WORDS[OTHER_CONTENT]]


def test_get_changes_nothing(operator, lrs):
    assert operator.get(reverse("yelen_lrs_again")).status_code == 405

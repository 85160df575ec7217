"""Forgetting who somebody was: what goes, what stays, and that nothing brings them back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth import get_user_model
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from lms.enrolling import enrol
from lms.learners import register_learner
from lms.models import Cohort, Erasure, Learner, Statement
from lms.people.aliasing import decide
from lms.people.erasing import erase, erase_person, pseudonym_of
from lms.pins import set_pin
from lms.progress import rebuild_all
from tests.factories import make_cohort, make_course, make_learner, make_telecentre
from tests.lms.distant import derived_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa():
    learner = register_learner(
        "Awa Ouédraogo", telecentre=make_telecentre(), sex="f", birth_year=1999, region="Centre"
    )
    set_pin(learner, "2580")
    make_cohort(learner)
    return learner


def test_what_says_who_somebody_is_goes_and_what_they_did_stays(awa):
    enrol(awa, make_course())
    before = derived_rows()
    chain = list(Statement.objects.order_by("sequence").values_list("chain_hash", flat=True))

    erase_person(awa, by=None)

    awa.refresh_from_db()
    assert awa.name == pseudonym_of(awa.pk)
    assert awa.name.endswith(awa.pk.hex[-4:])
    assert (awa.sex, awa.birth_year, awa.region, awa.language, awa.pin_hash) == ("", None) + (
        "",
    ) * 3
    assert awa.retired_at is not None
    assert list(Cohort.objects.get().learners.all()) == []
    assert "Awa" not in "".join(Statement.objects.values_list("body_json", flat=True))
    assert derived_rows() == before
    assert (
        list(Statement.objects.order_by("sequence").values_list("chain_hash", flat=True)) == chain
    )
    assert rebuild_all(check=True) == 0


def test_all_ids_of_the_person_are_erased(awa):
    double = make_learner(name="Awa O.")
    decide(awa, double, is_same=True)

    erase_person(awa, by=None)

    assert set(Erasure.objects.values_list("pk", flat=True)) == {awa.pk, double.pk}
    assert not Learner.objects.filter(name__contains="Awa").exists()


def test_an_account_for_learning_goes_and_one_of_staff_stays(awa):
    accounts = get_user_model().objects
    Learner.objects.filter(pk=awa.pk).update(user=accounts.create_user("awa"))
    trainer = make_learner(name="Issa", user=accounts.create_user("issa", is_staff=True))

    erase_person(awa, by=None)
    erase_person(trainer, by=None)

    assert [user.username for user in accounts.all()] == ["issa"]
    assert not Learner.objects.exclude(user=None).exists()


def test_what_was_noted_of_signing_in_goes_with_the_account(awa):
    accounts = get_user_model().objects
    Learner.objects.filter(pk=awa.pk).update(user=accounts.create_user("awa"))
    other = accounts.create_user("awani")
    for user in accounts.all():
        log(user, "wagtail.create")
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        for name in ("awa", "Awa", "awani"):
            values = {"failures_since_start": 1} if model is AccessAttempt else {}
            model.objects.create(username=name, ip_address="127.0.0.1", **values)

    erase_person(awa, by=None)

    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        assert [row.username for row in model.objects.all()] == ["awani"]
    assert set(ModelLogEntry.objects.values_list("label", flat=True)) == {"", str(other)}


def test_erasing_twice_changes_nothing(awa):
    erase_person(awa, by=None)
    left = Learner.objects.values().get(pk=awa.pk)

    erase({awa.pk: left["name"]})

    assert Learner.objects.values().get(pk=awa.pk) == left
    assert Erasure.objects.count() == 1


def test_a_session_of_somebody_erased_is_over(client, settings, awa):
    settings.YELEN_ROLE = "telecentre"
    client.post(f"/entrer/nom/{awa.pk}/", {"pin": "2580"})
    assert client.get("/moi/").status_code == 200

    erase_person(awa, by=None)

    assert client.get("/moi/").status_code == 302
    assert client.get(f"/entrer/nom/{awa.pk}/").status_code == 404


def test_when_somebody_left_before_stays_known(awa):
    left = datetime(2026, 1, 5, tzinfo=UTC)
    Learner.objects.update(retired_at=left)

    erase_person(awa, by=None)

    assert Learner.objects.get().retired_at == left

from __future__ import annotations

import pytest

from lms.learners import register_learner
from lms.models import Learner, Organisation, Statement
from lms.profiles import receive_learners
from tests.factories import make_telecentre
from tests.lms.distant import DistantDevice

pytestmark = pytest.mark.django_db


def test_a_new_learner_is_told_to_the_centre_without_credentials():
    organisation = Organisation.objects.create(name="Association Wend-Panga")

    learner = register_learner(
        "Awa Ouédraogo",
        telecentre=make_telecentre(),
        organisation=organisation,
        sex="f",
        birth_year=2001,
    )

    statement = Statement.objects.get()
    assert (statement.verb, statement.object_id) == ("learner_created", learner.pk)
    assert statement.body["profile"] == {
        "name": "Awa Ouédraogo",
        "sex": "f",
        "birth_year": 2001,
        "region": "",
        "language": "fr",
        "organisation": str(organisation.pk),
    }


def test_what_is_told_makes_the_same_learner_elsewhere():
    organisation = Organisation.objects.create(name="Association Wend-Panga")
    here = make_telecentre()
    learner = register_learner("Awa", telecentre=here, organisation=organisation, region="Centre")
    fact = Statement.objects.get().fact()
    Learner.objects.all().delete()

    assert receive_learners([fact], telecentre_id=here.pk) == {learner.pk}

    again = Learner.objects.get()
    assert (again.pk, again.name, again.organisation, again.region, again.telecentre) == (
        learner.pk,
        "Awa",
        organisation,
        "Centre",
        here,
    )


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"name": ""},
        {"name": 7},
        "Awa",
        None,
    ],
)
def test_a_profile_without_a_name_makes_nobody(profile):
    far = DistantDevice()
    fact = far.fact("learner_created", far.boot_id, learner=far.boot_id, profile=profile)

    assert receive_learners([fact], telecentre_id=make_telecentre().pk) == set()


def test_odd_profiles_are_cut_to_what_a_row_can_hold():
    far = DistantDevice()
    profile = {
        "name": "  Awa\0\ud800 " + "x" * 300,
        "sex": "robot",
        "birth_year": 12,
        "region": ["Centre"],
        "organisation": "none",
        "language": "",
    }
    fact = far.fact("learner_created", far.boot_id, learner=far.boot_id, profile=profile)

    receive_learners([fact], telecentre_id=make_telecentre().pk)

    learner = Learner.objects.get()
    assert learner.name.startswith("Awa x") and len(learner.name) <= 120
    assert (learner.sex, learner.birth_year, learner.region) == ("", None, "")
    assert (learner.organisation, learner.language) == (None, "fr")


def test_a_device_of_no_telecentre_makes_nobody():
    far = DistantDevice()
    fact = far.fact("learner_created", far.boot_id, learner=far.boot_id, profile={"name": "Awa"})

    assert receive_learners([fact], telecentre_id=None) == set()
    assert not Learner.objects.exists()

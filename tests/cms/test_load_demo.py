"""``load_demo`` at the centre and at a telecentre."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from cms.demo.instances import Instance
from cms.demo_loading.identity import demo_id
from cms.demo_loading.people import MANAGER, PIN, PLACES, TRAINER
from courses.models import Course, CourseVersion
from lms.models import Cohort, CohortCourse, Device, Learner, StaffProfile, Telecentre
from lms.pins import check_pin

pytestmark = pytest.mark.django_db


def load(on_commit):
    out = StringIO()
    with on_commit():
        call_command("load_demo", stdout=out)
    return out.getvalue()


def test_the_centre_gets_its_network_people_and_course_once(on_commit):
    said = load(on_commit)
    course = Course.objects.get()
    again = load(on_commit)

    assert again == f"cours  maintenance, version 1\n{said}"  # a test commits after the command
    assert said.splitlines()[-1] == "démo chargée au centre"
    assert f"{TRAINER.username}  {TRAINER.password}" in said
    assert (course.pk, course.slug, course.version) == (
        demo_id("course/maintenance"),
        "maintenance",
        1,
    )
    assert (course.modules.count(), course.activities.filter(kind="quiz").count()) == (6, 6)
    assert course.activities.filter(kind="practical").count() == 6
    assert course.activities.filter(kind="h5p").count() == 1
    assert CourseVersion.objects.count() == 1
    assert list(Telecentre.objects.values_list("slug", flat=True).order_by("slug")) == [
        "baobab",
        "marche",
    ]
    assert Learner.objects.count() == sum(len(place.learners) for place in PLACES)
    assert CohortCourse.objects.filter(course_id=course.pk).count() == Cohort.objects.count() == 2
    assert Learner.objects.exclude(user=None).get().name == "Fatoumata Traoré"


def test_a_telecentre_says_that_its_learners_have_not_arrived(on_commit, settings):
    settings.YELEN_ROLE = "telecentre"

    said = load(on_commit)

    assert "ne sont pas encore arrivés" in said
    assert StaffProfile.objects.get().role == "manager"
    assert list(Learner.objects.all()) == []


def test_a_telecentre_gives_the_learners_it_has_their_pin(on_commit, settings):
    settings.YELEN_ROLE = "telecentre"
    here = Telecentre.objects.create(slug="baobab", name="Télécentre du Baobab")
    Device.objects.create(is_self=True, telecentre=here)
    name = PLACES[0].learners[0].name
    known = Learner.objects.create(
        pk=demo_id("learner", "baobab", name), name=name, telecentre=here
    )
    other = Learner.objects.create(name="Quelqu'un d'ici", telecentre=here)

    said = load(on_commit)

    assert f"code PIN  {PIN}  {name}" in said
    assert check_pin(known.pk, PIN).is_right
    other.refresh_from_db()
    assert other.pin_hash == ""
    manager = get_user_model().objects.get(username=MANAGER.username)
    assert manager.staff_profile.telecentre == here


@pytest.mark.slow
def test_a_telecentre_loads_the_demo_without_wagtail(tmp_path):
    telecentre = Instance("telecentre", tmp_path / "telecentre")
    telecentre.command("migrate")

    done = telecentre.command(
        "shell",
        "-c",
        "import sys; from django.core.management import call_command; call_command('load_demo');"
        "assert not [name for name in sys.modules if name.startswith('wagtail')]",
    )

    assert "démo chargée au télécentre" in done.stdout

"""The centre's part of the demo."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Permission

from cms.demo_loading import people
from cms.demo_loading.course_files import COURSES, load_course
from cms.demo_loading.network import ensure_role, ensure_user, give_account, load_network
from cms.starting import ensure_trainers
from courses.models import Course
from lms.models import Role


@dataclass(frozen=True, slots=True)
class LoadedCentre:
    courses: tuple[Course, ...]
    places: tuple[people.Place, ...]
    sign_ins: tuple[people.SignIn, ...]


def load_centre() -> LoadedCentre:
    """Make everything that is not there yet; what is there is brought back to the demo's state."""
    ensure_user(people.ADMINISTRATOR, is_superuser=True, is_staff=True)
    trainer = ensure_user(people.TRAINER)
    ensure_role(trainer, Role.TRAINER)
    coordinator = ensure_user(people.COORDINATOR)
    ensure_role(coordinator, Role.COORDINATOR)
    coordinator.user_permissions.add(Permission.objects.get(codename="access_admin"))
    pages = [load_course(name, user=trainer) for name in COURSES]
    trainer.groups.add(ensure_trainers(pages[0].get_parent()))
    load_network(courses=[page.learning_id for page in pages])
    learner = ensure_user(people.LEARNER)
    give_account(learner, learner_name=people.LEARNER.name)
    return LoadedCentre(
        courses=tuple(Course.objects.filter(slug__in=COURSES)),
        places=people.PLACES,
        sign_ins=(people.ADMINISTRATOR, people.TRAINER, people.COORDINATOR, people.LEARNER),
    )

"""Facts that waited for their context: a course, a version of it, or a learner."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import product
from uuid import UUID

from django.db.models import Q, QuerySet

from courses.models import ActivityVersion
from lms.models import Attempt, Completion, Enrolment, Statement
from lms.placing import place_all
from lms.progress.catalogue import load_shapes
from lms.progress.deriving import count_differences, derive
from lms.progress.figures import Done
from lms.progress.loading import Pair
from lms.progress.writing import announce

Place = tuple[UUID, str, UUID]  # course, and what of it


def derive_pending(*, learner_ids: Collection[UUID] = ()) -> int:
    """Draw the conclusions of facts that came before their learners did."""
    statements = Statement.objects.filter(learner_id__in=learner_ids)
    return derive(_pairs(statements), announced=True)


def redraw_people(groups: Iterable[Collection[UUID]]) -> int:
    """Draw everything again about learners who became one person, or two: a group for each.

    What nobody of a group had completed before is announced, and nothing else.
    """
    groups = list(groups)
    learner_ids = {key for group in groups for key in group}
    told = Statement.objects.filter(learner_id__in=learner_ids, course_id__isnull=False)
    courses = set(told.order_by().values_list("course_id", flat=True).distinct())
    before = _completed(learner_ids)
    changed = derive(product(learner_ids, filter(None, courses)))
    after = _completed(learner_ids)
    for group in groups:
        held = {place for key in group for place in before[key]}
        for key in group:
            for place, done in after[key].items():
                if place not in held:
                    course_id, kind, object_id = place
                    announce((key, course_id), {(kind, object_id): done})
    return changed


def _completed(learner_ids: Collection[UUID]) -> dict[UUID, dict[Place, Done]]:
    """What stands under each of these ids."""
    found: dict[UUID, dict[Place, Done]] = {key: {} for key in learner_ids}
    for row in Completion.objects.filter(learner__in=learner_ids):
        done = Done(row.completed_at, row.scaled)
        found[row.learner_id][row.course_id, row.kind, row.object_id] = done
    return found


def derive_course(course_id: UUID, *, version: int) -> int:
    """Draw the conclusions a newly published version allows; mostly there are none to draw.

    Everybody's, when the version asks for other things than those before it; otherwise those of
    learners whose exercises it changed, or who were already ahead of it.
    """
    statements = Statement.objects.filter(course_id=course_id)
    if not _is_new_shape(course_id, version):
        changed = ActivityVersion.objects.filter(since=version).values("activity_id")
        statements = statements.filter(Q(object_id__in=changed) | Q(course_version__gte=version))
    return derive(_pairs(statements), announced=True)


def _is_new_shape(course_id: UUID, version: int) -> bool:
    shapes = load_shapes([course_id]).get(course_id, {})
    others = [shape for number, shape in shapes.items() if number != version]
    return shapes.get(version) not in others


def rebuild_all(*, check: bool = False) -> int:
    """Work every figure out again; return how many rows were wrong. ``check`` writes nothing."""
    if check:
        return count_differences(_all_pairs())
    place_all()
    return derive(_all_pairs())


def _all_pairs() -> Iterator[Pair]:
    """Every learner and course with a fact, or with a figure that may lack one."""
    yield from _pairs(Statement.objects.all())
    for model in (Enrolment, Attempt, Completion):
        rows = model.objects.order_by().values_list("learner_id", "course_id").distinct()
        yield from rows.iterator()


def _pairs(statements: QuerySet[Statement]) -> Iterator[Pair]:
    with_course = statements.filter(course_id__isnull=False).order_by()
    for learner_id, course_id in (
        with_course.values_list("learner_id", "course_id").distinct().iterator()
    ):
        if course_id is not None:  # narrows for the type checker
            yield learner_id, course_id

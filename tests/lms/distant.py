"""A telecentre far away, that makes facts; and ways to look at what was concluded from them."""

from __future__ import annotations

from uuid import UUID, uuid4

from lms.fact import Fact, canonical_text
from lms.models import Attempt, Completion, Device, Enrolment, Epoch
from tests.factories import make_telecentre

NOON = 1_770_000_000_000  # ms: 2 February 2026
MINUTE = 60_000


class DistantDevice:
    """Makes facts in order, as the machine of another telecentre would."""

    def __init__(self, *, telecentre=None):
        device = Device.objects.create(telecentre=telecentre or make_telecentre())
        self.epoch = Epoch.objects.create(device=device)
        self.sequence = 0
        self.boot_id = uuid4()

    def fact(self, verb, object_id: UUID, *, learner, course=None, version=None, at=None, **body):
        """The next fact; ``at`` is in minutes after noon, else a minute after the one before."""
        self.sequence += 1
        wall_ms = NOON + MINUTE * (self.sequence if at is None else at)
        return Fact(
            id=uuid4(),
            sequence=self.sequence,
            verb=verb,
            v=1,
            learner_id=getattr(learner, "pk", learner),
            object_id=object_id,
            course_id=getattr(course, "pk", course),
            course_version=(course.version if course else 0) if version is None else version,
            wall_ms=wall_ms,
            boot_id=self.boot_id,
            mono_ms=wall_ms - NOON + 1000 * MINUTE,
            clock_quality=0,
            body_json=canonical_text(body),
        )


def derived_rows() -> dict[str, list]:
    """Every derived row, without its own key, in an order of its own."""
    return {
        model.__name__: sorted(
            (
                tuple(
                    getattr(row, field.attname)
                    for field in model._meta.concrete_fields
                    if not field.primary_key
                )
                for row in model.objects.all()
            ),
            key=repr,
        )
        for model in (Enrolment, Attempt, Completion)
    }


def completed(learner) -> set[tuple[str, UUID]]:
    return set(Completion.objects.filter(learner=learner).values_list("kind", "object_id"))

"""Taking a course away from a telecentre; what learners did in it stays."""

from __future__ import annotations

from django.db import transaction

from courses.models import Course
from courses.publishing import withdraw_course
from offline_pack.models import Release
from offline_pack.store.collecting import Collected, store_to_ourselves, sweep


def remove_course(course: Course) -> Collected:
    """Take the course off the catalogue and its files off the disk.

    Its rows stay: results, and the facts about it, are worked out from them. Installing its pack
    brings it back. Raises ``NotATelecentreError`` or ``ImportBusyError``.
    """
    with store_to_ourselves():
        _withdraw(course)
        return sweep()


@transaction.atomic(durable=True)
def _withdraw(course: Course) -> None:
    withdraw_course(course)
    Release.objects.filter(pack=course.pk).update(is_kept=False)

"""Facts that take new places."""

from __future__ import annotations

from uuid import uuid4

import pytest

from lms.models import Epoch
from lms.recording import record_statement
from lms.streams import carry_into_new_epoch
from tests.factories import make_learner

pytestmark = pytest.mark.django_db


def test_a_stream_promises_nothing_about_places_it_gave_up():
    learner = make_learner()
    for _ in range(3):
        record_statement(
            verb="seen", learner=learner, object_id=uuid4(), course_id=uuid4(), course_version=1
        )
    Epoch.objects.update(acknowledged=3, durable=2)

    opened = carry_into_new_epoch(Epoch.objects.get(), after=1)

    closed = Epoch.objects.exclude(pk=opened.pk).get()
    assert (closed.last_sequence, closed.acknowledged, closed.durable) == (1, 1, 1)
    assert (opened.last_sequence, opened.acknowledged, opened.durable) == (2, 0, 0)

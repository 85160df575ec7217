from __future__ import annotations

from uuid import uuid4

import pytest

from lms.recording import record_statement
from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice


@pytest.fixture(autouse=True)
def small_reserve(settings):
    """Tests may run on a nearly full disk."""
    settings.YELEN_RESERVE_BYTES = 1024 * 1024


@pytest.fixture
def telecentre(db):
    return make_telecentre()


@pytest.fixture
def learner(telecentre):
    return make_learner(telecentre=telecentre)


@pytest.fixture
def device(telecentre):
    """Known at the centre, with nothing told yet."""
    return RemoteDevice(telecentre).registered()


@pytest.fixture
def record(learner):
    """A function that has the learner see so many lessons."""

    def record(times=1):
        for _ in range(times):
            record_statement(
                verb="seen",
                learner=learner,
                object_id=uuid4(),
                course_id=uuid4(),
                course_version=1,
            )

    return record

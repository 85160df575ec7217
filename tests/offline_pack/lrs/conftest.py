from __future__ import annotations

import logging
from uuid import uuid4

import pytest

from lms.recording import record_statement
from tests.factories import make_learner
from tests.offline_pack.lrs.server import PASSWORD, USER, RealLrs


@pytest.fixture(scope="session")
def lrs_process():
    with RealLrs() as lrs:
        yield lrs


@pytest.fixture
def lrs(lrs_process, settings, caplog):
    """The LRS, empty and in order, and this centre set to forward to it."""
    caplog.set_level(logging.INFO)
    lrs_process.control(reset=True)
    settings.YELEN_ROLE = "central"
    settings.YELEN_LRS_URL = lrs_process.url
    settings.YELEN_LRS_USER, settings.YELEN_LRS_PASSWORD = USER, PASSWORD
    settings.YELEN_LRS_HOME_PAGE = "https://centre.example.org"
    yield lrs_process
    assert PASSWORD not in caplog.text


@pytest.fixture
def learner(db):
    return make_learner()


@pytest.fixture
def record(learner):
    def record(times=1, **changes):
        fields = {
            "verb": "seen",
            "learner": learner,
            "object_id": uuid4(),
            "course_id": uuid4(),
            "course_version": 1,
        }
        return [record_statement(**fields | changes) for _ in range(times)]

    return record

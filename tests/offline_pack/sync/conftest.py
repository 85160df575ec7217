from __future__ import annotations

import pytest

from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice


@pytest.fixture
def telecentre(db):
    return make_telecentre()


@pytest.fixture
def learner(telecentre):
    return make_learner(telecentre=telecentre)


@pytest.fixture
def device(telecentre):
    return RemoteDevice(telecentre).registered()

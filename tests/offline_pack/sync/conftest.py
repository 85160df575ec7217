from __future__ import annotations

import pytest

from tests.factories import make_learner, make_telecentre
from tests.offline_pack.sync.devices import RemoteDevice
from tests.offline_pack.sync.places import paired


@pytest.fixture
def telecentre(db):
    return make_telecentre()


@pytest.fixture
def learner(telecentre):
    return make_learner(telecentre=telecentre)


@pytest.fixture
def device(telecentre):
    return RemoteDevice(telecentre).registered()


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Real processes, which the tests of several files share."""
    with paired(tmp_path_factory.mktemp("places")) as places:
        yield places

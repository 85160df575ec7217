from __future__ import annotations

import pytest

from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink
from offline_pack.trust.keys import own_key
from tests.factories import make_staff
from tests.offline_pack.sync.places import paired


@pytest.fixture
def at_telecentre(settings, telecentre):
    settings.YELEN_ROLE = "telecentre"
    settings.LANGUAGE_CODE = "en"
    return telecentre


@pytest.fixture
def manager(client, at_telecentre):
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")
    return client


@pytest.fixture
def link(telecentre):
    return CentreLink.objects.create(
        address="https://centre.example.org",
        name="Réseau",
        sync_key=own_key(SYNC).public.hex(),
        telecentre=telecentre,
    )


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Real processes, which the tests of several files share."""
    with paired(tmp_path_factory.mktemp("places")) as places:
        yield places

from __future__ import annotations

import pytest

from tests.offline_pack.sync.places import paired


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Real processes, which the tests of several files share."""
    with paired(tmp_path_factory.mktemp("places")) as places:
        yield places

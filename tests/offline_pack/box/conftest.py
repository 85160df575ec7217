from __future__ import annotations

import pytest
from django.utils import translation

from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink
from offline_pack.trust.age_keys import own_recipient
from offline_pack.trust.keys import own_key
from tests.offline_pack.sync.devices import RemoteDevice


@pytest.fixture
def device(telecentre, learner):
    """With four facts to tell."""
    device = RemoteDevice(telecentre).registered()
    for _ in range(4):
        device.records(learner.pk)
    return device


@pytest.fixture
def link(telecentre):
    """The keys of this process stand for the centre's as well."""
    return CentreLink.objects.create(
        address="https://centre.example.org",
        name="Centre",
        sync_key=own_key(SYNC).public.hex(),
        box_recipients=[own_recipient()],
        telecentre=telecentre,
    )


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def plugged(settings, stick):
    settings.YELEN_USB_DIR = stick
    return stick


@pytest.fixture
def in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield

from __future__ import annotations

import pytest
from django.utils import translation

from tests.offline_pack.sync.devices import RemoteDevice


@pytest.fixture
def device(telecentre, learner):
    """With four facts to tell."""
    device = RemoteDevice(telecentre).registered()
    for _ in range(4):
        device.records(learner.pk)
    return device


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

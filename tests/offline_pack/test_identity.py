"""Keys are made at the first start; a disk that was copied is noticed, or held none."""

from __future__ import annotations

import pytest

from lms.models import Device, Epoch
from lms.recording import own_device, own_epoch
from offline_pack import identity
from offline_pack.conf import keys_folder
from offline_pack.errors import NotForImageError
from offline_pack.format.signing import SYNC
from offline_pack.identity import prepare_image, start_up
from offline_pack.models import CentreLink, OwnRequest
from offline_pack.pairing.asking import own_request_body
from offline_pack.trust.keys import own_key
from tests.factories import make_learner, make_telecentre

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_machine(monkeypatch):
    def be_on(name):
        monkeypatch.setattr(identity, "read_marks", lambda: frozenset({name}))

    be_on("one")
    return be_on


def key_files():
    return {path.name: path.read_text() for path in keys_folder().iterdir()}


def open_epochs():
    return list(Epoch.objects.filter(closed_at=None).values_list("pk", flat=True))


def test_keys_are_made_at_the_first_start_and_stay(on_machine):
    start_up()
    first = key_files()

    start_up()

    assert set(first) == {"device.key", "box.age"}
    assert key_files() == first


def test_a_copy_of_a_paired_disk_begins_a_stream_of_its_own(on_machine):
    CentreLink.objects.create(
        address="",
        name="Centre",
        sync_key=own_key(SYNC).public.hex(),
        telecentre=make_telecentre(),
    )
    own_epoch()
    start_up()
    device, keys, before = own_device().pk, key_files(), open_epochs()

    on_machine("two")
    start_up()
    after = open_epochs()
    start_up()

    assert before != after == open_epochs()
    assert (own_device().pk, key_files()) == (device, keys)


def test_a_copy_of_a_disk_not_paired_yet_becomes_another_device(on_machine):
    start_up()
    own_request_body()
    device, keys = own_device().pk, key_files()

    on_machine("two")
    start_up()

    assert own_device().pk != device
    assert Device.objects.count() == 1
    assert not set(key_files().values()) & set(keys.values())
    assert not OwnRequest.objects.exists()


def test_an_image_holds_no_keys_and_each_copy_makes_its_own(on_machine, data_dir):
    start_up()
    (keys_folder() / "secret").write_text("x")
    (keys_folder() / ".box.age.0123").write_text("a draft that was cut short")
    before = key_files()

    prepare_image()

    assert not keys_folder().exists()
    assert not (data_dir / "machine.json").exists()
    assert not Device.objects.exists()
    on_machine("two")
    start_up()
    assert key_files()["device.key"] != before["device.key"]


@pytest.mark.parametrize("what", ["pairing", "learner"])
def test_a_machine_in_use_is_not_fit_to_be_copied(on_machine, what):
    start_up()
    if what == "pairing":
        CentreLink.objects.create(
            address="", name="x", sync_key="00" * 32, telecentre=make_telecentre()
        )
    else:
        make_learner()
    before = key_files()

    with pytest.raises(NotForImageError):
        prepare_image()

    assert key_files() == before

"""The keys for boxes: made once, told to the other side, old pairings included."""

from __future__ import annotations

import pytest

from lms.models import Device
from lms.recording import own_epoch
from offline_pack.box.incoming import receive_boxes
from offline_pack.conf import keys_folder
from offline_pack.format.errors import KeyFileError
from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink, DeviceContact
from offline_pack.sync.envelope import decode_batch
from offline_pack.sync.exchange import exchange
from offline_pack.trust.age_keys import (
    centre_recipients,
    own_identity,
    own_recipient,
    usable_recipients,
)
from offline_pack.trust.keys import own_key
from tests.offline_pack.box.boxes import new_identity, put_box
from tests.offline_pack.sync.devices import post

NOW = 1_790_000_000_000


def test_the_key_is_made_once_and_readable_by_its_user_only(db):
    first, second = own_recipient(), own_recipient()

    path = keys_folder() / "box.age"
    assert first == second == str(own_identity().to_public())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_is_never_replaced_in_silence(db):
    own_recipient()
    (keys_folder() / "box.age").write_text("damaged\n")

    with pytest.raises(KeyFileError):
        own_identity()

    assert (keys_folder() / "box.age").read_text() == "damaged\n"
    (keys_folder() / "box.age").unlink()


def test_what_is_no_recipient_is_passed_over():
    good = str(new_identity().to_public())

    assert usable_recipients([good, "age1nonsense", 7, None, "x" * 10_000]) == [good]
    assert usable_recipients("age1") == usable_recipients(None) == []


def test_an_old_pairing_learns_both_keys_at_its_next_sync(telecentre, learner):
    class Centre:
        address = "https://centre.example.org"

        def send_batch(self, body, *, centre):
            self.told = decode_batch(body).header.age
            return {"stored": 0, "server_time": NOW, "down": [], "box": centre_recipients()}

    link = CentreLink.objects.create(
        address=Centre.address,
        name="Centre",
        sync_key=own_key(SYNC).public.hex(),
        telecentre=telecentre,
    )
    own_epoch()
    centre = Centre()

    exchange(link, centre)

    link.refresh_from_db()
    assert link.box_recipients == centre_recipients()
    assert centre.told == own_recipient()


def test_the_centre_keeps_what_a_header_tells_and_tells_its_own(device):
    mine = str(new_identity().to_public())

    told = post(device.body(age=mine), key=device.key)

    assert DeviceContact.objects.get(device=device.id).age == mine
    assert told.document["box"] == centre_recipients()


def test_a_box_says_nothing_about_a_clock_that_was_read_days_ago(device, stick):
    put_box(stick, device)

    receive_boxes(stick)

    assert DeviceContact.objects.get(device=device.id).clock_ahead is None
    assert Device.objects.get(pk=device.id).last_heard_at is not None

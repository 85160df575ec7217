"""At a telecentre: new keys made when due, offered, and taken only once the centre has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.recording import own_device, own_epoch
from offline_pack import syncing
from offline_pack.format.signing import DEVICE, SYNC, SigningKey
from offline_pack.models import CentreLink
from offline_pack.sync.envelope import decode_batch
from offline_pack.sync.errors import UnknownDeviceError
from offline_pack.sync.exchange import Exchanged, exchange
from offline_pack.sync.renewing import make_new_keys, rotation_for
from offline_pack.trust.age_keys import own_identities, own_recipient
from offline_pack.trust.keys import has_next_key, next_key, own_key, own_keys

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def ms(at):
    return int(at.timestamp() * 1000)


class Centre:
    """Answers every batch, and says of keys what it is told to."""

    address = "https://centre.example.org"

    def __init__(self, *, takes=True, **key):
        self.key, self.takes, self.headers = key, takes, []

    def send_batch(self, body, *, centre):
        header = decode_batch(body).header
        self.headers.append(header)
        answer = {"stored": 0, "server_time": ms(NOW), "down": []}
        told = {"id": own_key(DEVICE).key_id, "since": ms(NOW - timedelta(days=10)), **self.key}
        if header.rotate and self.takes:
            answer["next"] = header.rotate.key.key_id
        return answer | {"key": told}


@pytest.fixture
def link(telecentre):
    own_epoch()
    return CentreLink.objects.create(
        address=Centre.address,
        name="Centre",
        sync_key=own_key(SYNC).public.hex(),
        telecentre=telecentre,
    )


def test_a_young_key_is_left_alone(link):
    centre = Centre()

    exchange(link, centre)

    link.refresh_from_db()
    assert centre.headers[0].rotate is None
    assert not has_next_key(DEVICE)
    assert (link.key_since, link.key_until) == (NOW - timedelta(days=10), None)


def test_after_a_year_by_the_centres_clock_new_keys_are_made_and_taken(link):
    centre = Centre(since=ms(NOW - timedelta(days=365)))
    before, age = own_key(DEVICE).key_id, own_recipient()

    exchange(link, centre)
    offered = next_key(DEVICE).key_id
    exchange(link, centre)

    header = centre.headers[1]
    assert header.rotate.key.key_id == offered == own_key(DEVICE).key_id
    header.rotate.check(device=own_device().pk, old=before)
    assert not has_next_key(DEVICE)
    assert [key.key_id for key in own_keys(DEVICE)] == [offered, before]
    assert own_recipient() == header.rotate.age != age
    assert age in [str(identity.to_public()) for identity in own_identities()]


def test_until_the_centre_has_said_so_the_old_keys_are_in_use(link):
    centre = Centre(takes=False)
    before = own_key(DEVICE).key_id
    make_new_keys()

    exchange(link, centre)
    exchange(link, centre)

    first, second = (header.rotate for header in centre.headers)
    assert own_key(DEVICE).key_id == before
    assert first == second
    assert first.key.key_id == next_key(DEVICE).key_id


def test_a_key_that_ends_makes_no_new_one(link):
    """It was put back from an old copy: only a person can help, and the page says so."""
    ends = NOW + timedelta(days=100)
    centre = Centre(since=ms(NOW - timedelta(days=600)), until=ms(ends))

    exchange(link, centre)

    link.refresh_from_db()
    assert link.key_until == ends
    assert not has_next_key(DEVICE)


def test_a_centre_that_knows_nothing_of_keys_changes_none(link):
    class Old(Centre):
        def send_batch(self, body, *, centre):
            return {"stored": 0, "server_time": ms(NOW), "down": []}

    make_new_keys()
    before = own_key(DEVICE).key_id

    exchange(link, Old())

    assert own_key(DEVICE).key_id == before
    assert has_next_key(DEVICE)


def test_an_older_key_offers_the_one_in_use_anew(db):
    older = SigningKey.generate()

    assert rotation_for(older).key.key_id == own_key(DEVICE).key_id
    assert rotation_for(own_key(DEVICE)) is None


def test_a_centre_put_back_from_an_old_copy_is_met_with_the_older_key(link, monkeypatch):
    make_new_keys()
    before = own_key(DEVICE).key_id
    exchange(link, Centre())
    tried = []

    def only_knows_the_old_one(link, centre, *, signing, **_options):
        tried.append(signing.key_id)
        if signing.key_id != before:
            raise UnknownDeviceError("unknown")
        return Exchanged(stored=3)

    monkeypatch.setattr(syncing, "exchange", only_knows_the_old_one)

    assert syncing.sync_with_centre().stored == 3
    assert tried == [own_key(DEVICE).key_id, before]


def test_a_device_that_no_key_helps_is_told_to_pair(link, monkeypatch):
    def knows_none(*_arguments, **_options):
        raise UnknownDeviceError("unknown")

    monkeypatch.setattr(syncing, "exchange", knows_none)

    with pytest.raises(UnknownDeviceError):
        syncing.sync_with_centre()

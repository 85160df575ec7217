"""A box, its answer and a database of former versions are read (README.md beside this file)."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command

from lms.fact import Fact
from lms.learners import register_learner
from lms.merging import merge_statements
from lms.models import Device, Epoch, Learner, Notice, Statement, Telecentre
from lms.recording import own_device, own_epoch
from offline_pack.box.incoming import receive_boxes
from offline_pack.box.outgoing import write_boxes
from offline_pack.box.reading import read_answer
from offline_pack.format.signing import SigningKey
from offline_pack.models import DeviceKey, QuarantinedFact
from offline_pack.pairing.joining import adopt_centre
from offline_pack.sync.batch import waiting_facts
from offline_pack.trust.chain import held_trust
from tests.compat.exchange import COURSE, NAME, tell_story
from tests.machine.places import CENTRE, TELECENTRE

V1 = Path(__file__).parent / "v1"
TOLD = json.loads((V1 / "exchange.json").read_text())
FACTS = [Fact.from_wire(document) for document in TOLD["facts"]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def take_keys(data_dir):
    """A function that makes this process the centre or the telecentre of somebody's exchange."""

    def take_keys(role, told):
        for name, text in told["keys"][role].items():
            (data_dir / "keys" / name).write_text(text)

    return take_keys


@pytest.fixture
def be_the_centre(take_keys):
    """... which has paired the telecentre."""

    def be_the_centre(told):
        take_keys(CENTRE, told)
        known = told["paired"]["telecentre"]
        place = Telecentre.objects.create(id=UUID(known["id"]), slug=known["slug"])
        device = Device.objects.create(id=UUID(told["paired"]["device"]), telecentre=place)
        key = SigningKey(bytes.fromhex(told["keys"][TELECENTRE]["device.key"]))
        DeviceKey.objects.create(key_id=key.key_id, public_key=key.public.hex(), device=device)

    return be_the_centre


def test_the_centre_takes_the_box(be_the_centre):
    be_the_centre(TOLD)

    received = receive_boxes(V1 / "exchange.yelenbox")

    assert [(box.facts, box.set_aside, box.is_good) for box in received.outcomes] == [(8, 0, True)]
    epoch = Epoch.objects.get()
    assert (epoch.pk, bytes(epoch.last_hash).hex()) == (UUID(TOLD["epoch"]), TOLD["last_hash"])
    assert [row.fact() for row in epoch.statements.order_by("sequence")] == FACTS
    assert Learner.objects.get().name == NAME
    assert Learner.objects.get().enrolments.get().course_id == COURSE
    assert not QuarantinedFact.objects.exists()


def test_the_telecentre_takes_the_answer(take_keys):
    take_keys(TELECENTRE, TOLD)
    adopt_centre(TOLD["paired"], address="http://centre.example")
    Epoch.objects.filter(pk=own_epoch().pk).update(closed_at="2026-06-01T08:00Z")
    epoch = Epoch.objects.create(pk=UUID(TOLD["epoch"]), device=own_device())
    merge_statements(epoch, FACTS)

    done = read_answer(V1 / "exchange.yelenack")

    assert (done.stored, done.rejected, waiting_facts()) == (8, 0, 0)
    assert set(Learner.objects.values_list("name", flat=True)) == {NAME, "Issa Kaboré"}
    assert Learner.objects.get(name="Issa Kaboré").cohorts.get().name == "Matin"
    assert Notice.objects.get().texts["fr"]["title"] == "Rencontre"
    assert held_trust().version == 1


def test_a_database_is_migrated_and_its_facts_sync(tmp_path, empty_database, be_the_centre):
    """Of today, as long as nothing is released: then of each release."""
    story = tell_story(tmp_path, empty_database)
    be_the_centre(story.told)

    with story.telecentre.at_work():
        call_command("migrate", verbosity=0)
        register_learner("Depuis", telecentre=own_device().telecentre)
        write_boxes(tmp_path)
    story.telecentre.switch_off()
    received = receive_boxes(tmp_path)

    assert [(box.facts, box.set_aside, box.is_good) for box in received.outcomes] == [(9, 0, True)]
    assert set(Learner.objects.values_list("name", flat=True)) == {NAME, "Depuis"}
    assert Statement.objects.count() == 9

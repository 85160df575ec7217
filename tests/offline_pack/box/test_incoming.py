"""At the centre: boxes from sticks, good ones and all the others."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from lms.fact import canonical_text
from lms.models import Epoch, Statement
from lms.people.erasing import erase_person
from offline_pack.box.answers import answer_document, write_all_answers, write_answers
from offline_pack.box.container import (
    asked_by_stick,
    open_box,
    seal_box,
    unseal_answer,
)
from offline_pack.box.errors import BoxDamagedError, BoxForOthersError, BoxNotFoundError
from offline_pack.box.incoming import receive_boxes, waiting_at_centre
from offline_pack.format.signing import SYNC, VerifyingKey
from offline_pack.models import DeviceKey, PendingBatch
from offline_pack.telecentres.listing import telecentre_rows
from offline_pack.trust.age_keys import own_identity
from offline_pack.trust.keys import own_key
from tests.factories import make_telecentre
from tests.offline_pack.box.boxes import new_identity, put_box, signed
from tests.offline_pack.sync.devices import RemoteDevice, post


def stored() -> int:
    return Statement.objects.count()


def one(received):
    (outcome,) = received.outcomes
    return outcome


def test_a_box_gives_what_a_batch_over_the_network_gives(device, stick):
    put_box(stick, device)

    outcome = one(receive_boxes(stick))

    assert (outcome.facts, outcome.pending, outcome.is_good) == (4, 0, True)
    assert outcome.telecentre == device.telecentre.name
    assert stored() == 4


def test_the_same_box_twice_and_once_more_over_the_network_stores_nothing_twice(device, stick):
    put_box(stick, device)
    receive_boxes(stick)

    again = one(receive_boxes(stick))
    told = post(device.body(), key=device.key)

    assert (again.facts, again.is_good) == (0, True)
    assert told.document["stored"] == 4
    assert stored() == 4


def test_boxes_in_the_wrong_order_wait_and_are_then_taken_by_themselves(device, stick):
    put_box(stick, device, device.body(4, 4), name="a.yelenbox")
    put_box(stick, device, device.body(3, 3), name="b.yelenbox")
    first = receive_boxes(stick)
    waited = (stored(), waiting_at_centre())
    waiting = telecentre_rows()[0]
    receive_boxes(stick)
    put_box(stick, device, device.body(1, 2), name="c.yelenbox")

    last = one(receive_boxes(stick / "YELEN-OUT" / "c.yelenbox"))

    assert [outcome.pending for outcome in first.outcomes] == [1, 1]
    assert waited == (0, 2)
    assert len(waiting.alarms) == 1
    assert waiting.heard is not None
    assert telecentre_rows()[0].alarms == ()
    assert last.facts == 4
    assert stored() == 4
    assert not PendingBatch.objects.exists()


def test_what_waited_is_taken_as_well_when_the_missing_range_comes_by_network(device, stick):
    put_box(stick, device, device.body(3, 4))
    receive_boxes(stick)

    told = post(device.body(1, 2), key=device.key)

    assert told.document["stored"] == 4
    assert stored() == 4
    assert not PendingBatch.objects.exists()


def test_what_waited_and_tells_another_story_is_kept_with_the_reason(device, stick, learner):
    put_box(stick, device, device.body(3, 4))
    receive_boxes(stick)
    device.lines.clear()
    for _ in range(2):
        device.records(learner.pk)

    told = post(device.body(1, 2), key=device.key)

    assert told.document["stored"] == 2
    assert PendingBatch.objects.get().refusal == "fork"
    assert waiting_at_centre() == 0


def test_what_waits_and_names_somebody_erased_is_not_kept(device, stick, learner):
    """Its signed bytes cannot lose the name; the device has it still, and sends it again."""
    device.records(
        learner.pk,
        verb="learner_created",
        object_id=learner.pk,
        body_json=canonical_text({"profile": {"name": learner.name}}),
    )
    put_box(stick, device, device.body(3, 4), name="a.yelenbox")
    put_box(stick, device, device.body(5, 5), name="b.yelenbox")
    receive_boxes(stick)
    waited = waiting_at_centre()

    erase_person(learner, by=None)
    erased = waiting_at_centre()
    late = receive_boxes(stick)

    assert (waited, erased) == (3, 2)
    assert [outcome.pending for outcome in late.outcomes] == [2, 0]
    assert waiting_at_centre() == 2


@pytest.mark.parametrize("place", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_a_damaged_box_is_refused_and_the_others_are_taken(device, stick, harm, place):
    good = put_box(stick, device, name="b.yelenbox").read_bytes()
    at = int(len(good) * place)
    bad = good[:at] if harm == "cut" else good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
    (stick / "YELEN-OUT" / "a.yelenbox").write_bytes(bad)

    bad_one, good_one = receive_boxes(stick).outcomes

    assert not bad_one.is_good
    assert bad_one.trouble is not None
    assert good_one.facts == 4


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 100_000])
def test_what_is_no_box_is_refused_in_words(db, stick, data):
    path = stick / "x.yelenbox"
    path.write_bytes(data)

    outcome = one(receive_boxes(stick))

    assert not outcome.is_good
    assert "x.yelenbox" in str(outcome.trouble)


def test_a_box_sealed_for_another_centre_cannot_be_opened(device, stick):
    put_box(stick, device, recipients=[str(new_identity().to_public())])

    with translation.override("en"):
        outcome = one(receive_boxes(stick))

    assert "sealed for another centre" in str(outcome.trouble)
    assert stored() == 0


def test_a_box_signed_for_another_centre_and_sealed_anew_for_us_is_refused(device, stick):
    put_box(stick, device, device.body(to="0" * 64))

    assert one(receive_boxes(stick)).refusal == "other_centre"
    assert stored() == 0


def test_an_unknown_device_is_refused(telecentre, learner, stick):
    stranger = RemoteDevice(telecentre)
    stranger.records(learner.pk)
    put_box(stick, stranger)

    assert one(receive_boxes(stick)).refusal == "unknown_device"
    assert stored() == 0


def test_a_withdrawn_device_is_refused_and_not_answered(device, stick):
    put_box(stick, device)
    DeviceKey.objects.update(revoked_at=timezone.now())

    received = receive_boxes(stick)

    assert one(received).refusal == "revoked"
    assert write_answers(stick, received) == []
    assert stored() == 0


def test_another_devices_signature_is_refused(device, stick):
    other = RemoteDevice(make_telecentre(slug="autre")).registered()
    path = put_box(stick, device)
    stolen = [signed(other, device.body())]
    path.write_bytes(seal_box(stolen, recipients=[str(own_identity().to_public())]))

    assert one(receive_boxes(stick)).refusal == "other_device"


def test_a_changed_body_is_refused(device, stick):
    honest = signed(device, device.body(1, 2))
    device_box = put_box(stick, device)
    forged = type(honest)(honest.authorization, device.body(1, 3))
    device_box.write_bytes(seal_box([forged], recipients=[str(own_identity().to_public())]))

    assert one(receive_boxes(stick)).refusal == "bad_signature"


def test_the_answer_tells_cursor_news_and_keys_and_only_its_device_can_read_it(device, stick):
    mine, other = new_identity(), new_identity()
    put_box(stick, device, device.body(age=str(mine.to_public())))
    received = receive_boxes(stick)

    (name,) = write_answers(stick, received)

    data = (stick / "YELEN-IN" / name).read_bytes()
    answer = unseal_answer(data, identities=[mine], name=name)
    centre = VerifyingKey(own_key(SYNC).public, "sync")
    answer.check(centre, asked=asked_by_stick(device.id.hex))
    document = answer.document()
    assert name == f"{device.id.hex}.yelenack"
    assert document["epochs"] == [
        {
            "epoch": device.epoch.hex,
            "stored": 4,
            "durable": 0,
            "h": device.hash_at(4).hex(),
        }
    ]
    assert {item["kind"] for item in document["down"]} == {"trust", "roster", "packs"}
    with pytest.raises(BoxForOthersError):
        unseal_answer(data, identities=[other], name=name)


@pytest.mark.parametrize(("seen", "told"), [(2, True), (4, False), (5, False)])
def test_the_answer_tells_what_is_held_where_the_device_thinks_the_stream_ends(
    device, stick, seen, told
):
    """What follows there may be another copy of the same machine that went on."""
    age = str(new_identity().to_public())
    put_box(stick, device, device.body(age=age, cursors_seen={device.epoch: seen}))

    (heard,) = receive_boxes(stick).heard.values()

    (cursor,) = answer_document(heard)["epochs"]
    assert cursor.get("seen") == ([2, device.hash_at(2).hex()[:16]] if told else None)


def test_an_answer_is_written_for_every_device_that_can_read_one(device, stick):
    mine = new_identity()
    post(device.body(age=str(mine.to_public())), key=device.key)
    RemoteDevice(make_telecentre(slug="autre")).registered()  # never said how to seal

    names = write_all_answers(stick)

    assert names == [f"{device.id.hex}.yelenack"]


def test_an_escrow_can_open_boxes_as_well(device, stick, settings):
    escrow = new_identity()
    settings.YELEN_BOX_ESCROW = str(escrow.to_public())
    path = put_box(stick, device)

    batches = open_box(path.read_bytes(), identities=[escrow], name=path.name)

    assert [item.body for item in batches] == [device.body()]


def test_a_stick_without_boxes_is_said_so(db, stick):
    with pytest.raises(BoxNotFoundError):
        receive_boxes(stick)


def test_a_box_with_something_behind_its_last_batch_is_damaged(device):
    from offline_pack.box import container

    batch = signed(device, device.body())
    sealed = container._seal(
        container.compress(
            b'{"batches":[{"authorization":"x","size":1}],"kind":"yelen-box/1"}\n' + batch.body
        ),
        [str(own_identity().to_public())],
    )

    with pytest.raises(BoxDamagedError):
        open_box(sealed, identities=[own_identity()], name="x")


def test_a_fork_is_refused_in_words_and_answered(device, stick, learner):
    mine = new_identity()
    post(device.body(1, 3), key=device.key)
    device.lines.pop()
    device.lines.pop()
    device.records(learner.pk)
    put_box(stick, device, device.body(age=str(mine.to_public())))
    post(
        RemoteDevice(device.telecentre, device.key, device.id).body(age=str(mine.to_public())),
        key=device.key,
    )

    received = receive_boxes(stick)

    assert one(received).refusal == "fork"
    assert len(write_answers(stick, received)) == 1
    assert Epoch.objects.get(pk=device.epoch).last_sequence == 3

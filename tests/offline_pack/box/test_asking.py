"""Pairing by approval at a telecentre: what is asked, which offers are refused, and how."""

from __future__ import annotations

import pytest

from lms.clock import read_clock
from lms.models import Device
from lms.recording import own_device
from offline_pack.box.asks import decode_ask
from offline_pack.box.errors import (
    AnswerForOthersError,
    BoxDamagedError,
    BoxNotFoundError,
    BoxNotFromCentreError,
    NoOfferError,
    NothingAskedError,
    OtherRequestError,
)
from offline_pack.conf import keys_folder
from offline_pack.fingerprints import are_words_of, words_of
from offline_pack.format.signing import SigningKey
from offline_pack.models import CentreLink, OwnRequest
from offline_pack.pairing.asking import (
    accept_offer,
    begin_anew,
    own_request_body,
    own_words,
    read_offer,
    waiting_offer,
    write_ask,
)
from offline_pack.pairing.qr_codes import qr_code
from offline_pack.trust.age_keys import own_recipient
from offline_pack.trust.issuing import own_trust
from tests.offline_pack.box.asking import Asker, put_offer
from tests.offline_pack.box.boxes import new_identity


@pytest.fixture
def me(db):
    return own_device()


def test_the_words_are_eight_french_ones_whatever_the_keys(db):
    assert len(own_words()) == 8
    assert words_of("00" * 32) == ("abaisser",) * 8
    assert words_of("ff" * 32) == ("zoologie",) * 8


def test_words_are_understood_without_accents_and_in_capitals():
    digest = "f" * 11 + "0" * 53
    said = " ".join(words_of(digest))

    assert are_words_of(digest, said.upper())
    assert not are_words_of(digest, said + " abandon")
    assert not are_words_of(digest, "")


def test_the_qr_code_has_neither_style_nor_script(db):
    drawing = qr_code(own_words())

    assert drawing.startswith("<svg")
    assert "style" not in drawing
    assert "script" not in drawing


def test_what_is_asked_twice_is_one_request(me, stick):
    first = write_ask(stick).read_bytes()
    second = write_ask(stick).read_bytes()

    ask = decode_ask(first, name="x")
    assert first == second
    assert (ask.device, ask.age) == (me.pk, own_recipient())


def test_a_request_holds_nothing_secret(me, stick):
    data = write_ask(stick).read_bytes()

    for path in keys_folder().iterdir():
        assert path.read_text().strip().encode() not in data


def test_other_keys_make_another_request(me, stick):
    before = own_request_body()
    (keys_folder() / "device.key").unlink()

    assert own_request_body() != before


def test_an_offer_is_shown_and_believed_only_once_it_is_confirmed(me, stick, telecentre):
    own_request_body()
    put_offer(stick, device=me, telecentre=telecentre)

    offer = read_offer(stick)

    assert offer.telecentre == telecentre.name
    assert offer.words == words_of(own_trust().trust.root.digest)
    assert CentreLink.objects.current() is None
    assert waiting_offer() == offer

    link = accept_offer(offer.digest)

    assert CentreLink.objects.current() == link
    assert link.telecentre == telecentre
    assert link.box_recipients == [own_recipient()]
    assert not OwnRequest.objects.exists()


def test_what_was_confirmed_must_be_what_was_offered(me, stick, telecentre):
    own_request_body()
    put_offer(stick, device=me, telecentre=telecentre)
    read_offer(stick)

    with pytest.raises(NoOfferError):
        accept_offer("0" * 64)

    assert CentreLink.objects.current() is None


def test_an_offer_taken_once_fits_nothing_any_more(me, stick, telecentre):
    own_request_body()
    put_offer(stick, device=me, telecentre=telecentre)
    accept_offer(read_offer(stick).digest)

    with pytest.raises(NothingAskedError):
        read_offer(stick)
    own_request_body()
    with pytest.raises(OtherRequestError):
        read_offer(stick)


def test_words_that_differ_end_it(me, stick, telecentre):
    own_request_body()
    put_offer(stick, device=me, telecentre=telecentre)
    read_offer(stick)

    begin_anew()

    assert waiting_offer() is None
    with pytest.raises(NothingAskedError):
        read_offer(stick)


def test_an_offer_for_another_device_is_refused(me, stick, telecentre):
    own_request_body()
    other = Device.objects.create(telecentre=telecentre)
    put_offer(stick, device=other, telecentre=telecentre)

    with pytest.raises(AnswerForOthersError):
        read_offer(stick)


def test_an_offer_sealed_for_another_device_is_refused(me, stick, telecentre):
    own_request_body()
    put_offer(stick, device=me, telecentre=telecentre, recipient=str(new_identity().to_public()))

    with pytest.raises(AnswerForOthersError):
        read_offer(stick)


def test_an_offer_for_another_request_of_ours_is_refused(me, stick, telecentre):
    put_offer(stick, device=me, telecentre=telecentre)
    begin_anew()
    own_request_body()

    with pytest.raises(OtherRequestError):
        read_offer(stick)


def test_an_offer_that_names_other_keys_is_refused(me, stick, telecentre):
    put_offer(stick, device=me, telecentre=telecentre, key=Asker().key.public.hex())

    with pytest.raises(OtherRequestError):
        read_offer(stick)


@pytest.mark.parametrize("place", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_a_damaged_offer_is_refused(me, stick, telecentre, harm, place):
    path = put_offer(stick, device=me, telecentre=telecentre)
    good, at = path.read_bytes(), int(path.stat().st_size * place)
    flipped = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
    path.write_bytes(good[:at] if harm == "cut" else flipped)

    with pytest.raises((BoxDamagedError, AnswerForOthersError)):
        read_offer(stick)

    assert waiting_offer() is None


def test_a_sync_key_that_the_root_keys_do_not_vouch_for_is_refused(me, stick, telecentre):
    forged = SigningKey.generate()
    put_offer(stick, device=me, telecentre=telecentre, keys=[forged], sync_key=forged.public.hex())

    with pytest.raises(BoxNotFromCentreError):
        read_offer(stick)


def test_an_offer_signed_by_another_key_than_it_names_is_refused(me, stick, telecentre):
    put_offer(stick, device=me, telecentre=telecentre, keys=[SigningKey.generate()])

    with pytest.raises(BoxNotFromCentreError):
        read_offer(stick)


def test_without_an_offer_or_a_request_a_person_is_told_so(me, stick):
    with pytest.raises(NothingAskedError):
        read_offer(stick)
    own_request_body()
    with pytest.raises(BoxNotFoundError):
        read_offer(stick)


def test_an_offer_says_how_late_it_is_at_least_and_sets_no_clock(me, stick, telecentre):
    late = 2_000_000_000_000
    put_offer(stick, device=me, telecentre=telecentre, server_time=late)
    before = read_clock()

    accept_offer(read_offer(stick).digest)

    assert read_clock().floor_ms >= late
    assert read_clock().quality <= before.quality

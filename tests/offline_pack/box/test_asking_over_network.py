"""Both halves of a pairing by approval over the network, in one process."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from lms.models import Device
from lms.recording import own_device
from offline_pack.box.errors import AskRefusedError, BoxDamagedError
from offline_pack.format.signing import DEVICE
from offline_pack.models import CentreLink, OwnRequest, PairingRequest
from offline_pack.pairing import asking, awaiting
from offline_pack.pairing.admitting import approve, refuse
from offline_pack.pairing.asking import (
    accept_offer,
    ask_centre,
    open_request,
    own_request_body,
    own_words,
    waiting_offer,
)
from offline_pack.sync.envelope import decode_answer
from offline_pack.sync.signing import request_payload, sign_request
from offline_pack.tasks import sync_task
from offline_pack.transport import ASK_PATH, ASK_TYPE
from offline_pack.trust.keys import own_key

ADDRESS = "https://centre.example.org"


@pytest.fixture
def line(monkeypatch, telecentre):
    """The centre is this process as well; the telecentre's machine is known to it as a row."""
    Device.objects.filter(pk=own_device().pk).update(telecentre=telecentre)

    class Line:
        said = None

        def __init__(self, *_address, **_key):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            pass

        def ask(self, body):
            signed = sign_request(own_key(DEVICE), request_payload("POST", ASK_PATH, body))
            answer = Client().post(
                ASK_PATH, data=body, content_type=ASK_TYPE, HTTP_AUTHORIZATION=signed
            )
            return Line.said or decode_answer(answer.content)

    monkeypatch.setattr(asking, "CentreConnection", Line)
    return Line


def test_it_asks_waits_and_is_paired_once_both_have_compared(line, telecentre):
    assert ask_centre(ADDRESS) is None
    row = PairingRequest.objects.get()
    assert row.words == own_words()

    approve(row, telecentre=telecentre)
    offer = ask_centre(ADDRESS)
    link = accept_offer(offer.digest)

    assert (offer.telecentre, link.address) == (telecentre.name, ADDRESS)
    assert CentreLink.objects.current() == link


def test_a_refusal_is_told_and_the_next_request_is_another(line):
    ask_centre(ADDRESS)
    before = PairingRequest.objects.get()
    refuse(before)

    with pytest.raises(AskRefusedError):
        ask_centre(ADDRESS)
    assert open_request().is_refused
    assert ask_centre(ADDRESS) is None
    assert PairingRequest.objects.get().digest != before.digest


@pytest.mark.parametrize("offer", [None, "zz", 7, "00" * 50])
def test_an_offer_that_is_none_changes_nothing(line, offer):
    line.said = {"state": "approved", "offer": offer}

    with pytest.raises(BoxDamagedError):
        ask_centre(ADDRESS)

    assert open_request().offer is None


def test_commands_say_what_is_missing_or_not_theirs(db, settings):
    settings.YELEN_ROLE = "central"
    for command in (["prepare_image"], ["rotate_keys", "device"]):
        with pytest.raises(CommandError, match=r"centre|not made here"):
            call_command(*command)
    settings.YELEN_ROLE = "telecentre"
    with pytest.raises(CommandError, match="not made here"):
        call_command("rotate_keys", "box")
    with pytest.raises(CommandError, match="--stick or --accept"):
        call_command("pair")


def test_words_that_nobody_has_approve_nobody(line, telecentre):
    ask_centre(ADDRESS)

    with pytest.raises(CommandError, match="no device with these words"):
        call_command("approve_pairing", telecentre.slug, words="abaisser " * 8)
    call_command("approve_pairing", telecentre.slug, words=" ".join(own_words()).upper())

    assert PairingRequest.objects.get().telecentre == telecentre


@pytest.fixture
def link_up(monkeypatch):
    monkeypatch.setattr(awaiting, "is_link_up", lambda _address: True)


def test_once_approved_the_offer_comes_by_itself(line, link_up, telecentre):
    ask_centre(ADDRESS)
    early = awaiting.ask_when_due(), waiting_offer()

    approve(PairingRequest.objects.get(), telecentre=telecentre)
    sync_task()

    assert early == (True, None)
    assert waiting_offer().telecentre == telecentre.name
    assert CentreLink.objects.current() is None
    assert not awaiting.ask_when_due()


def test_a_refusal_comes_by_itself_and_ends_the_asking(line, link_up):
    ask_centre(ADDRESS)
    refuse(PairingRequest.objects.get())

    assert awaiting.ask_when_due()

    assert open_request().is_refused
    assert not awaiting.ask_when_due()


def test_who_asked_nothing_or_by_stick_asks_nobody(line, link_up, monkeypatch):
    monkeypatch.setattr(awaiting, "ask_again", pytest.fail)

    assert not awaiting.ask_when_due()
    own_request_body()
    assert not awaiting.ask_when_due()


def test_without_a_link_or_an_answer_it_asks_later(line, monkeypatch, link_up):
    ask_centre(ADDRESS)

    monkeypatch.setattr(awaiting, "is_link_up", lambda _address: False)
    offline = awaiting.ask_when_due()
    monkeypatch.setattr(awaiting, "is_link_up", lambda _address: True)
    line.said = {"state": "approved", "offer": "zz"}

    assert not offline
    assert awaiting.ask_when_due()
    assert open_request().offer is None


@pytest.mark.parametrize(
    ("waited", "minute", "asks"),
    [(0, 1, True), (59, 1, True), (61, 1, False), (61, 30, True), (-5, 1, False), (-5, 15, True)],
)
def test_after_an_hour_it_asks_every_quarter(line, link_up, monkeypatch, waited, minute, asks):
    ask_centre(ADDRESS)
    OwnRequest.objects.update(asked_at=timezone.now() - timedelta(minutes=waited))
    monkeypatch.setattr(awaiting, "uptime_ms", lambda: minute * 60_000 + 5)

    assert awaiting.ask_when_due() == asks

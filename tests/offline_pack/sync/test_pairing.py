"""Pairing: codes, proofs, what each side believes afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.models import Cohort, Device, Epoch, Learner, Telecentre
from lms.recording import own_device
from offline_pack.format.signing import PACKS, SYNC, SigningKey
from offline_pack.models import (
    CentreLink,
    DeviceKey,
    PairingCode,
    Snapshot,
    SnapshotKind,
    TrustedKey,
)
from offline_pack.pairing.codes import create_pairing_code
from offline_pack.pairing.joining import adopt_centre
from offline_pack.sync.codes import normal_code, verifier_of
from offline_pack.sync.envelope import decode_answer
from offline_pack.sync.errors import CodeFormatError
from offline_pack.sync.signing import (
    answer_payload,
    is_proven,
    prove,
    request_payload,
    sign_request,
)
from offline_pack.telecentres.stolen import revoke_device
from offline_pack.trust.keys import own_key
from tests.factories import make_cohort, make_learner, make_telecentre

PAIR = "/sync/v1/pair"
ID = "0192f0c1d2e37abc8def0123456789ab"
OTHER_ID = "0192f0c1d2e37abc8def0123456789ac"


def ask(code, *, key, named=None, proof_of=None, **changes):
    from lms.fact import canonical_text

    document = {
        "proto": [1],
        "lookup": code[:4],
        "device": ID,
        "name": "boitier",
        "key": (named or key).public.hex(),
        "nonce": "00" * 16,
    }
    body = canonical_text(document | changes).encode()
    payload = request_payload("POST", PAIR, body)
    response = Client().post(
        PAIR,
        data=body,
        content_type="application/vnd.yelen.pairing",
        HTTP_AUTHORIZATION=sign_request(key, payload),
        HTTP_YELEN_PROOF=prove(verifier_of(normal_code(proof_of or code)), payload),
    )
    return response, payload


@pytest.fixture
def code(telecentre):
    return create_pairing_code(telecentre)


@pytest.fixture
def key():
    return SigningKey.generate()


def test_a_code_is_kept_as_what_proves_it_only(code):
    row = PairingCode.objects.get()

    assert bytes(row.verifier) == verifier_of(normal_code(code))
    assert normal_code(code) not in str(vars(row))


@pytest.mark.parametrize("said", ["k7qf-3mzd-p2wx", " K7QF3MZDP2WX ", "K7QF 3MZD P2WX"])
def test_a_code_is_understood_however_it_is_typed(said):
    assert normal_code(said) == "K7QF3MZDP2WX"


def test_letters_that_look_like_digits_are_taken_for_them():
    assert normal_code("OIL0-0000-0000") == "011000000000"


@pytest.mark.parametrize("said", ["", "K7QF", "K7QF-3MZD-P2W!", "K7QF-3MZD-P2WX-A", "é" * 12])
def test_what_is_no_code_is_refused(said):
    with pytest.raises(CodeFormatError):
        normal_code(said)


def test_a_device_that_knows_the_code_is_let_in_and_the_centre_proves_itself(
    code, key, telecentre
):
    response, payload = ask(code, key=key)

    answer = decode_answer(response.content)
    told = answer_payload(200, payload, response.content)
    assert response.status_code == 200
    assert is_proven(verifier_of(normal_code(code)), told, response["Yelen-Proof"])
    assert answer["telecentre"]["id"] == telecentre.pk.hex
    assert answer["sync_key"] == own_key(SYNC).public.hex()
    device = Device.objects.get()
    assert (device.pk.hex, device.name, device.telecentre) == (ID, "boitier", telecentre)
    assert DeviceKey.objects.get().key_id == key.key_id


def test_a_lost_answer_is_given_again(code, key):
    ask(code, key=key)

    response, _ = ask(code, key=key)

    assert response.status_code == 200
    assert DeviceKey.objects.count() == 1


def test_another_device_cannot_use_the_code_again(code, key):
    ask(code, key=key)

    response, _ = ask(code, key=SigningKey.generate(), device="0" * 31 + "1")

    assert response.status_code == 403
    assert Device.objects.count() == 1


def test_a_code_is_worn_out_after_ten_wrong_tries(code, key):
    wrong = code[:4] + "-0000-0000"
    for _ in range(10):
        response, _payload = ask(code, key=key, proof_of=wrong)
        assert decode_answer(response.content) == {"code": "wrong_code"}

    response, _payload = ask(code, key=key)

    assert response.status_code == 403
    assert not Device.objects.exists()


def test_a_code_dies_after_a_day(code, key):
    PairingCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    response, _ = ask(code, key=key)

    assert response.status_code == 403


def test_an_unknown_code_is_refused_in_the_same_words(code, key):
    other = ("0000" if not code.startswith("0000") else "1111") + code[4:]

    response, _ = ask(other, key=key)

    assert decode_answer(response.content) == {"code": "wrong_code"}
    assert PairingCode.objects.get().tries == 0


def test_a_request_signed_by_another_key_than_it_names_is_refused(code, key):
    response, _ = ask(code, key=key, named=SigningKey.generate())

    assert response.status_code == 400
    assert not Device.objects.exists()


def test_a_device_cannot_take_anothers_id(code, key, device):
    response, _ = ask(code, key=key, device=device.id.hex)

    assert decode_answer(response.content) == {"code": "other_device"}
    assert DeviceKey.objects.count() == 1


def test_a_device_withdrawn_stays_withdrawn(code, key, telecentre):
    ask(code, key=key)
    revoke_device(Device.objects.get().pk)

    response, _ = ask(create_pairing_code(telecentre), key=key)

    assert decode_answer(response.content) == {"code": "revoked"}


def answer_of_a_centre(telecentre_id):
    from offline_pack.sync.snapshots import trust_document

    return {
        "centre": "Réseau Yelen",
        "sync_key": own_key(SYNC).public.hex(),
        "telecentre": {"id": telecentre_id, "slug": "manguier", "name": "Manguier"},
        "trust": trust_document(),
    }


def test_a_telecentre_believes_the_centres_keys_and_begins_a_new_epoch(db):
    device = own_device()

    link = adopt_centre(answer_of_a_centre(ID), address="https://centre.example.org")

    device.refresh_from_db()
    assert CentreLink.objects.current() == link
    assert (link.telecentre.slug, device.telecentre) == ("manguier", link.telecentre)
    assert TrustedKey.objects.filter(purpose=PACKS).get().key_id == own_key(PACKS).key_id
    assert Epoch.objects.filter(device=device, closed_at=None).count() == 1


def test_people_registered_before_the_pairing_belong_to_the_telecentre_of_the_centre(db):
    before = make_telecentre(slug="manguier", name="Avant")
    Device.objects.filter(pk=own_device().pk).update(telecentre=before)
    learner = make_learner(telecentre=before, pin="1234")
    make_cohort(learner, telecentre=before)

    link = adopt_centre(answer_of_a_centre(ID), address="https://centre.example.org")

    assert Learner.objects.get().telecentre == link.telecentre
    assert Learner.objects.get().pin_hash
    assert Cohort.objects.get().telecentre == link.telecentre
    assert Telecentre.objects.get(pk=link.telecentre_id).name == "Manguier"


@pytest.mark.parametrize("is_same_centre", [True, False])
def test_a_machine_that_moves_leaves_behind_whom_the_same_centre_listed(db, is_same_centre):
    before = adopt_centre(answer_of_a_centre(ID), address="https://centre.example.org").telecentre
    listed, made_since = make_learner(telecentre=before), make_learner(telecentre=before)
    group = make_cohort(listed, telecentre=before)
    roster = {"learners": [{"id": listed.pk.hex}], "cohorts": [{"id": group.pk.hex}]}
    Snapshot.objects.create(
        telecentre=before, kind=SnapshotKind.ROSTER, version=1, document=roster
    )
    answer = answer_of_a_centre(OTHER_ID)
    if not is_same_centre:
        answer["sync_key"] = SigningKey.generate().public.hex()

    link = adopt_centre(answer, address="https://centre.example.org")

    shown = set(Learner.objects.active().of_telecentre(link.telecentre_id))
    assert shown == ({made_since} if is_same_centre else {made_since, listed})
    group.refresh_from_db()
    assert (group.telecentre == before) is is_same_centre


def test_pairing_anew_replaces_the_link(db):
    adopt_centre(answer_of_a_centre(ID), address="https://one.example.org")

    adopt_centre(answer_of_a_centre(ID), address="https://two.example.org")

    assert CentreLink.objects.current().address == "https://two.example.org"
    assert CentreLink.objects.count() == 2

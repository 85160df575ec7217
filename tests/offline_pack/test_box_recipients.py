"""Root keys say for whom results on a stick are sealed; nobody else can once they have."""

from __future__ import annotations

import json

import pytest

from offline_pack.format import strictjson
from offline_pack.format.errors import TrustDocumentError
from offline_pack.format.trust import decode_trust, sign_trust
from offline_pack.format.trust_document import parse_trust
from offline_pack.models import CentreLink
from offline_pack.pairing.joining import adopt_centre
from offline_pack.sync.applying import Answer, apply_news, note_answer
from offline_pack.sync.snapshots import trust_document
from offline_pack.trust.age_keys import own_identities, own_recipient
from offline_pack.trust.issuing import own_trust, rotate_box_key, rotate_key
from offline_pack.trust.keys import own_key
from tests.factories import make_telecentre
from tests.offline_pack.box.boxes import new_identity

pytestmark = pytest.mark.django_db
NOW = 1_790_000_000_000


def forged():
    return str(new_identity().to_public())


@pytest.fixture
def link():
    telecentre = make_telecentre()
    return adopt_centre(
        {
            "centre": "Réseau",
            "sync_key": own_key("sync").public.hex(),
            "box": [forged()],
            "telecentre": {"id": telecentre.pk.hex, "slug": "baobab", "name": "Baobab"},
            "trust": trust_document(),
        },
        address="https://centre.example.org",
    )


def answered(link, box):
    document = {"stored": 0, "server_time": NOW, "box": box}
    note_answer(link, Answer.parse(document, address=link.address))
    return CentreLink.objects.get(pk=link.pk).box_recipients


def test_the_root_keys_name_the_recipient_whatever_a_pairing_says(link):
    assert own_trust().trust.box == (own_recipient(),)
    assert link.box_recipients == [own_recipient()]


def test_a_forged_recipient_in_an_answer_is_not_accepted(link):
    assert answered(link, [forged()]) == [own_recipient()]


def test_a_centre_whose_root_keys_name_nobody_is_believed_by_its_sync_key(link):
    from offline_pack.models import TrustDocument

    TrustDocument.objects.all().delete()
    told = forged()

    assert answered(link, [told]) == [told]


def test_a_new_box_key_reaches_telecentres_and_the_old_one_still_opens(link, settings):
    before = own_recipient()
    settings.YELEN_BOX_ESCROW = escrow = forged()

    signed = rotate_box_key()

    assert signed.trust.box == (own_recipient(), escrow)
    assert own_recipient() != before
    assert before in [str(identity.to_public()) for identity in own_identities()]
    link.refresh_from_db()
    assert link.box_recipients == [own_recipient(), escrow]


def test_a_change_of_the_box_key_that_was_cut_short_is_taken_up(monkeypatch):
    own_trust()
    monkeypatch.setattr("offline_pack.trust.issuing.take_next_identity", lambda: None)
    first = rotate_box_key()
    monkeypatch.undo()

    second = rotate_box_key()

    assert second.version == first.version
    assert second.trust.box == (own_recipient(),)


def test_other_changes_of_keys_keep_the_recipients():
    own_trust()

    assert rotate_key("packs").trust.box == (own_recipient(),)


def test_a_document_without_recipients_is_read_as_before():
    document = own_trust().trust.document()
    del document["box"]

    assert parse_trust(document).box == ()
    assert "box" not in parse_trust(document).document()


@pytest.mark.parametrize("box", ["age1", [7], ["ssh-rsa x"], ["age1" + "q" * 58] * 5, {}])
def test_what_is_no_list_of_recipients_spoils_the_document(box):
    document = own_trust().trust.document() | {"box": box}

    with pytest.raises(TrustDocumentError):
        parse_trust(document)


def test_changed_recipients_spoil_the_signature(link):
    document = json.loads(own_trust().data) | {"box": [forged()]}

    with pytest.raises(TrustDocumentError):
        decode_trust(strictjson.canonical(document))


def test_a_snapshot_with_recipients_of_a_stranger_changes_nothing(link):
    from dataclasses import replace

    from offline_pack.format.signing import SigningKey, VerifyingKey
    from offline_pack.format.trust_document import Root

    stranger = SigningKey.generate()
    root = Root(1, (VerifyingKey(stranger.public, "root"),))
    trust = replace(own_trust().trust, version=9, root=root, box=(forged(),))
    document = {"documents": [json.loads(sign_trust(trust, [stranger]).data)]}

    apply_news(link, ({"kind": "trust", "version": 99, "digest": "x", "document": document},))

    link.refresh_from_db()
    assert link.box_recipients == [own_recipient()]

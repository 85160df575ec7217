"""Erasures and aliases between the centre and its telecentres: down, done, and never undone."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from lms.fact import canonical_text
from lms.learners import register_learner
from lms.models import Erasure, Learner, Statement
from lms.people.aliasing import decide
from lms.people.erasing import erase_person
from lms.people.record import record_json
from lms.recording import own_device, own_epoch
from lms.streams import carry_into_new_epoch
from offline_pack.forgetting import forgotten_people, lost_erasures
from offline_pack.models import ErasureReport, QuarantinedFact, Snapshot
from offline_pack.sync.accepting import accept_batch
from offline_pack.sync.applying import apply_news
from offline_pack.sync.batch import Sender, collect_batch
from offline_pack.sync.envelope import decode_batch
from offline_pack.sync.errors import DamagedStreamError, EmptyRosterError
from offline_pack.sync.forgotten import erased_beyond_roster, note_forgotten
from offline_pack.sync.reading import read_fact
from offline_pack.sync.snapshots import digest_of, news_for, roster_document
from offline_pack.telecentres.releasing import release_facts
from tests.factories import make_learner, make_telecentre

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(link, settings):
    """Here is the telecentre itself."""
    settings.YELEN_ROLE = "telecentre"
    return link


def person(name="Awa", **changes):
    profile = {"id": uuid4().hex, "name": name, "organisation": "", "sex": "f", "left": False}
    return profile | {"birth_year": 1999, "region": "Centre", "language": "fr"} | changes


def roster(*people, version=1, **changes):
    document = {"telecentre": {}, "organisations": [], "cohorts": [], "learners": list(people)}
    document |= changes
    digest = digest_of(document)
    return {"kind": "roster", "version": version, "digest": digest, "document": document}


def tombstone(of):
    return {"id": of["id"], "name": "Personne effacée 1a2b"}


def says_holding(device, snapshot):
    header = device.batch().header
    header.have["roster"] = (snapshot["version"], snapshot["digest"])
    return header


def created(device, learner_id, name):
    return device.records(
        learner_id,
        verb="learner_created",
        object_id=learner_id,
        course_id=None,
        course_version=0,
        body_json=canonical_text({"profile": {"name": name}}),
    )


def test_aliases_go_to_every_telecentre_that_knows_either_id(telecentre):
    there, third = make_telecentre(slug="loin"), make_telecentre(slug="ailleurs")
    one, other = make_learner(), make_learner(telecentre=there)
    make_learner(telecentre=third)

    alias = decide(one, other, is_same=True)

    ids = sorted([one.pk.hex, other.pk.hex])
    assert roster_document(telecentre)["aliases"] == [ids]
    assert roster_document(there)["aliases"] == [ids]
    assert roster_document(third)["aliases"] == []
    assert alias.is_same


def test_two_of_one_telecentre_become_one_there_and_two_again(link):
    awa, double = sorted([person(), person("Awa O.")], key=lambda item: item["id"])
    apply_news(link, (roster(awa, double),))
    Learner.objects.update(pin_hash="hash")

    apply_news(link, (roster(awa, double, version=2, aliases=[[awa["id"], double["id"]]]),))

    assert [row.pk.hex for row in Learner.objects.active()] == [awa["id"]]

    apply_news(link, (roster(awa, double, version=3, aliases=[]),))

    assert Learner.objects.active().count() == 2
    assert Learner.objects.filter(pin_hash="hash").count() == 2


def test_of_an_id_unknown_here_nothing_is_made(link):
    awa = person()

    apply_news(link, (roster(awa, aliases=[["0" * 32, awa["id"]]]),))

    assert [row.same_as for row in Learner.objects.all()] == [None]


def test_facts_under_either_id_are_taken_from_both_telecentres(telecentre, device):
    elsewhere = make_learner(telecentre=make_telecentre(slug="loin"))
    here = make_learner(telecentre=telecentre)
    decide(here, elsewhere, is_same=True)
    device.records(elsewhere.pk)
    device.records(here.pk)

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ()
    assert Statement.objects.count() == 2


def test_an_erasure_goes_down_and_forgets_the_name_there(link):
    awa, issa = person(), person("Issa")
    apply_news(link, (roster(awa, issa),))
    Learner.objects.update(pin_hash="hash")

    gone = person("Personne effacée 1a2b", id=awa["id"], left=True)
    apply_news(link, (roster(gone, issa, version=2, erased=[tombstone(awa)]),))

    erased = Learner.objects.get(pk=awa["id"])
    assert (erased.name, erased.pin_hash) == ("Personne effacée 1a2b", "")
    assert erased.retired_at is not None
    assert [row.name for row in Learner.objects.active()] == ["Issa"]
    assert "Awa" not in json.dumps(Snapshot.objects.get().document)


def test_a_roster_of_an_old_copy_brings_nobody_back(link):
    awa = person()
    apply_news(link, (roster(awa, erased=[tombstone(awa)]),))

    group = {"id": uuid4().hex, "name": "Matin", "learners": [awa["id"]], "courses": []}
    apply_news(link, (roster(awa, version=2, cohorts=[group]),))

    held = Snapshot.objects.get(kind="roster")
    assert [row.name for row in Learner.objects.all()] == ["Personne effacée 1a2b"]
    assert [item["name"] for item in held.document["learners"]] == ["Personne effacée 1a2b"]
    assert list(Learner.objects.active()) == []
    assert [key.hex for key in erased_beyond_roster(link.telecentre)] == [awa["id"]]


def test_a_registration_that_must_be_sent_again_names_nobody(link):
    """The fact fits its chain no more: the stream goes on in a new epoch, as after any damage."""
    awa = register_learner("Awa Ouédraogo", telecentre=link.telecentre)
    sender = Sender(device=own_device().pk, to="0" * 64, have={})
    gone = person("Personne effacée 1a2b", id=awa.pk.hex, left=True)
    apply_news(link, (roster(gone, erased=[{"id": awa.pk.hex, "name": gone["name"]}]),))

    with pytest.raises(DamagedStreamError) as damage:
        collect_batch(own_epoch(), sender=sender, limit=10)
    epoch = carry_into_new_epoch(own_epoch(), after=damage.value.after)
    batch = decode_batch(collect_batch(epoch, sender=sender, limit=10).body)

    assert b"Awa" not in b"".join(batch.lines)
    assert [read_fact(line, sequence=1).learner_id for line in batch.lines] == [awa.pk]


def test_an_emptied_roster_is_refused_with_its_aliases_and_erasures(link):
    awa, double = person(), person()
    ids = sorted([awa["id"], double["id"]])
    apply_news(link, (roster(awa, double, aliases=[ids]),))

    with pytest.raises(EmptyRosterError):
        apply_news(link, (roster(version=2, aliases=[], erased=[tombstone(awa)]),))

    assert Learner.objects.exclude(same_as=None).count() == 1
    assert not Erasure.objects.exists()


def test_the_centre_knows_where_it_is_done(telecentre, device):
    awa = make_learner(telecentre=telecentre)
    (before,) = (news for news in news_for(telecentre, {}) if news["kind"] == "roster")

    erase_person(awa, by=None)
    assert "Awa" not in json.dumps(Snapshot.objects.get(kind="roster").document)
    note_forgotten(says_holding(device, before), device.row)
    (waiting,) = forgotten_people()

    (after,) = (news for news in news_for(telecentre, {}) if news["kind"] == "roster")
    note_forgotten(says_holding(device, after), device.row)
    (done,) = forgotten_people()

    assert (waiting.is_done, done.is_done) == (False, True)
    assert [place.telecentre for place in done.places] == [telecentre]
    assert after["document"]["erased"] == [{"id": awa.pk.hex, "name": waiting.erasure.pseudonym}]


def test_an_erasure_goes_where_the_person_was_before_too(telecentre, device):
    awa = make_learner(telecentre=telecentre)
    device.records(awa.pk)
    accept_batch(device.batch(), device=device.row)
    there = make_telecentre(slug="loin")
    Learner.objects.update(telecentre=there)

    erase_person(awa, by=None)

    (forgotten,) = forgotten_people()
    assert {place.telecentre for place in forgotten.places} == {telecentre, there}


def test_facts_that_come_late_are_kept_aside_without_a_name(telecentre, device):
    awa = make_learner(telecentre=telecentre)
    erase_person(awa, by=None)
    device.records(awa.pk)
    created(device, awa.pk, "Awa Ouédraogo")

    accepted = accept_batch(device.batch(), device=device.row)

    assert accepted.rejected == ((1, "erased_learner"), (2, "erased_learner"))
    lines = b"".join(bytes(row.line) for row in QuarantinedFact.objects.all())
    assert b"Ou" not in lines
    assert not QuarantinedFact.objects.waiting().exists()
    assert Learner.objects.get().name == Erasure.objects.get().pseudonym


def test_trying_them_again_brings_nobody_back(telecentre, device):
    awa = make_learner(telecentre=telecentre)
    erase_person(awa, by=None)
    device.records(awa.pk)
    accept_batch(device.batch(), device=device.row)

    done = release_facts(QuarantinedFact.objects.values_list("pk", flat=True))

    assert (done.used, done.aside) == (0, 1)
    assert list(Statement.objects.all()) == []


def test_what_was_set_aside_before_names_nobody_either(telecentre, device):
    there = make_telecentre(slug="loin")
    awa = make_learner(telecentre=there)
    created(device, awa.pk, "Awa Ouédraogo")
    accept_batch(device.batch(), device=device.row)

    erase_person(awa, by=None)

    line = bytes(QuarantinedFact.objects.get().line)
    assert b"Awa" not in line
    assert awa.pk.hex.encode() in line


def test_what_is_set_aside_is_in_the_copy_a_person_gets(telecentre, device):
    awa = make_learner(telecentre=make_telecentre(slug="loin"))
    created(device, awa.pk, "Awa Ouédraogo")
    device.records(make_learner(telecentre=telecentre).pk)
    accept_batch(device.batch(), device=device.row)

    (line,) = json.loads(record_json(awa))["set_aside"]

    assert line["code"] == "foreign_learner"
    assert awa.pk.hex in line["line"]


def test_a_centre_put_back_from_an_old_copy_is_told(telecentre, device):
    awa = make_learner(telecentre=telecentre)

    note_forgotten(device.batch(erased=(awa.pk,)).header, device.row)
    (lost,) = lost_erasures()

    assert (lost.learner, lost.telecentres) == (awa, (telecentre.name,))
    assert forgotten_people() == []

    erase_person(awa, by=None)

    assert lost_erasures() == []
    assert [row.is_done for row in forgotten_people()] == [True]
    assert ErasureReport.objects.count() == 1


def test_a_centre_put_back_is_told_of_people_who_moved_away_too(telecentre, device):
    awa, issa = make_learner(telecentre=telecentre), make_learner(telecentre=telecentre)
    device.records(awa.pk)
    accept_batch(device.batch(), device=device.row)
    news_for(telecentre, {})
    Learner.objects.update(telecentre=make_telecentre(slug="loin"))
    news_for(telecentre, {})

    note_forgotten(device.batch(erased=(awa.pk, issa.pk)).header, device.row)

    assert {lost.learner for lost in lost_erasures()} == {awa, issa}


def test_a_device_speaks_of_no_other_telecentres_people(device):
    """It could have anybody proposed for erasing."""
    awa = make_learner(telecentre=make_telecentre(slug="loin"))

    note_forgotten(device.batch(erased=(awa.pk,)).header, device.row)

    assert lost_erasures() == []


def test_an_erasure_goes_where_the_person_was_on_a_list_once(telecentre):
    awa = make_learner(telecentre=telecentre)
    news_for(telecentre, {})
    there = make_telecentre(slug="loin")
    Learner.objects.update(telecentre=there)
    news_for(telecentre, {})

    erase_person(awa, by=None)

    (forgotten,) = forgotten_people()
    assert {place.telecentre for place in forgotten.places} == {telecentre, there}
    assert [item["id"] for item in roster_document(telecentre)["erased"]] == [awa.pk.hex]


def test_one_of_two_ids_who_moved_away_is_not_back_when_the_merge_is_undone(link):
    awa, double = sorted([person(), person("Awa O.")], key=lambda item: item["id"])
    aliases = [[awa["id"], double["id"]]]
    apply_news(link, (roster(awa, double, aliases=aliases),))
    apply_news(link, (roster(awa, version=2, aliases=aliases),))

    apply_news(link, (roster(awa, version=3),))

    assert [row.pk.hex for row in Learner.objects.active()] == [awa["id"]]

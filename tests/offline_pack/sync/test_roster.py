"""Rosters and packs that come down: what they change here, and what they never touch."""

from __future__ import annotations

from uuid import uuid4

import pytest

from lms.learners import register_learner
from lms.models import Cohort, Epoch, Learner, Organisation
from offline_pack.models import AvailablePack, Snapshot
from offline_pack.sync.applying import apply_news, download_url, held_snapshots
from offline_pack.sync.errors import EmptyRosterError, UnusableNewsError
from offline_pack.sync.snapshots import digest_of, news_for, roster_document
from tests.factories import make_cohort, make_learner, make_telecentre


def person(name="Awa", **changes):
    profile = {"id": uuid4().hex, "name": name, "organisation": "", "sex": "f", "left": False}
    return profile | {"birth_year": 1999, "region": "Centre", "language": "fr"} | changes


def group(*people, **changes):
    made = {"id": uuid4().hex, "name": "Matin", "starts_on": "2026-01-05", "closed": False}
    return made | {"learners": [who["id"] for who in people], "courses": []} | changes


def roster(*people, cohorts=(), version=1, **changes):
    document = {"telecentre": {}, "organisations": [], "learners": list(people)}
    document |= {"cohorts": list(cohorts)} | changes
    return {
        "kind": "roster",
        "version": version,
        "digest": digest_of(document),
        "document": document,
    }


def names(**filters):
    return sorted(Learner.objects.filter(**filters).values_list("name", flat=True))


def test_a_roster_brings_people_groups_and_organisations(link):
    organisation = {"id": uuid4().hex, "name": "Femmes et numérique", "region": "Centre"}
    awa = person(organisation=organisation["id"])
    course = uuid4()
    news = roster(awa, cohorts=[group(awa, courses=[course.hex])], organisations=[organisation])

    applied = apply_news(link, (news,))

    learner = Learner.objects.get()
    assert applied == 1
    assert (learner.name, learner.birth_year, learner.telecentre) == ("Awa", 1999, link.telecentre)
    assert learner.organisation == Organisation.objects.get()
    cohort = Cohort.objects.get()
    assert list(cohort.learners.all()) == [learner]
    assert [row.course_id for row in cohort.courses.all()] == [course]


def test_a_roster_that_changes_keeps_pins_and_edits_made_here(link):
    awa, issa = person("Awa"), person("Issa")
    apply_news(link, (roster(awa, issa),))
    Learner.objects.update(pin_hash="hash")
    Learner.objects.filter(name="Issa").update(region="Sahel")

    apply_news(link, (roster(awa | {"name": "Awa O."}, issa, version=2),))

    assert names(pin_hash="hash") == ["Awa O.", "Issa"]
    assert Learner.objects.get(name="Issa").region == "Sahel"


def test_who_left_or_is_listed_no_more_is_retired_and_kept(link):
    awa, issa, ali = person("Awa"), person("Issa"), person("Ali")
    apply_news(link, (roster(awa, issa, ali),))

    apply_news(link, (roster(awa, issa | {"left": True}, version=2),))

    assert names(retired_at=None) == ["Awa"]
    assert names() == ["Ali", "Awa", "Issa"]


def test_who_was_made_here_and_is_not_on_the_roster_yet_stays(link):
    register_learner(name="Nouvelle", telecentre=link.telecentre)

    apply_news(link, (roster(person("Awa")),))
    apply_news(link, (roster(person("Issa"), version=2),))

    assert names(retired_at=None) == ["Issa", "Nouvelle"]


def test_who_was_made_here_and_moved_before_the_first_roster_leaves(link):
    register_learner(name="Partie", telecentre=link.telecentre)
    Epoch.objects.update(acknowledged=1)
    register_learner(name="Nouvelle", telecentre=link.telecentre)

    apply_news(link, (roster(person("Awa")),))

    assert names(retired_at=None) == ["Awa", "Nouvelle"]


def test_who_was_made_here_and_could_not_be_read_at_the_centre_stays(link):
    register_learner(name="Illisible", telecentre=link.telecentre)
    register_learner(name="Partie", telecentre=link.telecentre)
    Epoch.objects.update(acknowledged=2)
    unread = Learner.objects.get(name="Illisible")

    apply_news(link, (roster(person("Awa"), set_aside=[unread.pk.hex]),))

    assert names(retired_at=None) == ["Awa", "Illisible"]
    assert held_snapshots(link.telecentre)["roster"][1] != ""


def test_a_list_that_lacks_somebody_made_here_is_asked_for_again(link):
    """They moved before it changed: to the centre it is the list that is held here."""
    held = roster(person("Awa"))
    apply_news(link, (held,))
    register_learner(name="Partie", telecentre=link.telecentre)
    before = held_snapshots(link.telecentre)["roster"]

    Epoch.objects.update(acknowledged=1)
    after = held_snapshots(link.telecentre)["roster"]
    apply_news(link, (held | {"version": 2},))

    assert before == (1, held["digest"])
    assert after == (1, "")
    assert names(retired_at=None) == ["Awa"]
    assert held_snapshots(link.telecentre)["roster"] == (2, held["digest"])


def test_a_membership_made_here_stays_and_one_undone_at_the_centre_goes(link):
    awa, issa = person("Awa"), person("Issa")
    here = group(awa, issa)
    apply_news(link, (roster(awa, issa, cohorts=[here]),))
    new = make_learner(name="Nouvelle", telecentre=link.telecentre)
    Cohort.objects.get().learners.add(new)

    apply_news(link, (roster(awa, issa, cohorts=[here | {"learners": [awa["id"]]}], version=2),))

    members = Cohort.objects.get().learners.values_list("name", flat=True)
    assert sorted(members) == ["Awa", "Nouvelle"]


def test_a_group_with_somebody_who_moved_away_is_taken_without_them(link):
    awa, issa = person("Awa"), person("Issa")
    both = group(awa, issa)
    apply_news(link, (roster(awa, issa, cohorts=[both]),))

    apply_news(link, (roster(awa, cohorts=[both | {"name": "Soir"}], version=2),))
    without = names(cohorts__name="Soir")
    apply_news(link, (roster(awa, issa, cohorts=[both | {"name": "Soir"}], version=3),))

    assert without == ["Awa"]
    assert names(cohorts__name="Soir") == ["Awa", "Issa"]


def test_somebody_who_moved_is_listed_in_no_group_of_the_telecentre_they_left(telecentre, learner):
    make_cohort(learner, telecentre=telecentre)
    Learner.objects.update(telecentre=make_telecentre(slug="karite", name="Karité"))

    document = roster_document(telecentre)

    assert (document["learners"], document["cohorts"][0]["learners"]) == ([], [])


def test_a_group_listed_no_more_is_closed(link):
    awa = person("Awa")
    apply_news(link, (roster(awa, cohorts=[group(awa)]),))

    apply_news(link, (roster(awa, version=2),))

    assert Cohort.objects.get().closed_at is not None


def test_an_emptied_roster_is_refused_unless_somebody_insists(link):
    apply_news(link, (roster(person("Awa")),))
    empty = roster(version=2)

    with pytest.raises(EmptyRosterError) as refused:
        apply_news(link, (empty,))

    assert refused.value.held == 1
    assert names(retired_at=None) == ["Awa"]
    apply_news(link, (empty,), accept_empty_roster=True)
    assert names(retired_at=None) == []


def test_a_refused_roster_does_not_keep_the_packs_back(link):
    apply_news(link, (roster(person("Awa")),))

    with pytest.raises(EmptyRosterError):
        apply_news(link, (roster(version=2), packs(pack())))

    assert AvailablePack.objects.count() == 1


def test_an_older_roster_is_passed_over(link):
    awa = person("Awa")
    apply_news(link, (roster(awa, version=7),))

    applied = apply_news(link, (roster(awa | {"name": "Autre"}, version=7),))

    assert applied == 0
    assert names() == ["Awa"]


def test_a_kind_of_tomorrow_is_passed_over(link):
    news = {"kind": "weather", "version": 1, "digest": "", "document": {}}

    assert apply_news(link, (news,)) == 0


@pytest.mark.parametrize(
    "change", [{"learners": [{}]}, {"learners": 5}, {"cohorts": [{"id": "no"}]}]
)
def test_a_roster_nobody_can_use_changes_nothing(link, change):
    apply_news(link, (roster(person("Awa")),))

    with pytest.raises(UnusableNewsError):
        apply_news(link, (roster(person("Issa"), version=2, **change),))

    assert names() == ["Awa"]
    assert Snapshot.objects.get().version == 1


def test_a_name_is_kept_as_text_whatever_is_in_it(link):
    name = "=1+1 <script>'; DROP TABLE learner; --"

    apply_news(link, (roster(person(name)),))

    assert names() == [name]


def pack(**changes):
    item = {"course": uuid4().hex, "slug": "maintenance", "title": "Maintenance", "version": 3}
    item |= {"size": 1000, "manifest_sha256": "0" * 64, "path": "/packs/x/maintenance-v3.pack"}
    return item | changes


def packs(*items, version=1):
    document = {"packs": list(items)}
    return {
        "kind": "packs",
        "version": version,
        "digest": digest_of(document),
        "document": document,
    }


def test_packs_on_offer_are_those_of_the_last_list(link):
    first, second = pack(), pack(title="Projets")
    apply_news(link, (packs(first, second),))

    apply_news(link, (packs(first | {"version": 4}, version=2),))

    offered = AvailablePack.objects.get()
    assert (offered.title, offered.version) == ("Maintenance", 4)
    assert download_url(offered) == "https://centre.example.org/packs/x/maintenance-v3.pack"


@pytest.mark.parametrize("path", ["https://evil.example/x", "//evil.example/x", "x"])
def test_a_pack_elsewhere_than_at_the_centre_is_refused(link, path):
    with pytest.raises(UnusableNewsError):
        apply_news(link, (packs(pack(path=path)),))

    assert not AvailablePack.objects.exists()


def test_what_the_centre_makes_the_telecentre_can_use(link, learner):
    make_cohort(learner, telecentre=link.telecentre)
    news = news_for(link.telecentre, {})
    Snapshot.objects.all().delete()  # so that held and sent are different rows

    applied = apply_news(link, tuple(news))

    assert applied == 3
    have = held_snapshots(link.telecentre)
    assert have == {item["kind"]: (item["version"], item["digest"]) for item in news}


def test_a_snapshot_is_sent_when_it_differs_and_with_a_version_above_all(telecentre, learner):
    first = {item["kind"]: item for item in news_for(telecentre, {})}
    have = {kind: (item["version"], item["digest"]) for kind, item in first.items()}

    assert news_for(telecentre, have) == []
    make_learner(name="Issa", telecentre=telecentre)
    (second,) = news_for(telecentre, have)
    assert (second["kind"], second["version"]) == ("roster", 2)
    forgotten = have | {"roster": (40, "another")}
    (third,) = news_for(telecentre, forgotten)
    assert third["version"] == 41


def test_a_roster_costs_as_many_queries_for_three_as_for_one(
    telecentre, django_assert_num_queries
):
    make_cohort(make_learner(telecentre=telecentre), telecentre=telecentre)
    with django_assert_num_queries(8):
        roster_document(telecentre)
    for number in range(2):
        more = make_learner(name=f"L{number}", telecentre=telecentre)
        make_cohort(more, name=f"G{number}", telecentre=telecentre)

    with django_assert_num_queries(8):
        roster_document(telecentre)


def test_the_list_of_another_telecentre_is_passed_over(link):
    awa = person("Awa")
    apply_news(link, (roster(awa),))
    other = {"id": uuid4().hex, "slug": "ailleurs", "name": "Ailleurs"}

    applied = apply_news(link, (roster(person("Issa"), version=41, telecentre=other),))

    assert applied == 0
    assert names(retired_at=None) == ["Awa"]
    assert Snapshot.objects.get().version == 1

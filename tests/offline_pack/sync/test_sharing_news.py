"""Snapshots in portions: what came before a cut is kept, and a refused one holds nothing up."""

from __future__ import annotations

import pytest

from lms.models import Learner
from offline_pack.models import AvailablePack, CentreLink, Snapshot
from offline_pack.sync.errors import CentreUnreachableError, EmptyRosterError
from offline_pack.sync.exchange import exchange
from offline_pack.sync.snapshots import SHARE, news_for, share_of
from tests.factories import make_learner
from tests.offline_pack.sync.devices import post
from tests.offline_pack.sync.test_exchange import PatientCentre, link

__all__ = ["link"]  # fixtures


def roster(telecentre, names=(), version=1):
    document = {
        "telecentre": {"id": telecentre.pk.hex, "slug": telecentre.slug, "name": telecentre.name},
        "organisations": [],
        "learners": [{"id": f"{n:032x}", "name": name} for n, name in enumerate(names, start=1)],
        "cohorts": [],
    }
    return {"kind": "roster", "version": version, "digest": f"r{version}", "document": document}


def packs(version=1):
    document = {"packs": [], "withdrawn": [], "retired": []}
    return {"kind": "packs", "version": version, "digest": f"p{version}", "document": document}


class SharingCentre(PatientCentre):
    """One snapshot in each answer, in order; ``cut_at`` is the request whose answer is lost."""

    cut_at = 0

    def send_batch(self, body, *, centre):
        answer = super().send_batch(body, centre=centre)
        if len(self.requests) == self.cut_at:
            raise CentreUnreachableError(self.address, reason="cut")
        skip = self.requests[-1].skip
        news = [snapshot for snapshot in self.down if snapshot["kind"] not in skip]
        return answer | {"down": news[:1], "more": len(news) > 1}


def test_each_snapshot_comes_in_its_own_answer(link, telecentre, record):
    centre = SharingCentre()
    centre.down = [roster(telecentre, ["Awa"]), packs()]
    record(2)

    done = exchange(link, centre)

    assert done.received == 2
    assert [header.skip for header in centre.requests] == [(), ("roster",)]
    assert [header.n for header in centre.requests] == [2, 0]


def test_a_cut_later_never_loses_what_came_before(link, telecentre, record):
    centre = SharingCentre()
    centre.down, centre.cut_at = [roster(telecentre, ["Awa"]), packs()], 2
    record(2)

    with pytest.raises(CentreUnreachableError):
        exchange(link, centre)

    assert Learner.objects.filter(name="Awa").exists()
    assert list(Snapshot.objects.values_list("kind", flat=True)) == ["roster"]


def test_a_refused_roster_does_not_hold_up_the_packs(link, telecentre, record):
    record(1)
    exchange_with(link, [roster(telecentre, ["Awa"])])

    with pytest.raises(EmptyRosterError):
        exchange_with(link, [roster(telecentre, version=2), packs()])

    assert Learner.objects.get(name="Awa").retired_at is None
    assert Snapshot.objects.filter(kind="packs").exists()
    assert not AvailablePack.objects.exists()


def test_the_centre_is_told_that_its_roster_was_refused(link, telecentre, record):
    record(1)
    CentreLink.objects.update(last_error="EmptyRosterError")
    centre = PatientCentre()

    exchange(CentreLink.objects.get(), centre)

    assert centre.requests[0].trouble == "empty_roster"


def exchange_with(link, down):
    centre = SharingCentre()
    centre.down = down
    exchange(link, centre)


def test_a_large_roster_waits_for_an_answer_of_its_own(device):
    for number in range(200):
        make_learner(telecentre=device.telecentre, name=f"Personne {number} " + "x" * 100)
    device.creates()

    first = post(device.body(), key=device.key).document
    skip = tuple(snapshot["kind"] for snapshot in first["down"])
    second = post(device.body(2, skip=skip), key=device.key).document

    assert (first["stored"], first["more"]) == (1, True)
    assert "roster" not in skip
    assert second["down"][0]["kind"] == "roster"


def test_an_answer_alone_carries_at_least_one_snapshot():
    large, small = {"document": "x" * SHARE * 2}, {"document": "y"}

    assert share_of([large, small], is_alone=True) == [large]
    assert share_of([large, small], is_alone=False) == []
    assert share_of([small, small], is_alone=False) == [small, small]


def test_what_was_sent_a_moment_ago_is_not_sent_again(telecentre):
    kinds = [snapshot["kind"] for snapshot in news_for(telecentre, {}, skip=("trust", "packs"))]

    assert kinds == ["roster"]

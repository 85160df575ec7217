"""At a telecentre: what it does and says for each refusal of its centre."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import translation

from lms.models import Statement
from lms.recording import record_statement
from offline_pack.format.signing import SYNC
from offline_pack.models import CentreLink, SyncPlan
from offline_pack.standing import standing
from offline_pack.sync.errors import SyncError, refusal_met
from offline_pack.sync.waiting import MINUTE
from offline_pack.sync_words import words_of_next
from offline_pack.syncing import sync_with_centre
from offline_pack.trust.keys import own_key
from tests.offline_pack.sync.test_exchange import PatientCentre


class SayingNo(PatientCentre):
    """Refuses ``times`` batches, then is patient."""

    def __init__(self, status, document, times=10**6):
        super().__init__()
        self.status, self.document, self.times = status, document, times

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def send_batch(self, body, *, centre):
        if self.times:
            self.times -= 1
            raise refusal_met(self.status, self.document)
        return super().send_batch(body, centre=centre)


@pytest.fixture
def meet(telecentre, learner, settings, monkeypatch):
    """Sync with a centre; returns it and whether the sync failed. Three facts wait."""
    settings.YELEN_ROLE = "telecentre"
    CentreLink.objects.create(
        address=PatientCentre.address, sync_key=own_key(SYNC).public.hex(), telecentre=telecentre
    )
    for _ in range(3):
        record_statement(
            verb="seen", learner=learner, object_id=uuid4(), course_id=uuid4(), course_version=1
        )

    def meet(*said, times=10**6):
        centre = SayingNo(*said, times=times)
        monkeypatch.setattr("offline_pack.syncing.CentreConnection", lambda *_a, **_k: centre)
        try:
            sync_with_centre()
        except SyncError:
            return centre, True
        return centre, False

    return meet


@pytest.mark.parametrize(
    ("status", "document", "words", "next_try"),
    [
        (
            403,
            {"code": "revoked"},
            "withdrawn this telecentre's server",
            "not try again by itself",
        ),
        (
            426,
            {"code": "protocol", "min_proto": 4, "max_proto": 5},
            "software is too old for the centre",
            "in about",
        ),
        (507, {"code": "wait", "retry_after": 600}, "disk is full: it asks to wait", "minutes"),
        (503, {"code": "wait", "retry_after": 90}, "busy and asks to wait", "2 minutes"),
        (409, {"code": "fork", "at": 1, "h": ""}, "do not agree", "in about"),
        (412, {"code": "gap", "need": [], "stored": 0}, "do not agree", "in about"),
    ],
)
def test_a_refusal_loses_nothing_and_is_told_in_words(meet, status, document, words, next_try):
    ids = set(Statement.objects.values_list("pk", flat=True))

    _centre, failed = meet(status, document)

    with translation.override("en"):
        now = standing()
        assert words in str(now.trouble.problem)
        assert str(now.trouble.remedy)
        assert next_try in words_of_next(now)
    assert failed
    assert now.waiting == 3
    assert set(Statement.objects.values_list("pk", flat=True)) == ids


@pytest.mark.parametrize(("status", "seconds"), [(507, 600), (503, 90)])
def test_a_centre_that_asks_to_wait_is_left_that_long(meet, status, seconds):
    meet(status, {"code": "wait", "retry_after": seconds})

    assert seconds * 1000 <= SyncPlan.objects.get().wait_ms <= seconds * 1250


@pytest.mark.parametrize(
    "refusal",
    [
        (409, {"code": "fork", "at": 1, "h": ""}),
        (412, {"code": "gap", "need": [], "stored": 0}),
        (413, {"code": "too_large", "limit": 9}),
    ],
    ids=["fork", "gap", "too large"],
)
def test_what_the_telecentre_can_mend_it_mends_at_once(meet, refusal):
    centre, failed = meet(*refusal, times=1)

    assert not failed
    assert len(centre.facts) == 3
    assert standing().waiting == 0
    assert SyncPlan.objects.get().failures == 0
    assert SyncPlan.objects.get().last_sent == 3


def test_failures_in_a_row_make_the_waits_longer(meet):
    waits = []
    for _ in range(4):
        meet(426, {"code": "protocol", "min_proto": 4, "max_proto": 5})
        waits.append(SyncPlan.objects.get().wait_ms)

    assert SyncPlan.objects.get().failures == 4
    assert waits[0] <= 1.25 * MINUTE
    assert waits[3] >= 6 * MINUTE

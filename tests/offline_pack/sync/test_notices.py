"""Notices on their way down, in a list of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.models import Notice
from lms.notices import today
from offline_pack.models import Snapshot
from offline_pack.sync.applying import apply_news
from offline_pack.sync.errors import UnusableNewsError
from offline_pack.sync.snapshots import news_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    return Notice.objects.create(
        texts={"fr": {"title": "Rencontre", "text": "Venez."}},
        starts_on=today(),
        ends_on=today() + timedelta(days=7),
    )


def sent(telecentre, have=None):
    return [news for news in news_for(telecentre, have or {}) if news["kind"] == "notices"]


def held(news):
    return {news["kind"]: (news["version"], news["digest"])}


def test_who_was_never_sent_one_is_not_told_that_there_is_none(telecentre):
    assert sent(telecentre) == []


def test_a_notice_goes_down_once_and_its_withdrawal_too(telecentre, notice):
    (first,) = sent(telecentre)
    again = sent(telecentre, held(first))
    notice.delete()
    (second,) = sent(telecentre, held(first))

    assert [item["texts"]["fr"]["title"] for item in first["document"]["notices"]] == ["Rencontre"]
    assert again == []
    assert second["document"] == {"notices": []}
    assert second["version"] == first["version"] + 1


def test_it_is_kept_and_gone_when_the_centre_withdraws_it(link, telecentre, notice):
    (first,) = sent(telecentre)
    notice.delete()
    (second,) = sent(telecentre, held(first))
    Snapshot.objects.all().delete()  # here is the telecentre from now on

    apply_news(link, (first,))

    kept = Notice.objects.get()
    assert (kept.pk, kept.title, kept.text) == (notice.pk or kept.pk, "Rencontre", "Venez.")

    apply_news(link, (second,))
    apply_news(link, (first,))  # late, by stick

    assert list(Notice.objects.all()) == []


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"id": "no", "texts": {}, "from": "2026-01-05", "until": "2026-01-06"},
        {"id": "0" * 32, "texts": [], "from": "2026-01-05", "until": "2026-01-06"},
        {"id": "0" * 32, "texts": {"fr": {}}, "from": "2026-01-05", "until": "2026-01-06"},
        {"id": "0" * 32, "texts": {}, "from": "soon", "until": "2026-01-06"},
    ],
)
def test_a_list_nobody_can_read_changes_nothing(link, notice, item):
    news = {"kind": "notices", "version": 9, "digest": "x", "document": {"notices": [item]}}

    with pytest.raises(UnusableNewsError):
        apply_news(link, (news,))

    assert list(Notice.objects.all()) == [notice]
    assert not Snapshot.objects.exists()

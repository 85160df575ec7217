"""Short messages of the centre: written in Wagtail, shown at telecentres while they last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from lms.models import Notice
from lms.notices import keep_notices, notices_document, notices_here, today
from tests.factories import make_staff, make_telecentre

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_notice(*telecentres, title="Rencontre", **changes):
    fields = {"starts_on": today() - DAY, "ends_on": today() + DAY}
    texts = {"fr": {"title": title, "text": "Venez nombreux."}}
    notice = Notice.objects.create(texts=texts, **(fields | changes))
    notice.telecentres.set(telecentres)
    return notice


def address(action, *args):
    return reverse(Notice.snippet_viewset.get_url_name(action), args=args)


def fields(**changes):
    written = {"title_fr": "Rencontre", "text_fr": "Venez.", "title_ar": "لقاء", "text_ar": ""}
    dates = {"starts_on": "2026-01-05", "ends_on": "2026-01-12", "event_on": "2026-01-11"}
    return written | dates | {"place": "Mairie"} | changes


@pytest.mark.parametrize("role", ["trainer", "coordinator"])
def test_a_notice_is_written_changed_and_withdrawn(client, sign_in, role):
    here = make_telecentre()
    sign_in(role)

    client.post(address("add"), fields(telecentres=[here.pk]))

    notice = Notice.objects.get()
    assert notice.texts == {
        "fr": {"title": "Rencontre", "text": "Venez."},
        "ar": {"title": "لقاء", "text": ""},
    }
    assert (notice.event_on, notice.place) == (date(2026, 1, 11), "Mairie")
    assert list(notice.telecentres.all()) == [here]
    assert "Rencontre" in client.get(address("edit", notice.pk)).content.decode()
    assert client.get(address("list")).status_code == 200

    client.post(address("edit", notice.pk), fields(title_fr="Fête", title_ar=""))

    notice.refresh_from_db()
    assert notice.texts == {"fr": {"title": "Fête", "text": "Venez."}}

    client.post(address("delete", notice.pk))

    assert list(Notice.objects.all()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"title_fr": "", "title_ar": "", "text_fr": ""},
        {"title_fr": ""},
        {"ends_on": "2026-01-04"},
        {"title_fr": "x" * 121},
        {"text_fr": "x" * 1001},
        {"starts_on": ""},
    ],
)
def test_what_cannot_be_shown_is_not_kept(client, sign_in, wrong):
    sign_in("trainer")

    answer = client.post(address("add"), fields(**wrong))

    assert answer.status_code == 200
    assert list(Notice.objects.all()) == []


def test_a_manager_writes_none(client, sign_in):
    sign_in("manager")

    client.post(address("add"), fields())

    assert list(Notice.objects.all()) == []


def test_those_of_today_are_shown_the_next_event_first(settings):
    settings.YELEN_ROLE = "telecentre"
    make_notice(title="Hier", ends_on=today() - DAY)
    make_notice(title="Demain", starts_on=today() + DAY)
    make_notice(title="Nouvelle")
    make_notice(title="Tard", event_on=today() + 9 * DAY)
    make_notice(title="Tôt", event_on=today() + DAY)

    assert [notice.title for notice in notices_here()] == ["Tôt", "Tard", "Nouvelle"]


def test_an_old_clock_of_the_machine_does_not_bring_back_what_is_over(settings, monkeypatch):
    """The clock is never believed below its floor, so neither are days."""
    settings.YELEN_ROLE = "telecentre"
    make_notice(ends_on=date(2020, 1, 1), starts_on=date(1970, 1, 1))
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("time.time_ns", lambda: 0)

    assert notices_here() == []


def test_the_reader_gets_their_language_or_the_sites_or_any():
    notice = make_notice()
    notice.texts["ar"] = {"title": "لقاء", "text": ""}

    shown = {}
    for language in ("ar", "fr", "en"):
        with translation.override(language):
            shown[language] = (notice.title, notice.language)

    assert shown == {
        "ar": ("لقاء", "ar"),
        "fr": ("Rencontre", "fr"),
        "en": ("Rencontre", "fr"),
    }


def test_learners_visitors_and_the_manager_read_it_as_text(client, settings):
    settings.YELEN_ROLE = "telecentre"
    make_notice(title="<script>alert(1)</script>", place="<b>Mairie</b>", event_on=today())
    client.force_login(make_staff("manager"), backend="lms.backends.LearnerBackend")

    for page in ("/", "/centre/"):
        html = client.get(page).content.decode()
        assert "&lt;script&gt;alert(1)" in html, page
        assert "<script>alert(1)" not in html, page
        assert "&lt;b&gt;Mairie" in html, page


def test_a_signed_in_learner_reads_it_at_home(client, settings):
    from tests.factories import make_learner

    settings.YELEN_ROLE = "telecentre"
    learner = make_learner(pin="2580")
    client.post(f"/entrer/nom/{learner.pk}/", {"pin": "2580"})
    make_notice()

    assert "Venez nombreux." in client.get("/moi/").content.decode()


def test_the_centre_itself_shows_none(client):
    make_notice()

    assert "Rencontre" not in client.get("/").content.decode()


def test_each_telecentre_gets_its_own_and_those_for_all():
    here, there = make_telecentre(), make_telecentre(slug="loin", name="Loin")
    make_notice(title="Tous")
    make_notice(here, there, title="Deux")
    make_notice(there, title="Loin")
    make_notice(here, title="Passée", ends_on=today() - 5 * DAY)

    titles = {
        place.slug: {item["texts"]["fr"]["title"] for item in notices_document(place)["notices"]}
        for place in (here, there)
    }

    assert titles == {"baobab": {"Tous", "Deux"}, "loin": {"Tous", "Deux", "Loin"}}


def test_a_list_takes_the_place_of_the_one_before():
    here = make_telecentre()
    make_notice(title="Reste", event_on=today(), place="Mairie")
    document = notices_document(here)
    before = list(Notice.objects.values())
    make_notice(title="Part")

    keep_notices(document)

    assert list(Notice.objects.values()) == before

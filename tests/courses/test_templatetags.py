"""Words and pictures in templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from courses.errors import IconMissingError
from courses.templatetags import yelen

NAMES = (yelen.ICONS.parent.parent / "icons.txt").read_text().split()


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "1 Ko"), (85_400, "85 Ko"), (1_240_000, "1,2 Mo"), (14_600_000, "15 Mo")],
)
def test_sizes_are_written_as_people_say_them(count, words):
    with override("fr"):
        assert yelen.size(count).replace("\xa0", " ") == words


@pytest.mark.parametrize(("count", "words"), [(12, "12 min"), (60, "1 h"), (150, "2 h 30")])
def test_minutes_become_hours(count, words):
    with override("fr"):
        assert yelen.minutes(count) == words


@pytest.mark.parametrize(("share", "figure"), [(0, 0), (0.996, 99), (1, 100), (None, 0)])
def test_percent_says_a_hundred_only_when_all_is_done(share, figure):
    assert yelen.percent(share) == figure


def test_html_of_a_course_is_cleaned_where_it_is_shown():
    html = '<p>Bon <b>jour</b></p><script src="/h5p/x.js"></script><img src=x onerror=alert(1)>'

    assert yelen.prose(html) == "<p>Bon <b>jour</b></p>"


def test_no_template_shows_html_uncleaned():
    folders = [Path(yelen.__file__).parents[2] / app for app in ("courses", "lms", "offline_pack")]
    unsafe = [
        page
        for folder in folders
        for page in folder.rglob("*.html")
        if "|safe" in page.read_text()
    ]

    assert unsafe == []


def test_an_icon_hides_from_screen_readers():
    assert 'aria-hidden="true"' in yelen.icon("play")


def test_an_icon_that_was_not_brought_in_is_named():
    with pytest.raises(IconMissingError) as caught:
        yelen.icon("unicorn")

    assert caught.value.name == "unicorn"


def test_on_a_site_in_use_a_missing_icon_leaves_its_word_alone(settings):
    settings.YELEN_STRICT_TEMPLATES = False

    assert yelen.icon("unicorn") == ""


def test_every_icon_that_templates_ask_for_is_in_the_list():
    root = Path(yelen.__file__).parent.parent.parent
    asked = {
        name
        for template in root.glob("*/templates/**/*.html")
        for name in _icons_in(template.read_text())
    }

    assert asked - set(NAMES) == set()


def _icons_in(text):
    for part in text.split('{% icon "')[1:]:
        yield part.split('"', 1)[0]

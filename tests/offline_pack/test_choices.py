"""How much goes into a pack, told before it is made."""

from __future__ import annotations

import pytest

from courses.publishing import publish_outline
from offline_pack.choices import (
    ALL,
    AUDIO,
    MEDIA,
    SMALL_VIDEO,
    TEXT,
    VIDEO,
    Choice,
    pack_name,
    size_of,
    sizes,
)
from offline_pack.making.exporter import export_pack
from tests.offline_pack.format.building import KEY
from tests.offline_pack.making.test_exporter import media_outline


@pytest.mark.parametrize(
    ("media", "taken"),
    [
        (TEXT, set()),
        (AUDIO, {"audio:fr-BF", "audio:mul"}),
        (SMALL_VIDEO, {"audio:fr-BF", "audio:mul", "video:144p", "video:240p"}),
        (VIDEO, {"audio:fr-BF", "audio:mul", "video:144p", "video:240p", "video:360p"}),
        (
            ALL,
            {
                "audio:fr-BF",
                "audio:mul",
                "video:144p",
                "video:240p",
                "video:360p",
                "video:720p",
                "video:original",
            },
        ),
    ],
)
def test_a_choice_takes_no_more_than_asked(media, taken):
    groups = [
        "core",
        "audio:fr-BF",
        "audio:frp",
        "audio:mos",
        "audio:mul",
        "video:144p",
        "video:240p",
        "video:360p",
        "video:720p",
        "video:original",
    ]

    choice = Choice(frozenset({"fr"}), media)

    assert {group for group in groups if choice.takes(group)} == {"core"} | taken


def test_choices_go_from_light_to_wide():
    choices = [Choice(frozenset({"fr"}), media) for media in MEDIA]

    assert sorted(choices, key=lambda choice: choice.rank) == choices
    assert Choice(None, AUDIO).rank > Choice(frozenset({"fr"}), AUDIO).rank


@pytest.mark.parametrize(
    ("choice", "name"),
    [
        (Choice(), "cours-v3.pack"),
        (Choice(frozenset({"fr"}), TEXT), "cours-v3-text.pack"),
        (Choice(frozenset({"mos", "fr"}), AUDIO), "cours-v3-audio-fr-mos.pack"),
        (Choice(frozenset({"fr"})), "cours-v3-fr.pack"),
    ],
)
def test_a_pack_is_called_after_its_choice(choice, name):
    assert pack_name("cours", version=3, choice=choice) == name


@pytest.mark.django_db
@pytest.mark.parametrize("media", MEDIA)
def test_the_size_told_is_about_the_size_made(tmp_path, media):
    course = publish_outline(media_outline())
    choice = Choice(media=media)
    known = sizes(course)

    built = export_pack(course, to=tmp_path / "a.pack", key=KEY, choice=choice)

    assert abs(size_of(course, choice) - built.size) < built.size * 0.1
    assert size_of(course, choice, known=known) == size_of(course, choice)

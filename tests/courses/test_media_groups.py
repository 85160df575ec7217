"""Which files of a course may be left out of a pack."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest

from courses.media_groups import groups_of, height_of, language_of
from courses.outline import (
    AudioBlock,
    BlobRef,
    CourseOutline,
    FileBlock,
    LessonOutline,
    ModuleOutline,
    UnknownBlock,
    VideoBlock,
    VideoRendition,
)


def ref(name: str) -> BlobRef:
    return BlobRef(hashlib.sha256(name.encode()).hexdigest(), 10, "application/octet-stream")


def course(*blocks):
    lesson = LessonOutline(id=UUID(int=3), title="Leçon", blocks=blocks)
    module = ModuleOutline(id=UUID(int=2), title="Module", lessons=(lesson,))
    return CourseOutline(id=UUID(int=1), slug="cours", title="Cours", modules=(module,))


def groups(*blocks):
    """The groups by the names given to ``ref``."""
    names = {ref(name).sha256: name for name in ("a", "b", "c", "d", "e")}
    return {names[sha256]: group for sha256, group in groups_of(course(*blocks)).items()}


def test_audio_goes_by_language_and_video_by_picture():
    video = VideoBlock(
        title="Film",
        renditions=(VideoRendition(ref("b"), "240p"), VideoRendition(ref("c"), "360p")),
        poster=ref("d"),
        captions=ref("e"),
    )

    found = groups(AudioBlock(title="Son", blob=ref("a"), language="mos"), video)

    assert found == {
        "a": "audio:mos",
        "b": "video:240p",
        "c": "video:360p",
        "d": "core",
        "e": "core",
    }


def test_what_stands_elsewhere_too_is_core():
    found = groups(
        AudioBlock(title="Son", blob=ref("a")),
        FileBlock(title="Le son", blob=ref("a"), filename="son.mp3"),
    )

    assert found == {"a": "core"}


def test_what_a_block_of_the_future_needs_is_core():
    unknown = UnknownBlock(
        document={
            "kind": "hologram",
            "blob": {"sha256": ref("b").sha256, "size": 10, "media_type": "video/mp4"},
        }
    )

    assert groups(unknown) == {"b": "core"}


def test_one_recording_in_two_languages_belongs_to_any_of_them():
    found = groups(
        AudioBlock(title="Son", blob=ref("a"), language="fr"),
        AudioBlock(title="Son", blob=ref("a"), language="mos"),
    )

    assert found == {"a": "audio:mul"}


def test_a_rendition_under_two_labels_counts_as_the_lighter():
    renditions = (VideoRendition(ref("b"), "360p"), VideoRendition(ref("b"), "240p"))

    assert groups(VideoBlock(title="Film", renditions=renditions)) == {"b": "video:240p"}


def test_names_are_made_fit_for_a_manifest():
    renditions = (VideoRendition(ref("b"), "très net / 4K"),)

    found = groups(
        VideoBlock(title="Film", renditions=renditions),
        AudioBlock(title="Son", blob=ref("a"), language=""),
    )

    assert found == {"a": "audio:-", "b": "video:tr-s-net-4K"}


@pytest.mark.parametrize(
    ("group", "language", "height"),
    [
        ("core", None, None),
        ("audio:fr", "fr", None),
        ("video:240p", None, 240),
        ("video:original", None, None),
    ],
)
def test_a_group_says_what_it_holds(group, language, height):
    assert (language_of(group), height_of(group)) == (language, height)

"""What goes into a pack: all, a choice, or what an older pack lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from courses.blobs import blob_path, store_bytes
from courses.outline import (
    AudioBlock,
    CourseOutline,
    FileBlock,
    RichTextBlock,
    VideoBlock,
    VideoRendition,
)
from courses.publishing import publish_outline
from offline_pack.choices import ALL, AUDIO, SMALL_VIDEO, TEXT, VIDEO, Choice
from offline_pack.errors import (
    BaseIsADeltaError,
    BaseNotOlderError,
    MissingBlobsError,
    OtherCourseBaseError,
)
from offline_pack.format.manifest import ZPATCH, Group
from offline_pack.format.reader import PackReader
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.making.exporter import export_pack
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED, noise

pytestmark = pytest.mark.django_db

PROSE = "".join(f"<p>Paragraphe {n} : on coupe le courant, puis {n * n}.</p>" for n in range(800))


def media_outline() -> CourseOutline:
    """The small course, with audio in two languages and videos of two kinds."""
    outline = courses.outline()
    sounds = [
        AudioBlock(title="Son", blob=store_bytes(noise(7_000, seed=n), "audio/mpeg"), language=tag)
        for n, tag in ((21, "fr"), (22, "mos"))
    ]
    film = VideoBlock(
        title="Film",
        renditions=tuple(
            VideoRendition(store_bytes(noise(size, seed=size), "video/mp4"), label)
            for size, label in ((20_000, "240p"), (40_000, "360p"))
        ),
        poster=store_bytes(noise(3_000, seed=31), "image/webp"),
    )
    lesson = outline.modules[0].lessons[0]
    lesson = replace(lesson, blocks=(*lesson.blocks, *sounds, film))
    return replace(outline, modules=(replace(outline.modules[0], lessons=(lesson,)),))


def pack_groups(path) -> tuple[set[str], set[str]]:
    """The groups that the manifest announces, and those its files are in."""
    with PackReader.open(path, trusted=TRUSTED) as pack:
        announced = pack.manifest.groups
        assert announced[0] == Group("core")
        assert all(group.optional for group in announced[1:])
        return {group.id for group in announced}, {item.group for item in pack.manifest.files}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(media=TEXT), {"core"}),
        (Choice(media=AUDIO), {"core", "audio:fr", "audio:mos"}),
        (Choice(frozenset({"mos"}), AUDIO), {"core", "audio:mos"}),
        (Choice(media=SMALL_VIDEO), {"core", "audio:fr", "audio:mos", "video:240p"}),
        (Choice(frozenset({"fr"}), VIDEO), {"core", "audio:fr", "video:240p", "video:360p"}),
        (Choice(media=ALL), {"core", "audio:fr", "audio:mos", "video:240p", "video:360p"}),
    ],
)
def test_a_choice_leaves_groups_out(tmp_path, choice, expected):
    course = publish_outline(media_outline())

    built = export_pack(course, to=tmp_path / "a.pack", key=KEY, choice=choice)

    assert pack_groups(built.path) == (expected, expected)


def test_a_choice_gives_the_same_bytes_each_time(tmp_path):
    course = publish_outline(media_outline())
    choice = Choice(frozenset({"fr", "mos"}), AUDIO)

    one, other = (
        export_pack(course, to=tmp_path / name, key=KEY, choice=choice) for name in ("a", "b")
    )

    assert one.path.read_bytes() == other.path.read_bytes()


def test_only_what_is_chosen_must_be_in_the_store(tmp_path):
    course = publish_outline(media_outline())
    film = next(sha for sha, ref in media_outline().blobs().items() if ref.size == 40_000)
    blob_path(film).unlink()

    export_pack(course, to=tmp_path / "a.pack", key=KEY, choice=Choice(media=SMALL_VIDEO))
    with pytest.raises(MissingBlobsError) as refusal:
        export_pack(course, to=tmp_path / "b.pack", key=KEY)

    assert refusal.value.missing == (film,)


def test_names_are_short_and_say_the_kind(tmp_path):
    built = export_pack(courses.publish(), to=tmp_path / "a.pack", key=KEY)

    names = {item.sha256: item.path for item in built.manifest.files}
    assert names.pop(built.manifest.course) == "course.json"
    assert {(path, len(path)) for path in names.values()} == {
        (f"media/{sha[:20]}{ending}", 31 - (ending == ".pdf"))
        for sha, path in names.items()
        for ending in (path[path.rindex(".") :],)
    }


def test_the_centres_trust_documents_travel_along(tmp_path):
    built = export_pack(courses.publish(), to=tmp_path / "a.pack", key=KEY)

    with PackReader.open(built.path, trusted=TRUSTED) as pack:
        assert len(pack.meta.trust) == 1


def with_file(outline: CourseOutline, content: bytes, *, media_type: str) -> CourseOutline:
    """The course with one more file at the end of its lesson."""
    block = FileBlock(title="Plus", blob=store_bytes(content, media_type), filename="plus")
    lesson = outline.modules[0].lessons[0]
    lesson = replace(lesson, blocks=(*lesson.blocks, block))
    return replace(outline, modules=(replace(outline.modules[0], lessons=(lesson,)),))


def delta(tmp_path, old: CourseOutline, new: CourseOutline):
    """The pack of the new version on that of the old one, and the latter."""
    full = export_pack(publish_outline(old), to=tmp_path / "v1.pack", key=KEY)
    with open_with_volumes(full.path, trusted=TRUSTED) as base:
        built = export_pack(publish_outline(new), to=tmp_path / "d.pack", key=KEY, base=base)
    return built, full


def test_a_typo_travels_as_a_small_patch(tmp_path):
    text = PROSE.replace("Paragraphe 400 ", "Paragraph 400 ")

    built, full = delta(tmp_path, courses.outline(text=text), courses.outline(text=PROSE))

    (blob,) = built.manifest.blobs
    assert (blob.encoding, blob.base) == (ZPATCH, full.manifest.course)
    assert built.manifest.base.rev == 1
    assert built.manifest.base.manifest_sha256 == full.manifest_sha256
    assert built.manifest.critical == ("base", "zpatch")
    assert built.size < 8_000


def test_a_delta_holds_what_the_base_lacks(tmp_path):
    old = courses.outline()
    new = with_file(old, noise(20_000, seed=77), media_type="application/pdf")

    built, _full = delta(tmp_path, old, new)

    added = new.blobs().keys() - old.blobs().keys()
    assert {item.sha256 for item in built.manifest.files} == added | {built.manifest.course}


def test_a_file_is_compared_with_what_stood_in_its_place(tmp_path):
    """Not only with what is of its size: scripts of a library are many, and much alike."""
    script = b"".join(b"line %d of the library;\n" % n for n in range(5_000))
    others = [noise(len(script) + n, seed=n) for n in range(5)]
    old = with_file(courses.outline(), script + b"end" * 2_000, media_type="text/javascript")
    new = with_file(courses.outline(), script, media_type="text/javascript")
    lesson_extra = [
        FileBlock(title="a", blob=store_bytes(c, "text/javascript"), filename="a") for c in others
    ]
    old, new = (
        replace(
            outline,
            modules=(
                replace(
                    outline.modules[0],
                    lessons=(
                        replace(
                            outline.modules[0].lessons[0],
                            blocks=(*outline.modules[0].lessons[0].blocks, *lesson_extra),
                        ),
                    ),
                ),
            ),
        )
        for outline in (old, new)
    )

    built, _full = delta(tmp_path, old, new)

    patched = [blob for blob in built.manifest.blobs if blob.encoding == ZPATCH]
    assert len(patched) == 2
    assert built.size < 8_000


def test_a_delta_can_be_read_with_the_store(tmp_path):
    old, new = courses.outline(text=PROSE), courses.outline(text=PROSE + "<p>Fin</p>")

    built, _full = delta(tmp_path, old, new)

    with open_with_volumes(built.path, trusted=TRUSTED) as pack:
        pack.read_base = {_full.manifest.course: _document(_full)}.get
        pack.verify()


def _document(built) -> bytes:
    with PackReader.open(built.path, trusted=TRUSTED) as pack:
        return pack.read_blob(built.manifest.course, limit=10**7)


def test_a_base_must_be_an_older_whole_pack_of_the_course(tmp_path):
    old = courses.outline()
    built, _full = delta(tmp_path, old, courses.outline(text="<p>Deux</p>"))
    course = publish_outline(courses.outline(text="<p>Trois</p>"))
    newest = export_pack(course, to=tmp_path / "v3.pack", key=KEY)
    stranger = export_pack(courses.other_course(5), to=tmp_path / "other.pack", key=KEY)
    cases = {
        built.path: BaseIsADeltaError,
        newest.path: BaseNotOlderError,
        stranger.path: OtherCourseBaseError,
    }

    for path, error in cases.items():
        with open_with_volumes(path, trusted=TRUSTED) as base, pytest.raises(error):
            export_pack(course, to=tmp_path / "no.pack", key=KEY, base=base)

    assert not (tmp_path / "no.pack").exists()


def test_a_changed_place_does_not_hide_a_text_block(tmp_path):
    """A block before the others moves them all; what they are called stays."""
    old = courses.outline(text=PROSE)
    lesson = old.modules[0].lessons[0]
    moved = replace(lesson, blocks=(RichTextBlock(html="<p>Avant</p>"), *lesson.blocks))
    new = replace(old, modules=(replace(old.modules[0], lessons=(moved,)),))

    built, _full = delta(tmp_path, old, new)

    assert len(built.manifest.blobs) == 1

"""Every byte of a pack's head changed, one at a time; bytes of blobs; packs cut at any length."""

from __future__ import annotations

import random

import pytest

from courses.models import Course, Lesson
from offline_pack.errors import OfflinePackError
from offline_pack.format import archive
from offline_pack.format.errors import PackDamagedError, PackFormatError
from offline_pack.format.reader import PackReader
from offline_pack.installing.importer import import_pack
from offline_pack.making.exporter import export_pack
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED, change_byte

pytestmark = pytest.mark.django_db

CHANCE = random.Random(20260203)  # noqa: S311


@pytest.fixture
def packs(tmp_path):
    """Versions 1 and 2; this place has version 1."""
    made = [
        export_pack(courses.publish(text=text), to=tmp_path / f"{text}.pack", key=KEY).path
        for text in ("Un", "Deux")
    ]
    courses.forget_course()
    import_pack(made[0], trusted=TRUSTED)
    return made


@pytest.fixture
def unchanged(data_dir):
    """Says whether version 1 is served and nothing was written."""
    before = []

    def look():
        now = (
            courses.stored_files(data_dir / "blobs"),
            Course.objects.get().version,
            Lesson.objects.current().get().block_documents[0]["html"],
        )
        before.append(now)
        return now == before[0] and now[1:] == (1, "Un")

    return look


def test_no_byte_of_what_is_signed_can_change(packs, unchanged):
    """And one that is not signed may change, but then nothing else comes of it."""
    unchanged()
    with PackReader.open(packs[1], trusted=TRUSTED) as pack:
        meta, first = pack.meta, min(blob.at[0].offset for blob in pack.manifest.blobs)
    accepted = []
    for place in range(first):
        flip = 1 << CHANCE.randrange(8)
        change_byte(packs[1], place, flip=flip)
        try:
            with PackReader.open(packs[1], trusted=TRUSTED) as pack:
                assert (pack.meta.manifest, pack.meta.envelope) == (meta.manifest, meta.envelope)
                accepted.append(place)
        except PackFormatError:
            pass
        change_byte(packs[1], place, flip=flip)

    assert unchanged()
    assert not set(accepted) & set(signed_bytes(meta))
    assert len(accepted) < first - len(meta.manifest) - len(meta.envelope)


def signed_bytes(meta):
    """Where the manifest and the signature stand."""
    first = archive.LOCAL_HEADER.size + len(archive.MANIFEST_NAME)
    yield from range(first, first + len(meta.manifest))
    yield from range(meta.end - len(meta.envelope), meta.end)


def test_an_import_refuses_a_changed_head_and_the_old_version_is_served(packs, unchanged):
    unchanged()
    with PackReader.open(packs[1], trusted=TRUSTED) as pack:
        places = CHANCE.sample(sorted(signed_bytes(pack.meta)), 60)
    for place in places:
        change_byte(packs[1], place)

        with pytest.raises((PackFormatError, OfflinePackError)):
            import_pack(packs[1], trusted=TRUSTED)
        assert unchanged(), place

        change_byte(packs[1], place)


def test_an_import_refuses_a_changed_blob_and_the_old_version_is_served(packs):
    with PackReader.open(packs[1], trusted=TRUSTED) as pack:
        blobs = pack.manifest.blobs
    good = {blob.sha256: content(packs[1], blob.sha256) for blob in blobs}
    refusals, meaningless = [], 0
    for blob, piece in ((blob, blob.at[0]) for blob in blobs for _ in range(8)):
        place = piece.offset + CHANCE.randrange(piece.length)
        change_byte(packs[1], place)
        if content(packs[1], blob.sha256) == good[blob.sha256]:
            meaningless += 1  # a few bits of a zstd frame say nothing
        else:
            with pytest.raises(PackFormatError) as caught:
                import_pack(packs[1], trusted=TRUSTED)
            refusals.append(type(caught.value))
        change_byte(packs[1], place)

    assert Lesson.objects.current().get().block_documents[0]["html"] == "Un"
    assert meaningless <= 2
    assert PackDamagedError in refusals
    assert import_pack(packs[1], trusted=TRUSTED).changed


def content(path, sha256):
    """What comes out of a blob; None for a damaged one."""
    try:
        with PackReader.open(path, trusted=TRUSTED) as pack:
            return b"".join(pack.open_blob(sha256))
    except PackFormatError:
        return None


def test_a_pack_cut_at_any_length_is_refused(packs, unchanged):
    unchanged()
    whole = packs[1].read_bytes()
    with PackReader.open(packs[1], trusted=TRUSTED) as pack:
        lengths = {*range(0, pack.meta.end, 7), pack.meta.end}
        lengths |= {piece.offset for blob in pack.manifest.blobs for piece in blob.at}
    lengths |= {len(whole) - 1, *(CHANCE.randrange(len(whole)) for _ in range(100))}
    for length in sorted(lengths, reverse=True):
        with packs[1].open("r+b") as opened:
            opened.truncate(length)

        with pytest.raises(PackFormatError):
            import_pack(packs[1], trusted=TRUSTED)

    assert unchanged()

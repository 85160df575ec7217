"""Writing a pack to a stick: one that is full, is pulled, or has less room than it says."""

from __future__ import annotations

import pytest

from courses.models import Lesson
from offline_pack.format.errors import PackDamagedError
from offline_pack.format.layout import VOLUME_SIZE
from offline_pack.format.reader import PackReader
from offline_pack.installing.importer import import_pack
from offline_pack.making.exporter import export_pack
from tests.faults.running import told_by
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED


@pytest.mark.slow
def test_a_stick_that_is_full_or_pulled_while_written_holds_no_pack():
    found = told_by("writing")
    if "no_disk" in found:
        pytest.skip(f"no disk can be mounted here: {found['no_disk']}")

    assert found["full"] == {"error": "OSError", "answer": None, "packs": []}
    assert (found["pulled"]["error"], found["pulled"]["answer"]) == ("OSError", None)
    assert "v1.pack" not in found["pulled"]["packs"]
    assert found["again"] == {"error": "", "answer": "v1.pack"}


@pytest.mark.django_db
def test_a_stick_that_only_pretends_to_have_room_is_found_out(tmp_path):
    """It takes every byte and gives zeros for those that it had no place for."""
    packs = [
        export_pack(courses.publish(text=text), to=tmp_path / f"{text}.pack", key=KEY).path
        for text in ("Un", "Deux")
    ]
    courses.forget_course()
    import_pack(packs[0], trusted=TRUSTED)
    with PackReader.open(packs[1], trusted=TRUSTED) as pack:
        places = sorted((blob.at[0].offset, blob.sha256) for blob in pack.manifest.blobs)
    room, lost = places[1][0], {sha256 for _place, sha256 in places[1:]}
    size = packs[1].stat().st_size
    packs[1].write_bytes(packs[1].read_bytes()[:room].ljust(size, b"\0"))

    with pytest.raises(PackDamagedError) as caught:
        import_pack(packs[1], trusted=TRUSTED)

    assert set(caught.value.damaged) == lost
    assert Lesson.objects.current().get().block_documents[0]["html"] == "Un"


def test_a_volume_fits_on_fat32_and_in_the_oldest_tools():
    assert VOLUME_SIZE == 2**31 - 1

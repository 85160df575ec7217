"""``export_pack`` and ``verify_pack``: choices, volumes and deltas from the command line."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.publishing import publish_outline
from offline_pack.format.reader import PackReader
from offline_pack.trust.keys import trusted_keys
from tests.offline_pack import courses
from tests.offline_pack.format.building import change_byte, noise
from tests.offline_pack.making.test_exporter import media_outline, with_file

pytestmark = pytest.mark.django_db


def run(*arguments):
    """The lines that the command wrote."""
    output = StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=output)
    return output.getvalue().strip().splitlines()


def groups(path):
    with PackReader.open(path, trusted=trusted_keys()) as pack:
        return [group.id for group in pack.manifest.groups]


def test_media_and_languages_are_chosen(tmp_path):
    publish_outline(media_outline())

    run("export_pack", "maintenance", "--to", tmp_path, "--media", "240p", "--languages", "fr, en")

    path = tmp_path / "maintenance-v1-240p-en-fr.pack"
    assert groups(path) == ["core", "audio:fr", "video:240p"]


def test_several_courses_go_to_a_folder(tmp_path):
    courses.publish()
    courses.other_course(7)

    lines = run("export_pack", "maintenance", "cours-7", "--to", tmp_path)

    assert len(lines) == 2
    assert {path.name for path in tmp_path.glob("*.pack")} == {
        "maintenance-v1.pack",
        "cours-7-v1.pack",
    }


def test_several_courses_do_not_go_to_a_file(tmp_path):
    courses.publish()
    courses.other_course(7)

    with pytest.raises(CommandError):
        run("export_pack", "maintenance", "cours-7", "--to", tmp_path / "a.pack")

    assert list(tmp_path.glob("*.pack")) == []


@pytest.mark.parametrize("size", ["80000", "80K"])
def test_volumes_stand_beside_the_first(tmp_path, size):
    courses.publish()

    (line,) = run("export_pack", "maintenance", "--to", tmp_path / "a.pack", "--volume-size", size)

    assert line.endswith(f"3 files, in {tmp_path}/a.pack and 1 more beside it")
    assert all(path.stat().st_size <= 80_000 for path in tmp_path.glob("*.pack"))
    assert run("verify_pack", tmp_path / "a.2.pack")[-1] == "volumes checked: 1, 2 of 2"


@pytest.mark.parametrize("size", ["1000", "-5", "650 MB", "much"])
def test_a_volume_size_that_cannot_be_is_refused(tmp_path, size):
    courses.publish()

    with pytest.raises(CommandError):
        run("export_pack", "maintenance", "--to", tmp_path / "a.pack", f"--volume-size={size}")

    assert list(tmp_path.glob("*.pack")) == []


def test_a_missing_volume_is_told_and_is_no_fault(tmp_path):
    courses.publish()
    run("export_pack", "maintenance", "--to", tmp_path / "a.pack", "--volume-size", "80K")
    (tmp_path / "a.2.pack").unlink()

    lines = run("verify_pack", tmp_path / "a.pack")

    assert lines[0].startswith("good: Maintenance informatique version 1, 3 files, signed by ")
    assert lines[1:] == ["volumes checked: 1 of 2", "volumes not here: 2 of 2"]


def test_damage_in_a_further_volume_is_found(tmp_path):
    courses.publish()
    run("export_pack", "maintenance", "--to", tmp_path / "a.pack", "--volume-size", "80K")
    change_byte(tmp_path / "a.2.pack", (tmp_path / "a.2.pack").stat().st_size // 2)

    with pytest.raises(CommandError):
        run("verify_pack", tmp_path / "a.pack")


@pytest.fixture
def delta(tmp_path):
    """What changed from version 1 to 2: the text, and a file that had a comma too many."""
    table = noise(40_000, seed=3).hex().encode()
    publish_outline(with_file(courses.outline(), b"," + table, media_type="text/csv"))
    run("export_pack", "maintenance", "--to", tmp_path / "v1.pack")
    publish_outline(with_file(courses.outline(), table, media_type="text/csv"))
    run("export_pack", "maintenance", "--to", tmp_path / "d.pack", "--base", tmp_path / "v1.pack")
    return tmp_path / "d.pack"


def test_a_delta_says_what_it_is_since(delta, tmp_path):
    (line,) = run("export_pack", "maintenance", "--to", tmp_path, "--base", tmp_path / "v1.pack")

    path = tmp_path / "maintenance-v2-from-v1.pack"
    assert line == (
        f"packed maintenance version 2 since version 1: {delta.stat().st_size} bytes, "
        f"2 files, in {path}"
    )
    assert path.read_bytes() == delta.read_bytes()
    assert delta.stat().st_size < 8_000


def test_a_delta_is_checked_with_the_version_before(delta):
    lines = run("verify_pack", delta)

    assert len(lines) == 1
    assert lines[0].startswith(
        "good: Maintenance informatique version 2, what is new since version 1, 2 files, "
    )


def test_a_missing_base_is_told_and_is_no_fault(delta):
    courses.forget_course()

    lines = run("verify_pack", delta)

    assert lines[1:] == ["not checked, for want of version 1 here: 2 files"]


def test_a_damaged_delta_is_refused(delta):
    with PackReader.open(delta, trusted=trusted_keys()) as pack:
        document = pack.manifest.course
        blob = next(blob for blob in pack.manifest.blobs if blob.sha256 != document)
    change_byte(delta, blob.at[0].offset + blob.at[0].length // 2)

    with pytest.raises(CommandError):
        run("verify_pack", delta)


def test_a_base_that_will_not_do_is_told_in_words(delta, tmp_path):
    publish_outline(replace(courses.outline(), title="Encore"))

    with pytest.raises(CommandError) as refusal:
        run("export_pack", "maintenance", "--to", tmp_path / "x.pack", "--base", delta)

    assert "version 2" in str(refusal.value)
    assert not (tmp_path / "x.pack").exists()

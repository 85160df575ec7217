"""Archives that are after a ZIP reader: this one has none."""

from __future__ import annotations

import zipfile

import pytest

from courses.models import Course
from offline_pack.format.errors import NotAPackError
from offline_pack.installing.importer import import_pack
from offline_pack.making.exporter import export_pack
from tests.offline_pack import courses
from tests.offline_pack.format.building import KEY, TRUSTED

pytestmark = pytest.mark.django_db


def test_a_zip_bomb_is_no_pack(tmp_path, data_dir):
    bomb = tmp_path / "bombe.pack"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META/pack.json", bytes(100_000_000))
        archive.writestr("META/pack.sig", b"{}")

    with pytest.raises(NotAPackError):
        import_pack(bomb, trusted=TRUSTED)

    assert bomb.stat().st_size < 200_000
    assert courses.stored_files(data_dir / "blobs") == {}


@pytest.mark.parametrize("name", [b"../../", b"/etc/x", b"C:\\x\\y", b"\\\\x\\y\\", b"blobs/"])
def test_names_in_the_archive_lead_nowhere(tmp_path, data_dir, name):
    """A pack's entries under other names, as links and twice: only the manifest counts."""
    path = export_pack(courses.publish(), to=tmp_path / "cours.pack", key=KEY).path
    courses.forget_course()
    before = set(courses.stored_files(tmp_path))
    content = path.read_bytes().replace(b"blobs/", name)
    attributes = (0o100644 << 16).to_bytes(4, "little"), (0o120777 << 16).to_bytes(4, "little")
    path.write_bytes(content.replace(*attributes))

    import_pack(path, trusted=TRUSTED)

    written = set(courses.stored_files(tmp_path)) - before
    blobs = data_dir.relative_to(tmp_path) / "blobs"
    assert Course.objects.get().version == 1
    assert all(new.startswith((f"{blobs}/", "data/locks/")) for new in written)
    assert not any(file.is_symlink() for file in tmp_path.rglob("*"))

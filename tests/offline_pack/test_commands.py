"""The commands: a contract of names, options, a last line, and an exit code."""

from __future__ import annotations

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.models import Course
from offline_pack.models import Release, TrustDocument, TrustedKey
from tests.offline_pack import courses, versions
from tests.offline_pack.format.building import change_byte

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path):
    """A pack by this installation's own key, and a telecentre that does not know the course."""
    courses.publish()
    run("export_pack", "maintenance", to=tmp_path / "usb.pack")
    courses.forget_course()
    return tmp_path / "usb.pack"


def run(*arguments, **options):
    """The last line that the command wrote."""
    output = StringIO()
    call_command(*(str(argument) for argument in arguments), stdout=output, **options)
    return output.getvalue().strip().splitlines()[-1]


def test_export_says_what_it_wrote(tmp_path):
    courses.publish()

    line = run("export_pack", "maintenance", to=tmp_path / "a.pack")

    size = (tmp_path / "a.pack").stat().st_size
    assert line == f"packed maintenance version 1: {size} bytes, 3 files, in {tmp_path}/a.pack"


def test_exporting_twice_gives_the_same_bytes(tmp_path):
    courses.publish()

    for name in ("one", "two"):
        run("export_pack", "maintenance", to=tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_export_of_no_course_fails(tmp_path):
    with pytest.raises(CommandError):
        run("export_pack", "jardinage", to=tmp_path / "a.pack")

    assert not (tmp_path / "a.pack").exists()


def test_verify_installs_nothing(pack):
    line = run("verify_pack", pack)

    assert line.startswith("good: Maintenance informatique version 1, 3 files, signed by ")
    assert not Course.objects.exists()


def test_verify_refuses_a_damaged_pack(pack):
    change_byte(pack, pack.stat().st_size // 2)

    with pytest.raises(CommandError):
        run("verify_pack", pack)


def test_import_of_a_file_twice(pack):
    first = run("import_pack", pack)
    second = run("import_pack", pack)

    assert first == "installed maintenance version 1"
    assert second == "nothing changed, already installed: maintenance version 1"


def test_import_of_a_stick_takes_the_newest_of_each_course(tmp_path, settings):
    usb = settings.YELEN_USB_DIR
    (usb / "cours").mkdir()
    courses.other_course(7)
    run("export_pack", "cours-7", to=usb / "cours" / "sept.pack")
    for text in ("<p>Un</p>", "<p>Deux</p>"):
        course = courses.publish(text=text)
        run("export_pack", "maintenance", to=usb / f"v{course.version}.PACK")
    courses.forget_course()

    run("import_pack", usb)

    assert dict(Course.objects.values_list("slug", "version")) == {"maintenance": 2, "cours-7": 1}


def test_import_of_an_empty_stick_fails(settings):
    with pytest.raises(CommandError):
        run("import_pack", settings.YELEN_USB_DIR)


def test_import_of_a_missing_file_fails(tmp_path):
    with pytest.raises(CommandError):
        run("import_pack", tmp_path / "none.pack")


def test_import_of_a_file_address(pack):
    assert run("import_pack", f"file://{pack}") == "installed maintenance version 1"


def test_import_of_an_http_address(pack):
    with serving(pack.parent) as address:
        assert run("import_pack", f"{address}/usb.pack") == "installed maintenance version 1"


def test_import_of_a_web_page_fails(pack, tmp_path):
    (tmp_path / "portal.html").write_text("<html>Connectez-vous</html>" * 20)

    with serving(tmp_path) as address, pytest.raises(CommandError):
        run("import_pack", f"{address}/portal.html")

    assert not Course.objects.exists()


def test_rollback_says_where_it_is(tmp_path):
    versions.install(tmp_path, count=2)

    assert run("rollback_pack", "cours-1") == "cours-1 is back at version 1"
    with pytest.raises(CommandError):
        run("rollback_pack", "cours-1")


def test_collecting_says_what_it_deleted(tmp_path, settings):
    settings.YELEN_ROLE = "telecentre"
    versions.install(tmp_path, count=2)
    Release.objects.update(boot_id=None)

    line = run("collect_garbage", "--short-of-space")

    assert re.fullmatch(r"deleted 2 files, [0-9]+ bytes", line)
    assert run("collect_garbage") == "deleted 0 files, 0 bytes"


def test_nothing_is_collected_or_removed_at_the_centre(tmp_path):
    versions.install(tmp_path, count=1)

    for command in (["collect_garbage"], ["remove_course", "cours-1"]):
        with pytest.raises(CommandError):
            run(*command)

    assert Course.objects.current().count() == 1


def test_removing_says_what_went_and_what_stays(tmp_path, settings):
    settings.YELEN_ROLE = "telecentre"
    versions.install(tmp_path, count=1)

    line = run("remove_course", "cours-1")

    assert re.fullmatch(r"removed cours-1: 3 files, [0-9]+ bytes; results stay", line)


def test_trust_travels_in_a_file(pack, tmp_path, settings, data_dir):
    written = run("export_trust", to=tmp_path / "trust.json")
    (data_dir / "keys" / "packs.key").unlink()
    forget_trust()
    with pytest.raises(CommandError):
        run("import_pack", pack)

    read = run("trust_centre", tmp_path / "trust.json")

    assert written.split("fingerprint ")[1] == read.split("fingerprint ")[1]
    assert run("import_pack", pack) == "installed maintenance version 1"
    assert set(TrustedKey.objects.values_list("purpose", flat=True)) == {"packs", "sync"}


def test_a_changed_trust_file_is_refused(tmp_path):
    run("export_trust", to=tmp_path / "trust.json")
    forget_trust()
    content = (tmp_path / "trust.json").read_text()
    (tmp_path / "trust.json").write_text(content.replace('"centre":"', '"centre":"x'))

    with pytest.raises(CommandError):
        run("trust_centre", tmp_path / "trust.json")

    assert not TrustedKey.objects.exists()


def forget_trust():
    """Make this installation one that no centre has told anything."""
    TrustDocument.objects.all().delete()
    TrustedKey.objects.all().delete()


class serving:  # noqa: N801 - reads as a verb
    """A plain web server of one folder, while the block lasts."""

    def __init__(self, folder):
        handler = partial(Quiet, directory=str(folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

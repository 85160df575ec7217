from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from courses.h5p.naming import LibraryName
from courses.models import H5PLibrary
from courses.signals import h5p_installed
from tests.courses.h5p.building import members, write_package

pytestmark = pytest.mark.django_db


def run(*paths):
    out = StringIO()
    with translation.override("en"):
        call_command("install_h5p", *map(str, paths), stdout=out)
    return out.getvalue().splitlines()


def test_each_file_gets_a_line_and_a_refusal_fails_the_command(tmp_path):
    good = write_package(tmp_path / "bon.h5p")
    bad = write_package(tmp_path / "mauvais.h5p", members(**{"h5p.json": "{"}))
    out = StringIO()

    with translation.override("en"), pytest.raises(CommandError, match="2 of 3 files refused"):
        call_command("install_h5p", str(bad), str(good), str(tmp_path / "none.h5p"), stdout=out)

    assert out.getvalue().splitlines() == [
        f"refused\t{bad}\t“h5p.json” cannot be read: it is not valid JSON (line 1).",
        f"accepted\t{good}",
        f"refused\t{tmp_path / 'none.h5p'}\tThe file cannot be read.",
    ]
    assert str(H5PLibrary.objects.get()) == "Test.Main 1.0.0"


def test_a_folder_stands_for_its_packages(tmp_path):
    write_package(tmp_path / "b.h5p")
    write_package(tmp_path / "a.h5p")
    (tmp_path / "notes.txt").write_text("x")

    assert run(tmp_path) == [f"accepted\t{tmp_path / name}" for name in ("a.h5p", "b.h5p")]


def test_what_is_installed_is_announced(tmp_path):
    heard = []

    def listen(package, file_name, **_others):
        heard.append((package.main_library, file_name))

    h5p_installed.connect(listen)
    try:
        run(write_package(tmp_path / "essai.h5p"))
    finally:
        h5p_installed.disconnect(listen)

    assert heard == [(LibraryName("Test.Main", 1, 0), "essai.h5p")]

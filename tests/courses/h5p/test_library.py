import pytest

from courses.blobs import read_blob, store_bytes
from courses.errors import BlobMissingError, H5PLibraryMissingError, H5PLibraryPermissionError
from courses.h5p.installing import definition_from_package, install_file
from courses.h5p.library import (
    SCRIPTS,
    STYLES,
    digest_of,
    find_files,
    install_library_outlines,
    outlines_of,
    roll_back_library,
)
from courses.h5p.naming import LibraryName
from courses.models import H5PLibrary
from tests.courses.h5p.building import dependency, library_json, members, write_package

pytestmark = pytest.mark.django_db

MAIN = LibraryName("Test.Main", 1, 0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "essai.h5p"


def install(path, *, patch=0, script="/* first */", may=True, **more):
    changes = {
        "Test.Main-1.0/library.json": library_json(patchVersion=patch, **more),
        "Test.Main-1.0/main.js": script,
    }
    return install_file(write_package(path, members(**changes)), may_install_libraries=may)


def test_a_package_is_kept_as_blobs_and_its_library_as_a_row(path):
    package = install(path)

    row = H5PLibrary.objects.get()
    assert str(row) == "Test.Main 1.0.0"
    assert set(row.files) == {"library.json", "main.js", "language/fr.json", SCRIPTS}
    assert read_blob(package.content.sha256) == b'{"text": "Bonjour"}'
    assert package.files["images/a.png"].media_type == "image/png"


def test_a_higher_patch_takes_the_place_and_the_old_one_can_come_back(path):
    install(path, patch=1, script="/* one */")
    old = H5PLibrary.objects.get()
    install(path, patch=4, script="/* four */")

    row = H5PLibrary.objects.get()
    assert (row.patch, row.previous["patch"]) == (4, 1)
    assert find_files(MAIN, digest=digest_of(MAIN, old.files)) is not None

    assert not roll_back_library(MAIN, patch=4)
    assert roll_back_library(MAIN, patch=1)
    row.refresh_from_db()
    assert (row.patch, row.files, row.previous) == (1, old.files, None)
    assert not roll_back_library(MAIN, patch=1)


@pytest.mark.parametrize("patch", [3, 2])
def test_an_equal_or_lower_patch_is_passed_over(path, patch):
    install(path, patch=3)
    before = H5PLibrary.objects.get()

    install(path, patch=patch, script="/* other */")

    after = H5PLibrary.objects.get()
    assert (after.patch, after.files, after.installed_at) == (3, before.files, before.installed_at)


def test_minors_live_side_by_side(path):
    install(path)
    other = {name.replace("Main-1.0", "Main-1.1"): c for name, c in members().items()}
    other["Test.Main-1.1/library.json"] = library_json(version="1.1.0")
    manifest = other["h5p.json"] | {"preloadedDependencies": [dependency("Test.Main 1.1")]}
    install_file(write_package(path, other | {"h5p.json": manifest}), may_install_libraries=True)

    assert [str(row) for row in H5PLibrary.objects.all()] == ["Test.Main 1.0.0", "Test.Main 1.1.0"]


def test_new_libraries_need_the_permission_and_updates_are_passed_over_without(path):
    with pytest.raises(H5PLibraryPermissionError) as refusal:
        install(path, may=False)
    assert refusal.value.libraries == ("Test.Main 1.0",)
    assert not H5PLibrary.objects.exists()

    install(path, patch=0)
    install(path, patch=9, may=False)
    assert H5PLibrary.objects.get().patch == 0


def test_bundles_hold_every_script_and_style_in_order_with_addresses_moved(path):
    changes = {
        "Test.Main-1.0/library.json": library_json(
            preloadedJs=[{"path": "main.js"}, {"path": "js/b.js"}],
            preloadedCss=[{"path": "css/a.css"}],
        ),
        "Test.Main-1.0/main.js": '"use strict"; one()',
        "Test.Main-1.0/js/b.js": "two()",
        "Test.Main-1.0/css/a.css": (
            'a{src:url("../fonts/x.woff")}b{src:url(data:x)}c{src:url(i.png?v=1)}'
        ),
    }
    install_file(write_package(path, members(**changes)), may_install_libraries=True)

    files = H5PLibrary.objects.get().files
    scripts = read_blob(files[SCRIPTS]["sha256"]).decode()
    styles = read_blob(files[STYLES]["sha256"]).decode()
    assert scripts == ';"use strict"; one()\n;\ntwo()'
    assert 'url("fonts/x.woff")' in styles
    assert "url(data:x)" in styles
    assert 'url("css/i.png?v=1")' in styles


def test_a_course_carries_what_playing_needs_and_the_telecentre_plays_from_it(path):
    definition = definition_from_package(install(path))
    outlines = outlines_of(definition.libraries)
    H5PLibrary.objects.all().delete()

    install_library_outlines(outlines)

    assert outlines_of(definition.libraries) == outlines
    assert set(H5PLibrary.objects.get().files) == {"library.json", SCRIPTS}


def test_a_course_whose_library_files_are_not_here_is_not_installed(path):
    definition = definition_from_package(install(path))
    (outline,) = outlines_of(definition.libraries)
    absent = store_bytes(b"x", "text/plain")
    object.__setattr__(absent, "sha256", "0" * 64)
    outline.files["library.json"] = absent  # a plain dict inside the frozen outline
    H5PLibrary.objects.all().delete()

    with pytest.raises(BlobMissingError):
        install_library_outlines([outline])

    assert not H5PLibrary.objects.exists()


def test_libraries_that_are_gone_are_named(path):
    definition = definition_from_package(install(path))
    H5PLibrary.objects.all().delete()

    with pytest.raises(H5PLibraryMissingError) as refusal:
        outlines_of(definition.libraries)

    assert refusal.value.libraries == ("Test.Main 1.0",)


def test_a_dependency_an_update_brought_is_found(path):
    definition = definition_from_package(install(path))
    changes = {
        "Test.Main-1.0/library.json": library_json(
            patchVersion=5, preloadedDependencies=[dependency("Test.Base 2.0")]
        ),
        "Test.Base-2.0/library.json": library_json("Test.Base", "2.0.0"),
        "Test.Base-2.0/main.js": "",
    }
    install_file(write_package(path, members(**changes)), may_install_libraries=True)

    names = [outline.folder for outline in outlines_of(definition.libraries)]

    assert names == ["Test.Base-2.0", "Test.Main-1.0"]


def test_the_definition_s_size_counts_the_player_the_code_and_the_content(path):
    definition = definition_from_package(install(path))

    assert 66_000 < definition.size < 67_000

import json
import tracemalloc
import zipfile
import zlib

import pytest

from courses.errors import H5PPackageError, PackageFault
from courses.h5p.archive import Limits
from courses.h5p.naming import LibraryName
from courses.h5p.package import InstalledLibrary, check_package
from tests.courses.h5p.building import MANIFEST, dependency, library_json, members, write_package

MAIN = LibraryName("Test.Main", 1, 0)


def faults_of(path, **options):
    with pytest.raises(H5PPackageError) as refusal:
        check_package(path, **options)
    return [(fault.code, *fault.facts.values()) for fault in refusal.value.faults]


def codes_of(path, **options):
    return [fault[0] for fault in faults_of(path, **options)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "essai.h5p"


def test_a_sound_package_is_accepted(path):
    package = check_package(write_package(path))

    assert package.title == "Essai"
    assert package.main_library == MAIN
    assert package.members == {"images/a.png": "content/images/a.png"}
    assert package.needed == (MAIN,)
    assert not package.needs_internet


def test_an_open_file_is_checked_like_a_path(path):
    with write_package(path).open("rb") as stream:
        package = check_package(stream)

    assert package.title == "Essai"


def test_all_faults_are_told_together(path):
    write_package(
        path,
        members(
            **{
                "h5p.json": {**MANIFEST, "title": "", "language": "français"},
                "content/content.json": "{",
                "content/page.html": "<p>",
                "Test.Main-1.0/main.js": None,
                "Test.Main-1.0/language/fr.json": "nope",
            }
        ),
    )

    assert sorted(faults_of(path)) == [
        ("field-wrong", "h5p.json", "language"),
        ("field-wrong", "h5p.json", "title"),
        ("file-type", "content/page.html"),
        ("json", "Test.Main-1.0/language/fr.json", 1),
        ("json", "content/content.json", 1),
        ("preloaded-missing", "Test.Main 1.0", "main.js"),
    ]


@pytest.mark.parametrize("name", ["title", "language", "mainLibrary", "embedTypes"])
def test_each_required_field_of_h5p_json_is_missed(path, name):
    manifest = {key: value for key, value in MANIFEST.items() if key != name}
    write_package(path, members(**{"h5p.json": manifest}))

    assert faults_of(path) == [("field-missing", "h5p.json", name)]


@pytest.mark.parametrize("name", ["title", "majorVersion", "patchVersion", "runnable"])
def test_each_required_field_of_library_json_is_missed(path, name):
    document = {key: value for key, value in library_json().items() if key != name}
    write_package(path, members(**{"Test.Main-1.0/library.json": document}))

    assert faults_of(path) == [("field-missing", "Test.Main-1.0/library.json", name)]


def test_versions_may_be_numeric_strings_and_nothing_looser(path):
    write_package(path, members(**{"Test.Main-1.0/library.json": library_json(patchVersion="3")}))
    loose = write_package(
        path.with_name("loose.h5p"),
        members(**{"Test.Main-1.0/library.json": library_json(patchVersion="3 beta")}),
    )

    assert check_package(path).libraries[MAIN].manifest.patch == 3
    assert codes_of(loose) == ["field-wrong"]


def test_the_folder_name_must_match_in_the_new_or_the_old_way(path):
    old = {name.replace("Test.Main-1.0/", "Test.Main/"): c for name, c in members().items()}
    wrong = {name.replace("Test.Main-1.0/", "Test.Main-2.0/"): c for name, c in members().items()}

    assert check_package(write_package(path, old)).needed == (MAIN,)
    assert ("library-folder", "Test.Main-2.0", "Test.Main-1.0") in faults_of(
        write_package(path, wrong)
    )


def test_a_missing_script_is_forgiven_when_the_library_is_installed_as_new(path):
    write_package(path, members(**{"Test.Main-1.0/main.js": None}))

    older = {MAIN: InstalledLibrary(MAIN, -1, ())}
    same = {MAIN: InstalledLibrary(MAIN, 0, ())}

    assert codes_of(path, installed=older) == ["preloaded-missing"]
    assert check_package(path, installed=same).needed == (MAIN,)


def test_hidden_files_and_stray_files_are_passed_over(path):
    extra = {
        "__MACOSX/content/._a.exe": b"",
        "content/.DS_Store": b"",
        "content/_notes.html": b"",
        "readme.exe": b"",
    }
    package = check_package(write_package(path, members(**extra)))

    assert list(package.members) == ["images/a.png"]


def test_of_two_members_of_one_name_the_last_counts(path):
    write_package(path)
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("h5p.json", json.dumps({**MANIFEST, "title": "La suite"}))

    assert check_package(path).title == "La suite"


def test_a_core_that_is_too_new_is_named_with_ours(path):
    core = {"majorVersion": 1, "minorVersion": 99}
    write_package(path, members(**{"Test.Main-1.0/library.json": library_json(coreApi=core)}))

    assert faults_of(path) == [("core-api", "Test.Main 1.0", "1.99", "1.28")]


def test_libraries_named_in_the_content_are_needed_too(path):
    content = {"cards": [{"library": "Test.Part 2.1", "params": {}}]}
    part = {
        "Test.Part-2.1/library.json": library_json("Test.Part", "2.1.4"),
        "Test.Part-2.1/main.js": "",
    }

    bare = write_package(path, members(**{"content/content.json": content}))
    assert faults_of(bare) == [("library-missing", "Test.Part 2.1")]

    whole = write_package(path, members(**{"content/content.json": content}, **part))
    assert check_package(whole).needed == (LibraryName("Test.Part", 2, 1), MAIN)


def test_a_package_of_content_alone_is_accepted_when_its_libraries_are_installed(path):
    base = LibraryName("Test.Base", 3, 0)
    files = {name: c for name, c in members().items() if not name.startswith("Test.")}
    write_package(path, files)
    installed = {
        MAIN: InstalledLibrary(MAIN, 0, (base,)),
        base: InstalledLibrary(base, 2, ()),
    }

    assert faults_of(path) == [("library-missing", "Test.Main 1.0")]
    assert check_package(path, installed=installed).needed == (base, MAIN)


def test_the_editor_s_widgets_are_never_needed(path):
    document = library_json(preloadedDependencies=[dependency("H5PEditor.Range 1.0")])
    write_package(path, members(**{"Test.Main-1.0/library.json": document}))

    assert check_package(path).needed == (MAIN,)


@pytest.mark.parametrize(
    "name", ["../evil.txt", "content/../../evil.txt", "/etc/evil.txt", "C:/evil.txt", "a\\b.txt"]
)
def test_a_name_that_leads_elsewhere_is_refused(path, name):
    write_package(path, members(**{name: b"x"}))

    assert codes_of(path) == ["unsafe-name"]


def test_a_symbolic_link_is_refused(path):
    write_package(path)
    with zipfile.ZipFile(path, "a") as package:
        link = zipfile.ZipInfo("content/link.txt")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")

    assert codes_of(path) == ["special-file"]


def test_an_encrypted_member_is_refused(path):
    raw = bytearray(write_package(path).read_bytes())
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 8] |= 1
    path.write_bytes(raw)

    assert "encrypted" in codes_of(path)


def test_a_bomb_is_refused_without_being_unpacked(path):
    write_package(path, members(**{"content/bomb.txt": b"\0" * 20_000_000}))

    assert codes_of(path) == ["compression-ratio"]


def test_limits_hold_for_each_member_for_all_and_for_their_number(path):
    write_package(path, members(**{"content/a.txt": b"x" * 2000}))

    assert "member-too-large" in codes_of(path, limits=Limits(member=1000))
    assert "too-large" in codes_of(path, limits=Limits(total=1000))
    assert codes_of(path, limits=Limits(members=3)) == ["too-many-members"]
    assert codes_of(path, limits=Limits(directory=100)) == ["directory-too-large"]


def test_a_damaged_member_is_found_before_anything_is_kept(path):
    noise = bytes(range(256)) * 40
    write_package(path, members(**{"content/a.mp4": noise}))
    raw = path.read_bytes()
    packed = zlib.compressobj(wbits=-15)
    body = packed.compress(noise) + packed.flush()
    place = raw.index(body[:40]) + 20
    path.write_bytes(raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :])

    assert faults_of(path) == [("damaged", "content/a.mp4")]


@pytest.mark.parametrize("content", ["null", "[]", '"text"', "1", "{" * 5000, '{"a": NaN}'])
def test_content_that_is_not_an_object_is_refused(path, content):
    write_package(path, members(**{"content/content.json": content}))

    assert codes_of(path) in (["json-shape"], ["json"])


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + b"\xff" * 18, b"\0" * 70_000])
def test_what_is_no_zip_archive_is_refused(path, content):
    path.write_bytes(content)

    with pytest.raises(H5PPackageError) as refusal:
        check_package(path)

    assert refusal.value.faults[0].code in ("not-a-zip", "directory-too-large")


def test_a_truncated_package_is_refused(path):
    whole = write_package(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(H5PPackageError) as refusal:
        check_package(path)

    assert refusal.value.faults == (PackageFault("not-a-zip"),)


def test_remote_media_make_an_exercise_need_the_internet(path):
    remote = {"video": [{"path": "https://example.org/v.mp4", "mime": "video/mp4"}]}
    credited = {"text": '<a href="https://example.org">x</a>', "source": "https://example.org"}

    first = write_package(path, members(**{"content/content.json": remote}))
    assert check_package(first).needs_internet

    second = write_package(path, members(**{"content/content.json": credited}))
    assert not check_package(second).needs_internet


@pytest.mark.slow
def test_a_package_of_450_mb_is_checked_in_little_memory(path):
    block = bytes(range(256)) * 4096  # 1 MiB, stored as it is
    with zipfile.ZipFile(write_package(path), "a", zipfile.ZIP_STORED) as package:
        for number in range(9):
            with package.open(f"content/video{number}.mp4", "w") as member:
                for _ in range(50):
                    member.write(block)

    tracemalloc.start()
    check_package(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert path.stat().st_size > 450_000_000
    assert peak < 10_000_000

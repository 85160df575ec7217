"""Files nobody needs make room; files somebody needs stay, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from courses.blobs import blob_path, has_blob, store_bytes, stored_blobs
from courses.h5p.library import install_library
from courses.h5p.naming import LibraryName
from courses.models import Blob, Course, H5PLibrary
from courses.outline import ActivityBlock, ActivityOutline, H5PLibraryOutline
from courses.publishing import publish_outline
from offline_pack.errors import ImportBusyError, NotATelecentreError, NothingToGoBackToError
from offline_pack.installing.importer import import_pack, rollback_pack
from offline_pack.locking import machine_lock
from offline_pack.making.exporter import export_pack
from offline_pack.models import Release
from offline_pack.removing import remove_course
from offline_pack.store import keeping
from offline_pack.store.arrivals import arriving_folder
from offline_pack.store.collecting import Collected, collect_garbage, reclaimable_bytes
from offline_pack.store.keeping import releases_to_go_back_to
from tests.offline_pack import versions
from tests.offline_pack.format.building import KEY, TRUSTED, noise, sha256

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def telecentre(settings):
    settings.YELEN_ROLE = "telecentre"


@pytest.fixture
def restart(monkeypatch):
    """Call it and the machine has started anew."""

    def restart():
        boot = uuid4()
        monkeypatch.setattr(keeping, "boot_id", lambda: boot)

    return restart


@pytest.fixture
def packs(tmp_path):
    """Versions 1, 2 and 3 of a course, each with a file of its own and one they share."""
    return versions.packs(tmp_path, count=3)


def install(*paths):
    for path in paths:
        import_pack(path, trusted=TRUSTED)


def kept():
    return list(Release.objects.kept().values_list("rev", flat=True))


def files_here():
    """Which versions' own files lie in the store."""
    return [number for number in (1, 2, 3) if has_blob(versions.own_file(number))]


def test_the_version_in_use_and_the_one_before_are_kept(packs, restart):
    install(*packs)
    restart()

    collected = collect_garbage()

    assert (kept(), files_here()) == ([2, 3], [2, 3])
    assert collected.blobs == 2  # its own file, and its course document
    assert collected.bytes > versions.SIZE
    assert has_blob(versions.shared_file())
    assert set(Blob.objects.values_list("pk", flat=True)) <= set(stored_blobs())
    assert Course.objects.get().versions.count() == 3


def test_when_space_is_short_the_version_in_use_is_kept_alone(packs, restart):
    install(*packs)
    restart()
    promised = reclaimable_bytes()

    collected = collect_garbage(short_of_space=True)

    assert (kept(), files_here()) == ([3], [3])
    assert collected == Collected(blobs=4, bytes=promised)
    assert reclaimable_bytes() == 0


def test_nothing_goes_before_the_machine_has_started_once_more(packs, restart):
    install(*packs)

    collected = collect_garbage(short_of_space=True)

    assert collected == Collected(blobs=0, bytes=0)
    assert (kept(), files_here()) == ([1, 2, 3], [1, 2, 3])
    restart()
    assert collect_garbage().blobs == 2


def test_collecting_twice_changes_nothing_more(packs, restart):
    install(*packs)
    restart()
    collect_garbage()
    before = sorted(stored_blobs())

    assert collect_garbage() == Collected(blobs=0, bytes=0)
    assert sorted(stored_blobs()) == before


def test_one_can_only_go_back_to_what_is_kept(packs, restart):
    install(*packs)
    restart()
    collect_garbage(short_of_space=True)
    course = Course.objects.get()

    assert list(releases_to_go_back_to(course)) == []
    with pytest.raises(NothingToGoBackToError):
        rollback_pack(course)

    assert Course.objects.get().version == 3


def test_going_back_has_its_boot_of_grace_too(packs, restart):
    install(*packs)
    restart()
    collect_garbage()

    rollback_pack(Course.objects.get())
    collect_garbage(short_of_space=True)

    assert (kept(), files_here()) == ([2, 3], [2, 3])
    restart()
    collect_garbage(short_of_space=True)
    assert (kept(), files_here()) == ([2], [2])


def test_a_version_let_go_is_installed_again_whole(packs, restart):
    install(*packs)
    restart()
    collect_garbage()
    rollback_pack(Course.objects.get())
    restart()
    collect_garbage(short_of_space=True)

    install(packs[2])

    assert (kept(), files_here()) == ([2, 3], [2, 3])
    assert Blob.objects.get(pk=versions.own_file(3)).is_public


def test_a_file_of_another_course_stays(packs, restart, tmp_path):
    install(packs[0])
    (other,) = versions.packs(tmp_path / "other", count=1, course=7)
    install(other, *packs[1:])
    restart()

    collect_garbage(short_of_space=True)

    assert files_here() == [1, 3]  # the other course has file 1 as well


def library(name, *, needs=(), seed=1, patch=0):
    """A library that is installed here, with a file of its own."""
    ref = store_bytes(noise(900, seed=seed), "text/javascript")
    needed = [{"machineName": other, "majorVersion": 1, "minorVersion": 0} for other in needs]
    metadata = {"preloadedDependencies": needed}
    install_library(
        LibraryName(name, 1, 0), patch=patch, metadata=metadata, files={f"{seed}.js": ref}
    )
    return ref.sha256


def libraries_here():
    return [row.machine_name for row in H5PLibrary.objects.all()]


def publish_with(*libraries, course=1, labels=()):
    """A course that brings these libraries, and an exercise that names those."""
    definition = {"main_library": "", "libraries": list(labels), "params": {}}
    block = ActivityBlock(ActivityOutline(UUID(int=course), "h5p", "Jouer", definition))
    outline = versions.outline(1, course=course)
    (module,) = outline.modules
    (lesson,) = module.lessons
    lessons = (replace(lesson, blocks=(*lesson.blocks, *([block] if labels else []))),)
    return publish_outline(
        replace(
            outline,
            modules=(replace(module, lessons=lessons),),
            libraries=tuple(H5PLibraryOutline(name, 1, 0, 0, {}, {}) for name in libraries),
        )
    )


def test_files_of_libraries_stay_those_before_the_update_too(restart):
    before = library("H5P.Text", seed=1)
    now = library("H5P.Text", seed=2, patch=2)
    lost = store_bytes(noise(900, seed=3), "text/javascript").sha256
    publish_with("H5P.Text")

    collect_garbage()

    assert [has_blob(name) for name in (now, before, lost)] == [True, True, False]
    assert H5PLibrary.objects.get().previous["patch"] == 0


def test_a_library_no_course_uses_goes_with_its_files(restart):
    used, unused = library("H5P.Text", seed=1), library("H5P.Drag", seed=2)
    publish_with("H5P.Text")
    promised = reclaimable_bytes()

    collected = collect_garbage()

    assert libraries_here() == ["H5P.Text"]
    assert (has_blob(used), has_blob(unused)) == (True, False)
    assert collected == Collected(blobs=1, bytes=promised)
    assert collect_garbage() == Collected(blobs=0, bytes=0)


def test_what_a_library_needs_stays_though_no_course_says_so(restart):
    """An update brought by another course may need what this one was published without."""
    library("H5P.Join", seed=1)
    library("H5P.Old", seed=2)
    library("H5P.Text", seed=3, needs=("H5P.Old",))
    library("H5P.Text", seed=4, needs=("H5P.Join",), patch=1)
    library("H5P.Alone", seed=5)
    publish_with("H5P.Text")

    collect_garbage()

    assert libraries_here() == ["H5P.Join", "H5P.Old", "H5P.Text"]


def test_a_library_stays_for_an_exercise_that_names_it(restart):
    library("H5P.Text", seed=1)
    publish_with(labels=("H5P.Text 1.0", "no label"))

    collect_garbage()

    assert libraries_here() == ["H5P.Text"]


def test_a_version_to_go_back_to_keeps_its_libraries(restart):
    course = publish_with("H5P.Old")
    publish_with("H5P.New")
    kept_since = {"released_at": course.published_at, "installed_at": course.published_at}
    for rev in (1, 2):
        Release.objects.create(
            pack=course.pk, rev=rev, manifest_sha256=str(rev), key_id="", size=1, **kept_since
        )

    collect_garbage()

    assert libraries_here() == ["H5P.New", "H5P.Old"]
    collect_garbage(short_of_space=True)
    assert libraries_here() == ["H5P.New"]


def test_libraries_of_a_course_taken_away_come_back_with_its_pack(restart, tmp_path):
    ref = store_bytes(noise(900, seed=7), "text/javascript")
    outline = H5PLibraryOutline("H5P.Text", 1, 0, 0, {}, {"a.js": ref})
    course = publish_outline(replace(versions.outline(1), libraries=(outline,)))
    pack = export_pack(course, to=tmp_path / "v1.pack", key=KEY).path

    remove_course(course)

    assert (libraries_here(), has_blob(ref.sha256)) == ([], False)
    import_pack(pack, trusted=TRUSTED)
    assert (libraries_here(), has_blob(ref.sha256)) == (["H5P.Text"], True)


def test_a_course_that_came_without_a_pack_keeps_its_files(restart):
    versions.publish(1)

    collect_garbage(short_of_space=True)

    assert files_here() == [1]


def test_nothing_is_deleted_while_a_pack_is_being_installed(packs, restart):
    install(*packs)
    restart()

    with machine_lock("import"), pytest.raises(ImportBusyError):
        collect_garbage()

    assert files_here() == [1, 2, 3]


def test_nothing_is_deleted_at_the_centre(settings):
    settings.YELEN_ROLE = "central"
    ref = store_bytes(b"a picture", "image/webp")

    with pytest.raises(NotATelecentreError):
        collect_garbage()

    assert has_blob(ref.sha256)
    assert reclaimable_bytes() == 0


def test_what_an_import_cut_short_left_is_cleared(data_dir):
    left = data_dir / "blobs" / "stage" / "half"
    left.parent.mkdir()
    left.write_bytes(b"half")

    collect_garbage()

    assert not left.parent.exists()


def test_files_of_a_pack_that_still_arrives_stay(packs):
    ref = store_bytes(b"from the first stick", "image/webp")
    folder = arrive(rev=4, blobs=[ref.sha256])

    collect_garbage(short_of_space=True)

    assert has_blob(ref.sha256)
    assert folder.exists()


@pytest.mark.parametrize(("rev", "stays"), [(3, False), (2, False), (4, True)])
def test_an_arrival_overtaken_or_complete_is_cleared(packs, rev, stays):
    install(*packs)
    folder = arrive(rev=rev, blobs=[versions.own_file(3)])

    collect_garbage()

    assert folder.exists() is stays


def test_the_installed_version_may_arrive_again_to_be_mended(packs):
    install(*packs)
    blob_path(versions.own_file(3)).unlink()
    folder = arrive(rev=3, blobs=[versions.own_file(3)])

    collect_garbage()

    assert folder.exists()


def test_nothing_is_deleted_while_nobody_knows_what_arrives(packs, restart):
    install(*packs)
    restart()
    folder = arriving_folder() / ("a" * 64)
    folder.mkdir(parents=True)

    assert collect_garbage() == Collected(blobs=0, bytes=0)
    assert files_here() == [1, 2, 3]
    (folder / "pack.json").write_bytes(b"damaged")
    assert collect_garbage().blobs == 2
    assert not folder.exists()


def arrive(*, rev, blobs):
    data = versions.manifest_bytes(rev=rev, blobs=blobs)
    folder = arriving_folder() / sha256(data)
    folder.mkdir(parents=True)
    (folder / "pack.json").write_bytes(data)
    (folder / f"{blobs[0]}.0").write_bytes(b"piece")
    return folder

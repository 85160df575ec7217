"""A pack in, a course on offer; or a reason, and the old version still served."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from courses.blobs import blob_path, read_blob
from courses.models import Blob, Course, CourseVersion, Lesson
from courses.outline import canonical_json
from offline_pack.errors import (
    CourseContentError,
    ImportBusyError,
    MissingBlobsError,
    NotEnoughSpaceError,
    NothingToGoBackToError,
    OlderPackError,
    OtherReleaseError,
)
from offline_pack.format.errors import (
    PackDamagedError,
    PackFormatError,
    RequirementError,
    RevokedKeyError,
    UnknownKeyError,
)
from offline_pack.format.manifest import Requires
from offline_pack.format.reader import PackReader
from offline_pack.format.signing import PACKS, TrustedKeys, VerifyingKey
from offline_pack.format.writer import build_pack
from offline_pack.installing.importer import import_pack, rollback_pack
from offline_pack.locking import machine_lock
from offline_pack.making.exporter import export_pack
from offline_pack.models import Release
from offline_pack.signals import pack_installed
from tests.offline_pack import courses
from tests.offline_pack.format.building import (
    KEY,
    OTHER_KEY,
    TRUSTED,
    change_byte,
    inputs,
    pack_file,
    sha256,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def packs(tmp_path):
    """Version 1 and version 2 of a course as packs, and a telecentre that knows neither."""
    made = []
    for text in ("<p>Un</p>", "<p>Deux</p>"):
        course = courses.publish(text=text)
        made.append(export_pack(course, to=tmp_path / f"v{course.version}.pack", key=KEY).path)
    courses.forget_course()
    return made


def install(path, *, trusted=TRUSTED, progress=None):
    return import_pack(path, trusted=trusted, progress=progress)


def served_text():
    (lesson,) = Lesson.objects.current()
    return lesson.block_documents[0]["html"]


def test_a_pack_becomes_the_course_it_was_made_from(packs):
    installed = install(packs[0])

    course = Course.objects.get()
    assert (installed.rev, installed.changed) == (1, True)
    assert (course.slug, course.version) == ("maintenance", 1)
    assert served_text() == "<p>Un</p>"
    assert set(courses.outline().blobs()) == set(Blob.objects.values_list("pk", flat=True))


def test_an_imported_course_packs_to_the_same_bytes(packs, tmp_path):
    install(packs[0])

    again = export_pack(Course.objects.get(), to=tmp_path / "again.pack", key=KEY)

    assert again.path.read_bytes() == packs[0].read_bytes()


def test_importing_twice_changes_nothing(packs, data_dir):
    install(packs[0])
    rows = {
        model: list(model.objects.values()) for model in (Course, CourseVersion, Release, Blob)
    }
    files = courses.stored_files(data_dir / "blobs")

    again = install(packs[0])

    assert again.changed is False
    assert rows == {model: list(model.objects.values()) for model in rows}
    assert files == courses.stored_files(data_dir / "blobs")


def test_a_newer_pack_takes_over_and_the_older_version_is_kept(packs):
    install(packs[0])

    install(packs[1])

    assert served_text() == "<p>Deux</p>"
    assert list(CourseVersion.objects.values_list("version", flat=True)) == [1, 2]
    assert list(Release.objects.values_list("rev", flat=True)) == [1, 2]


def test_an_older_pack_is_refused(packs):
    install(packs[1])

    with pytest.raises(OlderPackError) as caught:
        install(packs[0])

    assert (caught.value.offered, caught.value.installed) == (1, 2)
    assert served_text() == "<p>Deux</p>"


def test_another_content_under_the_same_version_is_refused(packs, tmp_path):
    install(packs[0])
    courses.forget_course()
    forged = courses.publish(text="<p>Autre</p>")
    pack = export_pack(forged, to=tmp_path / "forged.pack", key=KEY)

    with pytest.raises(OtherReleaseError):
        install(pack.path)


@pytest.mark.parametrize("region", ["manifest", "signature", "blob"])
def test_a_changed_byte_is_refused_and_the_old_version_served(packs, data_dir, region):
    install(packs[0])
    before = courses.stored_files(data_dir / "blobs")
    change_byte(packs[1], place_in(packs[1], region))

    with pytest.raises(PackFormatError):
        install(packs[1])

    assert served_text() == "<p>Un</p>"
    assert Release.objects.count() == 1
    assert before.items() <= courses.stored_files(data_dir / "blobs").items()


def test_every_damaged_file_is_counted(packs):
    for place in (0, -1):
        with PackReader.open(packs[0], trusted=TRUSTED) as pack:
            blob = pack.manifest.blobs[place]
        change_byte(packs[0], blob.at[0].offset + 5)

    with pytest.raises(PackFormatError) as caught:
        install(packs[0])

    assert not Course.objects.exists()
    # The course document may be one of the two: then it is the one that is reported.
    assert not isinstance(caught.value, PackDamagedError) or len(caught.value.damaged) == 2


def test_a_shortened_pack_is_refused_before_anything_is_written(packs, data_dir):
    packs[0].write_bytes(packs[0].read_bytes()[:-1])

    with pytest.raises(PackFormatError):
        install(packs[0])

    assert courses.stored_files(data_dir / "blobs") == {}


@pytest.mark.parametrize(
    ("trusted", "error"),
    [
        (TrustedKeys([VerifyingKey(OTHER_KEY.public, PACKS)]), UnknownKeyError),
        (
            TrustedKeys(
                [VerifyingKey(KEY.public, PACKS, revoked_at=datetime(2026, 1, 1, tzinfo=UTC))]
            ),
            RevokedKeyError,
        ),
    ],
)
def test_a_key_that_is_not_trusted_is_refused(packs, trusted, error):
    install(packs[0])

    with pytest.raises(error):
        install(packs[1], trusted=trusted)

    assert served_text() == "<p>Un</p>"


def test_a_lost_blob_is_mended_from_the_installed_pack(packs):
    install(packs[0])
    lost = next(iter(courses.outline().blobs()))
    content = read_blob(lost)
    blob_path(lost).unlink()

    again = install(packs[0])

    assert again.changed is False
    assert read_blob(lost) == content


def test_too_little_space_is_said_in_bytes(packs, settings, data_dir):
    settings.YELEN_RESERVE_BYTES = 10**15

    with pytest.raises(NotEnoughSpaceError) as caught:
        install(packs[0])

    assert caught.value.needed > 10**15 > caught.value.free
    assert courses.stored_files(data_dir / "blobs") == {}


def test_two_imports_at_once_are_refused(packs):
    with machine_lock("import"), pytest.raises(ImportBusyError):
        install(packs[0])

    assert not Course.objects.exists()


def test_progress_reaches_the_end(packs):
    seen = []

    install(packs[0], progress=lambda done, total: seen.append((done, total)))

    assert seen[-1][0] == seen[-1][1] > 120_000


def test_installing_is_announced_once(packs, django_capture_on_commit_callbacks):
    heard = []

    def listen(**news):
        heard.append((news["course_id"], news["rev"], news["previous"]))

    pack_installed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            install(packs[0])
            install(packs[0])
            install(packs[1])
    finally:
        pack_installed.disconnect(listen)

    assert heard == [(courses.COURSE_ID, 1, None), (courses.COURSE_ID, 2, 1)]


def test_going_back_and_forward_again(packs):
    install(packs[0])
    install(packs[1])

    back = rollback_pack(Course.objects.get())
    text_after_going_back = served_text()
    forward = install(packs[1])

    assert back.version == 1
    assert text_after_going_back == "<p>Un</p>"
    assert (forward.rev, forward.changed) == (2, True)
    assert served_text() == "<p>Deux</p>"


def test_there_may_be_nothing_to_go_back_to(packs):
    install(packs[0])

    with pytest.raises(NothingToGoBackToError):
        rollback_pack(Course.objects.get())

    assert served_text() == "<p>Un</p>"


def test_a_course_document_that_is_none_is_refused(tmp_path):
    pack = odd_pack(tmp_path, b'{"no": "course"}')

    with pytest.raises(CourseContentError):
        install(pack)

    assert not Course.objects.exists()


def test_a_course_under_the_id_of_another_is_refused(tmp_path):
    course = courses.publish()
    document = canonical_json(course.versions.get().document)
    courses.forget_course()

    with pytest.raises(CourseContentError):
        install(odd_pack(tmp_path, document))


def test_a_pack_without_the_files_of_its_course_is_refused(tmp_path):
    course = courses.publish()
    document = canonical_json(course.versions.get().document)
    courses.forget_course()

    with pytest.raises(MissingBlobsError):
        install(odd_pack(tmp_path, document, pack=courses.COURSE_ID))


def test_a_pack_for_newer_software_is_refused(tmp_path):
    pack = odd_pack(tmp_path, b"{}", requires=Requires(course_schema=(999,)))

    with pytest.raises(RequirementError):
        install(pack)


def odd_pack(folder, document, **changes):
    """A pack that holds nothing but one course document."""
    file = pack_file("course.json", document, "application/json")
    wanted = inputs(course=sha256(document), **changes)
    return build_pack(folder / "odd.pack", inputs=wanted, files=[file], key=KEY).path


def place_in(path, region):
    content = path.read_bytes()
    if region == "manifest":
        return content.index(b'"released_at"') + 20
    if region == "signature":
        return content.index(b'"sig"') + 20
    with PackReader.open(path, trusted=TRUSTED) as pack:
        blob = max(pack.manifest.blobs, key=lambda blob: blob.size)
    return blob.at[0].offset + 1000

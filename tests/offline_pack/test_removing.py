"""A course goes, what learners did stays; its pack brings it back."""

from __future__ import annotations

import pytest

from courses.blobs import has_blob, stored_blobs
from courses.models import Blob, Course, CourseVersion, Lesson
from lms.models import Enrolment, Statement, Verb
from lms.recording import record_statement
from offline_pack.errors import NotATelecentreError
from offline_pack.installing.importer import import_pack
from offline_pack.models import Release
from offline_pack.removing import remove_course
from offline_pack.shelf.packs import packs_within_reach
from offline_pack.store.collecting import collect_garbage
from tests.factories import make_cohort, make_learner
from tests.offline_pack import versions
from tests.offline_pack.format.building import TRUSTED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def telecentre(settings):
    settings.YELEN_ROLE = "telecentre"


@pytest.fixture
def packs(tmp_path):
    return versions.packs(tmp_path, count=2)


def install(path):
    return import_pack(path, trusted=TRUSTED)


def read_lesson(course):
    """Awa has read the only lesson of the course."""
    learner = make_learner()
    make_cohort(learner)
    record_statement(
        verb=Verb.SEEN,
        learner=learner,
        object_id=Lesson.objects.get().pk,
        course_id=course.pk,
        course_version=course.version,
    )


def results():
    return (
        list(Statement.objects.order_by("sequence").values()),
        list(Enrolment.objects.values()),
    )


def test_a_removed_course_takes_no_room_and_results_stay(packs, client):
    install(packs[0])
    course = install(packs[1]).course
    read_lesson(course)
    before = results()

    removed = remove_course(course)

    assert removed.blobs == 5  # three files, two course documents
    assert list(stored_blobs()) == []
    assert not Blob.objects.exists()
    assert not Course.objects.current().exists()
    assert not Release.objects.kept().exists()
    assert CourseVersion.objects.count() == 2
    assert results() == before
    assert len(before[0]) >= 1
    assert client.get(course.get_absolute_url()).status_code == 404


def test_its_pack_brings_it_back_as_it_was(packs):
    course = install(packs[0]).course
    read_lesson(course)
    before = results()
    remove_course(course)

    installed = install(packs[0])

    assert (installed.rev, installed.changed) == (1, True)
    assert Course.objects.current().get().version == 1
    assert list(Release.objects.kept().values_list("rev", flat=True)) == [1]
    for sha256 in (versions.own_file(1), versions.shared_file()):
        assert has_blob(sha256)
        assert Blob.objects.get(pk=sha256).is_public
    assert results() == before
    assert collect_garbage().blobs == 0


def test_its_pack_is_offered_again(packs, settings):
    course = install(packs[0]).course
    (settings.YELEN_USB_DIR / "cours.pack").write_bytes(packs[0].read_bytes())
    (while_here,) = packs_within_reach(trusted=TRUSTED)
    remove_course(course)

    (found,) = packs_within_reach(trusted=TRUSTED)

    assert (while_here.is_installed, while_here.can_install) == (True, False)
    assert (found.is_installed, found.can_install) == (False, True)


def test_another_course_keeps_the_files_it_shares(packs, tmp_path):
    course = install(packs[0]).course
    install(*versions.packs(tmp_path / "other", count=1, course=7))

    remove_course(course)

    assert has_blob(versions.shared_file())
    assert Course.objects.current().get().slug == "cours-7"


def test_removing_twice_changes_nothing_more(packs):
    course = install(packs[0]).course
    remove_course(course)

    assert remove_course(course).blobs == 0


def test_no_course_is_removed_at_the_centre(packs, settings):
    course = install(packs[0]).course
    settings.YELEN_ROLE = "central"

    with pytest.raises(NotATelecentreError):
        remove_course(course)

    assert Course.objects.current().get() == course

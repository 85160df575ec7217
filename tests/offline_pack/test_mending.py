"""After a sync: damaged files are fetched anew."""

from __future__ import annotations

import pytest

from courses.blobs import blob_path, has_blob
from offline_pack import jobs, mending
from offline_pack.installing.importer import import_pack
from offline_pack.mending import start_mending
from offline_pack.models import AvailablePack, Job, JobState, RottenBlob
from offline_pack.store.repairing import blobs_to_repair, note_lost
from tests.offline_pack import versions
from tests.offline_pack.format.building import TRUSTED
from tests.offline_pack.remote.conftest import server  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def damaged(tmp_path, server, settings, monkeypatch):  # noqa: F811
    """Version 1 in use with a file lost, and the same version offered by the centre."""
    settings.YELEN_ROLE = "telecentre"
    (pack,) = versions.packs(tmp_path / "served", count=1)
    course = import_pack(pack, trusted=TRUSTED).course
    monkeypatch.setattr(jobs, "trusted_keys", lambda: TRUSTED)
    monkeypatch.setattr(mending, "download_url", lambda row: f"{server.root}{row.path}")
    offered = AvailablePack.objects.create(
        course_id=course.pk,
        slug=course.slug,
        title=course.title,
        version=1,
        size=1,
        path="/v1.pack",
    )
    blob_path(versions.own_file(1)).unlink()
    note_lost()
    return offered


def test_lost_files_are_fetched_again(damaged, server):  # noqa: F811
    (job,) = start_mending()
    jobs.run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result["repaired"], job.result["changed"]) == ("done", 1, False)
    assert has_blob(versions.own_file(1))
    assert blobs_to_repair() == ()
    assert not RottenBlob.objects.unrepaired().exists()
    assert server.sent < 2 * versions.SIZE


def test_one_job_at_a_time_mends_a_course(damaged):
    start_mending()

    assert start_mending() == []
    assert Job.objects.count() == 1


def test_another_version_at_the_centre_does_not_mend(damaged):
    AvailablePack.objects.update(version=2)

    assert start_mending() == []


def test_nothing_is_asked_of_the_centre_when_all_is_well(damaged):
    start_mending()
    jobs.run_job(Job.objects.get().pk)

    assert start_mending() == []
    assert Job.objects.get().state == JobState.DONE

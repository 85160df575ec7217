"""What the worker does by itself: collect after a start, and then only when something changed."""

from __future__ import annotations

import runpy

import pytest
from django.utils.module_loading import import_string

from courses.blobs import has_blob, store_bytes
from offline_pack.jobs import IMPORT
from offline_pack.locking import machine_lock
from offline_pack.models import Job, JobState, Release
from offline_pack.store import tidying
from offline_pack.store.tidying import tidy_store
from tests.offline_pack import versions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def started(settings, monkeypatch):
    """A telecentre whose worker has just started."""
    settings.YELEN_ROLE = "telecentre"
    monkeypatch.setattr(tidying, "_tidied", tidying._Tidied())


@pytest.fixture
def installed(tmp_path):
    """Three versions, installed in a boot that is over."""
    versions.install(tmp_path, count=3)
    Release.objects.update(boot_id=None)


def test_it_collects_once(installed, django_assert_max_num_queries):
    first = tidy_store()

    assert first is not None
    assert first.blobs == 2
    assert not has_blob(versions.own_file(1))
    with django_assert_max_num_queries(3):
        assert tidy_store() is None


def test_it_collects_again_when_something_was_installed(installed, tmp_path):
    tidy_store()
    left = store_bytes(b"of a pack that was refused", "image/webp")
    (other,) = versions.packs(tmp_path / "other", count=1, course=7)
    assert tidy_store() is None

    versions.import_pack(other, trusted=versions.TRUSTED)

    assert tidy_store() is not None
    assert not has_blob(left.sha256)


def test_it_waits_for_an_import_that_is_to_go_on(installed):
    job = Job.objects.create(kind=IMPORT)

    assert tidy_store() is None
    assert has_blob(versions.own_file(1))
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert tidy_store() is not None


def test_it_does_not_disturb_an_import(installed):
    with machine_lock("import"):
        assert tidy_store() is None

    assert has_blob(versions.own_file(1))
    assert tidy_store() is not None


def test_the_tasks_the_clock_calls_exist():
    schedule = runpy.run_module("cms.settings.telecentre")["CELERY_BEAT_SCHEDULE"]

    assert {"count_uptime", "keep_reserve", "remember_time", "scrub", "sync", "tidy_store"} == {
        *schedule
    }
    for entry in schedule.values():
        import_string(entry["task"])()

"""Long work: the row tells, and a restart takes up what was left."""

from __future__ import annotations

import platform
from uuid import uuid4

import pytest
from celery import current_app

from courses.models import Course
from offline_pack import jobs
from offline_pack.format.signing import PACKS
from offline_pack.locking import machine_lock
from offline_pack.making.exporter import export_pack
from offline_pack.making.generating import pack_path
from offline_pack.models import Job, JobState, Pack
from offline_pack.tasks import run_job_task
from offline_pack.trust.keys import own_key
from offline_pack.words.explain import explain
from tests.offline_pack import courses
from tests.offline_pack.format.building import OTHER_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_over(monkeypatch):
    """The ids given to the worker."""
    given = []

    def take(name, args):
        assert name == run_job_task.name
        given.extend(args)

    monkeypatch.setattr(current_app, "send_task", take)
    return given


def waiting(kind, **params):
    return Job.objects.create(kind=kind, params=params)


def run(job):
    jobs.run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_is_handed_over_after_the_commit(handed_over, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.start_job(jobs.EXPORT, {"course": str(courses.COURSE_ID)})
        before = list(handed_over)

    assert before == []
    assert handed_over == [str(job.pk)]
    assert job.state == JobState.WAITING


@pytest.mark.django_db(transaction=True)
def test_a_job_waits_while_the_broker_is_away(monkeypatch):
    def refuse(name, args):
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)

    job = jobs.start_job(jobs.EXPORT, {"course": str(courses.COURSE_ID)})

    assert Job.objects.get().pk == job.pk
    assert Job.objects.get().state == JobState.WAITING


def test_an_export_job_ends_with_a_pack():
    course = courses.publish()

    job = run(waiting(jobs.EXPORT, course=str(course.pk)))

    pack = Pack.objects.get()
    assert (job.state, job.percent, job.result["pack"]) == (JobState.DONE, 100, pack.pk)
    assert pack_path(pack.manifest_sha256).stat().st_size == pack.size == job.bytes_total


def test_the_same_export_twice_is_one_pack():
    course = courses.publish()

    for _ in range(2):
        run(waiting(jobs.EXPORT, course=str(course.pk)))

    assert Pack.objects.count() == 1


def test_an_import_job_ends_with_a_course(tmp_path):
    made = export_pack(courses.publish(), to=tmp_path / "a.pack", key=own_key(PACKS))
    courses.forget_course()

    job = run(waiting(jobs.IMPORT, path=str(made.path)))

    assert job.state == JobState.DONE
    assert job.result == {
        "course": str(courses.COURSE_ID),
        "version": 1,
        "changed": True,
        "repaired": 0,
    }
    assert Course.objects.get().version == 1


def test_a_refusal_is_kept_as_a_fact_and_told_in_words(tmp_path):
    made = export_pack(courses.publish(), to=tmp_path / "a.pack", key=OTHER_KEY)

    job = run(waiting(jobs.IMPORT, path=str(made.path)))

    assert (job.state, job.error) == (JobState.FAILED, "UnknownKeyError")
    assert job.error_facts == {"key_ids": [OTHER_KEY.key_id]}
    assert OTHER_KEY.key_id[:4] in explain(job.error, job.error_facts).problem


def test_a_kind_from_the_future_fails_politely():
    job = run(waiting("teleport"))

    assert (job.state, job.error) == (JobState.FAILED, "UnknownJobError")


def test_a_fault_of_ours_is_kept_and_raised(monkeypatch):
    monkeypatch.setitem(jobs._kinds, "faulty", lambda params, progress: 1 / 0)
    job = waiting("faulty")

    with pytest.raises(ZeroDivisionError):
        jobs.run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "Exception")


def test_a_finished_job_is_not_done_again():
    job = run(waiting("teleport"))
    finished = job.finished_at

    run(job)

    assert job.finished_at == finished


def test_a_job_that_is_gone_is_left_alone():
    jobs.run_job(uuid4())

    assert not Job.objects.exists()


def test_what_was_cut_short_starts_again(handed_over):
    cut = Job.objects.create(
        kind=jobs.EXPORT, state=JobState.RUNNING, host=platform.node(), bytes_done=5
    )
    lost = waiting(jobs.EXPORT)
    Job.objects.create(kind=jobs.EXPORT, state=JobState.DONE)

    restarted = jobs.restart_unfinished_jobs()

    cut.refresh_from_db()
    assert restarted == 2
    assert set(handed_over) == {str(cut.pk), str(lost.pk)}
    assert (cut.state, cut.bytes_done) == (JobState.WAITING, 0)


def test_a_job_that_is_stopped_ends_and_can_be_taken_up_again(monkeypatch, handed_over):
    def work(params, progress):
        jobs.stop_job(job)
        progress(10, 20)
        raise AssertionError("it went on")

    monkeypatch.setitem(jobs._kinds, "long", work)
    job = waiting("long", address="http://x")

    run(job)
    again = jobs.resume_job(job)

    assert (job.state, job.error, job.is_finished) == (JobState.STOPPED, "", True)
    assert jobs.stop_job(job) is False
    assert (again.state, again.kind, again.params) == ("waiting", "long", {"address": "http://x"})


def test_a_job_stopped_before_it_began_is_never_done(monkeypatch, handed_over):
    monkeypatch.setitem(jobs._kinds, "long", lambda params, progress: 1 / 0)
    job = waiting("long")
    jobs.stop_job(job)

    run(job)

    assert job.state == JobState.STOPPED
    assert jobs.restart_unfinished_jobs() == 0


def test_a_job_under_way_is_not_started_again(handed_over):
    here = Job.objects.create(kind=jobs.EXPORT, state=JobState.RUNNING, host=platform.node())
    Job.objects.create(kind=jobs.EXPORT, state=JobState.RUNNING, host="another-machine")

    with machine_lock(f"job-{here.pk}"):
        restarted = jobs.restart_unfinished_jobs()

    assert (restarted, handed_over) == (0, [])


def test_a_job_is_done_by_one_worker_only():
    job = waiting("teleport")

    with machine_lock(f"job-{job.pk}"):
        run(job)

    assert job.state == JobState.WAITING

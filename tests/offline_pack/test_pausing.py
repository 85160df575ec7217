"""A manager interrupts an installation, and takes it up again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.models import Course
from lms.models import Role
from offline_pack import jobs
from offline_pack.making.exporter import export_pack
from offline_pack.models import Job, JobState
from offline_pack.trust.keys import own_key
from tests.offline_pack import courses, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path):
    built = export_pack(courses.publish(), to=tmp_path / "cours.pack", key=own_key("packs"))
    courses.forget_course()
    return built.path


def posted(client, view, job):
    return client.post(reverse(f"yelen_offline_pack:{view}", args=[job.pk]), follow=True)


def run_jobs():
    for job in Job.objects.unfinished():
        jobs.run_job(job.pk)


def test_an_installation_can_be_paused_and_resumed(client, pack):
    client.force_login(people.user("awa", role=Role.MANAGER))
    job = Job.objects.create(kind=jobs.IMPORT, params={"path": str(pack), "name": "cours.pack"})

    paused = posted(client, "job_stop", job)
    run_jobs()
    resumed = posted(client, "job_resume", job)
    twice = posted(client, "job_resume", job)
    run_jobs()

    assert paused.context["words"].state == JobState.STOPPED
    assert resumed.context["job"].pk == twice.context["job"].pk != job.pk
    assert Course.objects.get().version == 1


@pytest.mark.parametrize("view", ["job_stop", "job_resume"])
def test_only_who_manages_packs_pauses_and_resumes(client, view):
    job = Job.objects.create(kind=jobs.IMPORT)
    client.force_login(people.user("ali", role=Role.TRAINER))

    answer = client.post(reverse(f"yelen_offline_pack:{view}", args=[job.pk]))

    assert answer.status_code == 403
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    assert Job.objects.count() == 1

"""The centre's page "Packs" in Wagtail, and the download."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.models import Role
from offline_pack import jobs
from offline_pack.making.generating import generate_pack, pack_path
from offline_pack.models import Job, JobState, Pack
from offline_pack.trust.chain import decode_chain
from offline_pack.trust.issuing import own_trust
from tests.offline_pack import courses, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(client):
    client.force_login(people.user("fatou", role=Role.TRAINER, permission="add_pack"))
    return client


def run_jobs():
    for job in Job.objects.unfinished():
        jobs.run_job(job.pk)


@pytest.mark.parametrize(
    ("role", "permission", "status"),
    [
        (Role.TRAINER, "add_pack", 200),
        (Role.COORDINATOR, "add_pack", 200),
        (Role.TRAINER, "view_pack", 302),
        (Role.MANAGER, "", 302),
        (None, "", 302),
    ],
)
def test_the_page_opens_by_permission(client, role, permission, status):
    client.force_login(people.user("x", role=role, permission=permission))
    course = courses.publish()

    page = client.get(reverse("yelen_packs"))
    answer = client.post(reverse("yelen_pack_generate", args=[course.pk]))

    assert page.status_code == status
    assert answer.status_code == 302
    assert Job.objects.count() == (1 if status == 200 else 0)


def test_a_pack_is_made_and_offered(trainer):
    course = courses.publish()
    trainer.post(reverse("yelen_pack_generate", args=[course.pk]))
    waiting = trainer.get(reverse("yelen_packs")).context["rows"][0]

    run_jobs()

    row = trainer.get(reverse("yelen_packs")).context["rows"][0]
    ((job, _words),) = waiting.jobs
    assert (job.state, waiting.versions, waiting.is_packed) == (JobState.WAITING, (), False)
    assert (row.jobs, row.is_packed) == ((), True)
    assert [item.pack for item in row.versions[0].packs] == [Pack.objects.get()]


def test_a_failure_is_told_in_words(trainer):
    course = courses.publish()
    trainer.post(reverse("yelen_pack_generate", args=[course.pk]))
    for path in courses.outline().blobs():
        courses.blob_path(path).unlink()

    run_jobs()

    page = trainer.get(reverse("yelen_packs"))
    assert page.context["rows"][0].jobs[0][1].refusal.problem in page.content.decode()


def test_a_second_press_starts_no_second_job(trainer):
    course = courses.publish()
    address = reverse("yelen_pack_generate", args=[course.pk])

    trainer.post(address)
    trainer.post(address)

    assert Job.objects.count() == 1


def test_progress_is_on_the_page_after_a_reload(trainer):
    course = courses.publish()
    trainer.post(reverse("yelen_pack_generate", args=[course.pk]))
    Job.objects.update(state=JobState.RUNNING, bytes_done=25_000_000, bytes_total=100_000_000)

    page = trainer.get(reverse("yelen_packs")).content.decode()

    assert '<progress value="25" max="100"' in page
    assert reverse("yelen_pack_job", args=[Job.objects.get().pk]) in page
    assert reverse("yelen_pack_generate", args=[course.pk]) not in page


def test_progress_is_polled(trainer):
    course = courses.publish()
    trainer.post(reverse("yelen_pack_generate", args=[course.pk]))
    job = Job.objects.get()

    told = trainer.get(reverse("yelen_pack_job", args=[job.pk])).json()

    assert told["state"] == "waiting"
    assert job.created_by.username == "fatou"


def test_the_list_asks_as_much_for_three_as_for_one(trainer):
    counts = []
    for number in (1, 2, 3):
        generate_pack(courses.other_course(number))
        trainer.get(reverse("yelen_packs"))
        with CaptureQueriesContext(connection) as queries:
            page = trainer.get(reverse("yelen_packs"))
        counts.append(len(queries))

    assert len(page.context["rows"]) == 3
    assert counts[0] == counts[2]


def test_the_trust_file_is_this_centres(trainer):
    answer = trainer.get(reverse("yelen_trust_file"))

    assert decode_chain(answer.content) == [own_trust().data]


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_pack_is_downloaded_whole_and_by_ranges(client):
    pack = generate_pack(courses.publish())
    content = pack_path(pack.manifest_sha256).read_bytes()

    whole = client.get(pack.get_absolute_url())
    part = client.get(pack.get_absolute_url(), headers={"Range": "bytes=100-299"})
    rest = client.get(
        pack.get_absolute_url(),
        headers={"Range": f"bytes={len(content) - 50}-", "If-Range": whole["ETag"]},
    )

    assert body(whole) == content
    assert (part.status_code, body(part)) == (206, content[100:300])
    assert (rest.status_code, body(rest)) == (206, content[-50:])
    assert whole["Accept-Ranges"] == "bytes"
    assert whole["ETag"] == f'"{pack.manifest_sha256}"'
    assert "immutable" in whole["Cache-Control"]
    assert 'filename="maintenance-v1.pack"' in whole["Content-Disposition"]


def test_an_address_that_names_no_pack_is_not_found(client):
    pack = generate_pack(courses.publish())
    wrong = pack.get_absolute_url().replace("-v1", "-v2")

    assert client.get(wrong).status_code == 404
    pack_path(pack.manifest_sha256).unlink()
    assert client.get(pack.get_absolute_url()).status_code == 404

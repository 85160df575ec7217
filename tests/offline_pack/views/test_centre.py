"""At the centre: choices and their sizes, who has what, withdrawing, and the stick."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.blobs import store_bytes
from courses.outline import AudioBlock
from courses.publishing import publish_outline
from lms.models import Role
from offline_pack import jobs, stick
from offline_pack.choices import TEXT, Choice
from offline_pack.errors import StickDamagedError, StickFullError, StickMissingError
from offline_pack.installations import note_installed
from offline_pack.making.generating import generate_pack, pack_path
from offline_pack.models import Job, JobState, Pack
from offline_pack.trust.chain import decode_chain
from offline_pack.trust.issuing import own_trust
from tests.factories import make_telecentre
from tests.offline_pack import courses, people
from tests.offline_pack.format.building import noise
from tests.offline_pack.sync.devices import RemoteDevice

pytestmark = pytest.mark.django_db

PACKS, PREPARE, STICK = "/admin/packs/", "/admin/packs/prepare/", "/admin/packs/stick/"


@pytest.fixture(autouse=True)
def no_memory():
    cache.clear()


@pytest.fixture
def trainer(client):
    client.force_login(people.user("fatou", role=Role.TRAINER, permission="add_pack"))
    return client


@pytest.fixture
def coordinator(client):
    client.force_login(people.user("salif", role=Role.COORDINATOR, permission="access_admin"))
    return client


@pytest.fixture
def plugged(settings, tmp_path):
    """A stick in this computer."""
    settings.YELEN_USB_DIR = tmp_path / "media"
    settings.YELEN_USB_DIR.mkdir()
    return settings.YELEN_USB_DIR


def run_jobs():
    for job in Job.objects.unfinished():
        jobs.run_job(job.pk)


def shown(client, address, **data):
    return client.get(address, data, headers={"Accept-Language": "en"})


def posted(client, address, **data):
    return client.post(address, data, follow=True, headers={"Accept-Language": "en"})


def withdraw_address(course, version=1):
    return reverse("yelen_pack_withdraw", args=[course.pk, version])


def with_sound(number=1, *, text="<p>Un</p>"):
    """A course heard in two languages."""
    outline = courses.outline(text=text)
    module, lesson = outline.modules[0], outline.modules[0].lessons[0]
    sounds = [
        AudioBlock(
            blob=store_bytes(noise(size, seed=number * 100 + size), "audio/mpeg"),
            title="Écouter",
            language=language,
            seconds=60,
        )
        for language, size in (("fr", 50_000), ("mos", 80_000))
    ]
    lesson = replace(lesson, id=UUID(int=number * 10 + 3), blocks=(*lesson.blocks, *sounds))
    module = replace(module, id=UUID(int=number * 10 + 2), lessons=(lesson,))
    pk, slug = UUID(int=number * 10 + 1), f"cours-{number}"
    return publish_outline(replace(outline, id=pk, slug=slug, modules=(module,)))


def in_use(course, *, version, name):
    device = RemoteDevice(
        make_telecentre(slug=name.lower().replace(" ", "-"), name=name)
    ).registered()
    note_installed(device.row, {course.pk: version})


def test_the_size_of_each_choice_is_shown_before(trainer):
    with_sound()

    page = shown(trainer, PREPARE)

    sizes = {media: total for media, _name, total in page.context["media"]}
    assert sizes["text"] + 125_000 < sizes["audio"] == sizes["all"]
    assert [tag for tag, _name, _is in page.context["languages"]] == ["fr", "mos"]
    assert "Mooré" in page.text


def test_a_language_left_out_makes_it_lighter(trainer):
    course = with_sound()

    page = shown(trainer, PREPARE, course=course.pk, language="fr", media="audio")

    totals = {media: total for media, _name, total in page.context["media"]}
    assert 45_000 < totals["audio"] - totals["text"] < 60_000
    assert page.context["choice"] == Choice(frozenset({"fr"}), "audio")


def test_nothing_ticked_weighs_nothing(trainer):
    with_sound()

    page = shown(trainer, PREPARE, shown=1)

    assert {total for _media, _name, total in page.context["media"]} == {0}


def test_several_courses_are_prepared_at_once_in_one_choice(trainer):
    chosen = [with_sound(1), with_sound(2)]
    with_sound(3)
    pks = [course.pk for course in chosen]

    posted(trainer, PREPARE, course=pks, language=["fr"], media="audio")
    posted(trainer, PREPARE, course=pks, language=["fr"], media="audio")
    run_jobs()

    assert Job.objects.count() == 2
    assert {pack.course_id for pack in Pack.objects.all()} == set(pks)
    assert {pack.choice for pack in Pack.objects.all()} == {Choice(frozenset({"fr"}), "audio")}


def test_all_languages_ticked_is_no_choice_of_languages(trainer):
    course = with_sound()

    posted(trainer, PREPARE, course=course.pk, language=["fr", "mos"], media="all")

    assert Job.objects.get().params == {"course": str(course.pk)}


@pytest.mark.parametrize("data", [{}, {"course": "x"}, {"media": "nothing"}])
def test_no_course_starts_no_job(trainer, data):
    with_sound()

    page = posted(trainer, PREPARE, **data)

    assert not Job.objects.exists()
    assert "Choose at least one course." in page.text


def test_who_has_installed_what_stands_beside_the_version(trainer):
    course = courses.publish()
    generate_pack(course)
    courses.publish(text="<p>Deux</p>")
    in_use(course, version=1, name="Kaya")
    in_use(course, version=1, name="Dori")

    page = shown(trainer, PACKS)

    (version,) = page.context["rows"][0].versions
    assert [place.name for place in version.places] == ["Dori", "Kaya"]
    assert "In use in 2 telecentres" in page.text
    assert "No pack of version 2 yet" in page.text


def test_a_version_without_pack_that_is_in_use_is_shown(trainer):
    course = courses.publish()
    in_use(course, version=7, name="Kaya")

    (version,) = shown(trainer, PACKS).context["rows"][0].versions

    assert (version.version, version.packs) == (7, ())


def test_choices_and_deltas_stand_with_their_pack(trainer):
    generate_pack(with_sound())
    course = with_sound(text="<p>Deux</p>")
    generate_pack(course, choice=Choice(media=TEXT))
    generate_pack(course)

    page = shown(trainer, PACKS)

    newest = page.context["rows"][0].versions[0]
    everything, text = newest.packs
    assert (everything.choice, text.choice) == ("Everything", "Text and pictures")
    assert [delta.base_version for delta in everything.deltas] == [1]
    assert text.deltas == ()
    assert "Only what is new since version 1" in page.text


@pytest.mark.parametrize(
    ("role", "permission", "opens", "withdraws"),
    [
        (Role.COORDINATOR, "access_admin", 200, 200),
        (Role.TRAINER, "add_pack", 200, 302),
        (Role.TRAINER, "withdraw_pack", 302, 200),
        (Role.TRAINER, "access_admin", 302, 302),
        (Role.MANAGER, "access_admin", 302, 302),
        (None, "access_admin", 302, 302),
    ],
)
def test_who_may_prepare_and_who_may_withdraw(client, role, permission, opens, withdraws):
    client.force_login(people.user("x", role=role, permission=permission))
    course = courses.publish()
    generate_pack(course)

    assert client.get(PREPARE).status_code == opens
    assert client.get(withdraw_address(course)).status_code == withdraws
    client.post(withdraw_address(course))
    assert Pack.objects.exclude(withdrawn_at=None).exists() == (withdraws == 200)


def test_a_superuser_may_withdraw(client, admin_user):
    client.force_login(admin_user)
    course = courses.publish()
    generate_pack(course)

    assert client.get(withdraw_address(course)).status_code == 200


def test_withdrawing_is_told_in_words_before(coordinator):
    course = courses.publish()
    generate_pack(course)
    in_use(course, version=1, name="Kaya")

    page = shown(coordinator, withdraw_address(course))

    assert "This cannot be undone." in page.text
    assert "Kaya" in page.text
    assert "No other version is on offer." in page.text
    assert Pack.objects.filter(withdrawn_at=None).count() == 1


def test_a_withdrawn_version_stays_on_the_page_without_download(coordinator, client):
    course = courses.publish()
    pack = generate_pack(course)

    page = posted(coordinator, withdraw_address(course))

    assert "is withdrawn. Telecentres learn it at their next sync." in page.text
    assert "publish it again" in page.text
    assert page.context["rows"][0].versions[0].is_withdrawn
    assert pack.get_absolute_url() not in page.text
    assert reverse("yelen_pack_generate", args=[course.pk]) not in page.text
    assert client.get(pack.get_absolute_url()).status_code == 410


@pytest.mark.parametrize("version", [0, 2, 99])
def test_a_version_without_pack_cannot_be_withdrawn(coordinator, version):
    course = courses.publish()
    generate_pack(course)

    assert coordinator.get(withdraw_address(course, version)).status_code == 404
    assert coordinator.post(withdraw_address(course, version)).status_code == 404


def test_packs_and_trust_file_go_to_the_stick(trainer, plugged):
    pack = generate_pack(courses.publish())

    posted(trainer, STICK, pack=pack.pk)
    run_jobs()
    page = shown(trainer, STICK)

    written = plugged / "Yelen"
    assert {path.name for path in written.iterdir()} == {"maintenance-v1.pack", "yelen-trust.json"}
    source = pack_path(pack.manifest_sha256)
    assert (written / "maintenance-v1.pack").read_bytes() == source.read_bytes()
    assert decode_chain((written / "yelen-trust.json").read_bytes()) == [own_trust().data]
    assert "You may pull out the stick." in page.text
    assert Job.objects.get().result["files"] == 2


def test_only_what_is_ticked_is_copied(trainer, plugged):
    generate_pack(courses.other_course(1))
    wanted = generate_pack(courses.other_course(2))

    posted(trainer, STICK, pack=wanted.pk)
    run_jobs()

    assert [path.name for path in plugged.rglob("*.pack")] == ["cours-2-v1.pack"]
    assert "Choose at least one pack." in posted(trainer, STICK).text


def test_without_a_stick_the_page_says_what_to_do(trainer, settings):
    settings.YELEN_USB_DIR = settings.YELEN_DATA_DIR / "usb"
    generate_pack(courses.publish())

    page = shown(trainer, STICK)

    assert "No stick is plugged into this computer." in page.text
    assert 'name="pack"' not in page.text
    assert STICK not in shown(trainer, PACKS).text
    posted(trainer, STICK, pack=Pack.objects.get().pk)
    assert list(Job.objects.all()) == []


def test_a_stick_that_was_pulled_out_is_told(plugged):
    pack = generate_pack(courses.publish())
    plugged.rmdir()

    with pytest.raises(StickMissingError):
        stick.copy_to_stick([pack])


def test_a_full_stick_is_told_and_nothing_is_written(plugged, monkeypatch):
    pack = generate_pack(courses.publish())
    monkeypatch.setattr(stick, "free_on_stick", lambda: 1000)

    with pytest.raises(StickFullError):
        stick.copy_to_stick([pack])

    assert list(plugged.iterdir()) == []


def test_a_stick_that_gives_back_other_bytes_is_not_believed(trainer, plugged, monkeypatch):
    pack = generate_pack(courses.publish())
    monkeypatch.setattr(stick, "_hash_from_disk", lambda _path, _meter: b"other")

    posted(trainer, STICK, pack=pack.pk)
    run_jobs()
    page = shown(trainer, STICK)

    with pytest.raises(StickDamagedError):
        stick.copy_to_stick([pack])
    assert Job.objects.get().state == JobState.FAILED
    assert "Use another stick" in page.text
    assert [path for path in plugged.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("address", [PACKS, PREPARE, STICK])
def test_pages_of_three_courses_ask_as_much_as_of_one(trainer, plugged, address):
    counts = []
    for number in (1, 2, 3):
        course = courses.other_course(number)
        generate_pack(course)
        in_use(course, version=1, name=f"Centre {number}")
        trainer.get(address)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            trainer.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[2]

"""Uploading an H5P exercise in Wagtail."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cms.demo_loading import h5p_package
from cms.models import H5PPackage
from cms.outlining import outline_from_page
from courses.models import H5PLibrary
from tests.cms import authors
from tests.courses.h5p.building import members, write_package

pytestmark = pytest.mark.django_db

UPLOAD = "h5p:add"


@pytest.fixture
def package(tmp_path):
    path = h5p_package.build_package(h5p_package.SAFETY_ORDER, tmp_path / "ordre.h5p")
    return path.read_bytes()


def allow_libraries(user):
    user.user_permissions.add(Permission.objects.get(codename="install_h5p_library"))


def upload(client, content, *, title=""):
    file = SimpleUploadedFile("ordre.h5p", content)
    return client.post(reverse(UPLOAD), {"file": file, "title": title})


def without_libraries(content):
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name.startswith("content/") or name == "h5p.json":
                new.writestr(name, old.read(name))
    return stream.getvalue()


def test_an_exercise_with_its_libraries_is_kept(client, trainer, package):
    allow_libraries(trainer)

    answer = upload(client, package)

    kept = H5PPackage.objects.get()
    assert answer.status_code == 302
    assert (kept.title, kept.uploaded_by) == ("Ouvrir un poste sans danger", trainer)
    assert kept.library == "Yelen.Sequence 1.0"
    assert H5PLibrary.objects.count() == 1


def test_a_trainer_may_not_install_libraries(client, trainer, package):
    answer = upload(client, package)

    assert answer.status_code == 200
    assert "Yelen.Sequence 1.0" in answer.context["form"].faults[0]
    assert list(H5PPackage.objects.all()) == []
    assert list(H5PLibrary.objects.all()) == []


@pytest.mark.parametrize("strip", [False, True])
def test_a_trainer_may_upload_what_needs_no_new_library(client, trainer, package, strip):
    allow_libraries(trainer)
    upload(client, package)
    trainer.user_permissions.clear()

    upload(client, without_libraries(package) if strip else package, title="Le mien")

    assert set(H5PPackage.objects.values_list("title", flat=True)) == {
        "Le mien",
        "Ouvrir un poste sans danger",
    }


def test_all_faults_are_told_together_and_nothing_is_kept(client, trainer):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as faulty:
        faulty.writestr("h5p.json", "{}")
        faulty.writestr("content/content.json", "{")
        faulty.writestr("content/page.html", "<p>")

    answer = upload(client, stream.getvalue())

    faults = answer.context["form"].faults
    page = answer.content.decode()
    assert len(faults) > 3
    assert all(f"<li>{escaped(fault)}</li>" in page for fault in faults)
    assert list(H5PPackage.objects.all()) == []


def escaped(text):
    return text.replace("&", "&amp;").replace("'", "&#x27;").replace('"', "&quot;")


def test_a_visitor_or_a_plain_user_gets_nowhere(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("passant"))

    answer = client.get(reverse(UPLOAD))

    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_an_exercise_used_by_a_lesson_is_not_deleted(client, trainer, package):
    trainer.is_superuser = True
    trainer.save()
    upload(client, package)
    kept = H5PPackage.objects.get()
    course = authors.course_page()
    block = {"package": kept.pk, "title": "", "text_equivalent": "<p>En mots.</p>"}
    authors.lesson_page(authors.module_page(course), body=[authors.block("h5p", block)])

    client.post(reverse("h5p:delete", args=[kept.pk]))

    assert H5PPackage.objects.filter(pk=kept.pk).exists()


def test_a_chosen_exercise_becomes_an_activity_and_brings_its_library(client, trainer, package):
    allow_libraries(trainer)
    upload(client, package)
    course = authors.course_page()
    block = {
        "package": H5PPackage.objects.get().pk,
        "title": "",
        "text_equivalent": "<p>En mots.</p>",
        "completion": "viewed",
        "pass_percent": 50,
    }
    authors.lesson_page(authors.module_page(course), body=[authors.block("h5p", block)])

    outline = outline_from_page(course)

    (activity,) = outline.activities()
    assert activity.title == "Ouvrir un poste sans danger"
    assert activity.definition["completion"] == "viewed"
    assert activity.definition["pass_percent"] == 50
    assert activity.definition["text_equivalent"] == "<p>En mots.</p>"
    assert [library.folder for library in outline.libraries] == ["Yelen.Sequence-1.0"]


def test_an_exercise_that_needs_the_internet_is_kept_with_a_warning(client, trainer, tmp_path):
    allow_libraries(trainer)
    remote = {"video": [{"path": "https://example.org/film.mp4", "mime": "video/mp4"}]}
    file = write_package(tmp_path / "film.h5p", members(**{"content/content.json": remote}))

    answer = upload(client, file.read_bytes())

    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert H5PPackage.objects.get().parsed().needs_internet
    assert any("Cet exercice a besoin d" in text for text in told)


def test_an_exercise_that_holds_all_it_needs_is_kept_without_one(client, trainer, package):
    allow_libraries(trainer)

    answer = upload(client, package)

    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert not any("Internet" in text for text in told)
    assert len(told) == 1


@pytest.mark.parametrize(("sought", "found"), [("poste", True), ("zzzz", False)])
def test_exercises_are_found_by_their_title(client, trainer, package, on_commit, sought, found):
    allow_libraries(trainer)
    with on_commit():
        upload(client, package, title="Ouvrir un poste")
    client.get(reverse("h5p:index"))  # which says that it was uploaded

    answer = client.get(reverse("h5p:index"), {"q": sought})

    edit = reverse("h5p:edit", args=[H5PPackage.objects.get().pk])
    assert answer.status_code == 200
    assert (f'href="{edit}"' in answer.content.decode()) is found

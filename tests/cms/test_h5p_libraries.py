"""Looking at H5P libraries in Wagtail, and going back to the one before an update."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.h5p.library import install_library
from courses.h5p.naming import LibraryName
from courses.models import H5PLibrary

pytestmark = pytest.mark.django_db

LIST = "yelen_h5p_libraries"
MAIN = LibraryName("Test.Main", 1, 0)


@pytest.fixture
def installer(trainer):
    trainer.user_permissions.add(Permission.objects.get(codename="install_h5p_library"))
    return trainer


def install(*patches, name=MAIN):
    for patch in patches:
        install_library(name, patch=patch, metadata={"patch": patch}, files={})
    return H5PLibrary.objects.get(machine_name=name.machine_name)


def go_back(client, row, *, patch):
    return client.post(reverse("yelen_h5p_library_back", args=[row.pk, patch]))


def test_the_one_before_an_update_comes_back(client, installer):
    row = install(1, 4)
    shown = client.get(reverse(LIST)).content.decode()

    answer = go_back(client, row, patch=1)

    assert "Test.Main 1.0.4" in shown
    assert "1.0.1" in shown
    assert answer.url == reverse(LIST)
    row.refresh_from_db()
    assert (row.patch, row.metadata, row.previous) == (1, {"patch": 1}, None)
    assert "1.0.1" not in client.get(reverse(LIST)).content.decode().replace("Main 1.0.1", "")


def test_another_update_meanwhile_is_not_undone(client, installer):
    row = install(1, 4, 5)

    answer = go_back(client, row, patch=1)

    row.refresh_from_db()
    assert (row.patch, row.previous["patch"]) == (5, 4)
    assert [message.level_tag for message in get_messages(answer.wsgi_request)] == ["error"]


def test_a_trainer_who_may_not_install_libraries_cannot(client, trainer):
    row = install(1, 4)

    answers = [client.get(reverse(LIST)), go_back(client, row, patch=1)]

    assert {answer.status_code for answer in answers} == {302}
    assert {answer.url for answer in answers} == {reverse("wagtailadmin_home")}
    row.refresh_from_db()
    assert row.patch == 4
    assert reverse(LIST) not in client.get(reverse("h5p:index")).content.decode()


def test_who_may_finds_them_beside_the_exercises(client, installer):
    assert reverse(LIST) in client.get(reverse("h5p:index")).content.decode()


def test_three_cost_as_many_queries_as_one(client, installer):
    counted = []
    for numbers in ((0,), (1, 2)):
        for number in numbers:
            install(1, 2, name=LibraryName(f"Test.Other{number}", 1, 0))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_the_page_leads_back_to_the_exercises(client, installer):
    page = client.get(reverse(LIST)).content.decode()

    assert f'<p class="yelen-back"><a href="{reverse("h5p:index")}">' in page

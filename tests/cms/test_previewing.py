"""An author tries an exercise before it is published, in the sandbox learners will have."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from cms.demo_loading.media import ensure_exercise
from cms.models import H5PPackage
from courses.h5p.drafts import DRAFT
from courses.h5p.player import POLICY
from courses.models import Activity
from tests.cms import authors

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise():
    return ensure_exercise("ordre-securite")


@pytest.fixture
def lesson(exercise):
    block = {"package": exercise.pk, "title": "", "text_equivalent": "<p>En mots.</p>"}
    module = authors.module_page(authors.course_page(live=False), live=False)
    return authors.lesson_page(module, body=[authors.block("h5p", block)], live=False)


def preview(client, page):
    return client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()


def player_url(exercise):
    return reverse("yelen_courses:h5p_player", args=[uuid.UUID(int=exercise.pk), DRAFT])


def files_root(client, exercise):
    page = client.get(player_url(exercise)).context["page"]
    (content,) = page.integration["contents"].values()
    return content["contentUrl"]


def test_the_preview_offers_to_play_an_exercise_that_is_not_published(
    client, trainer, lesson, exercise
):
    page = preview(client, lesson)

    assert f'data-player-url="{player_url(exercise)}"' in page
    assert re.search(r'data-statement-url=""\s+data-state-url=""', page)
    assert "rien n'est gardé" in page or "rien n&#x27;est gardé" in page
    assert not Activity.objects.exists()


def test_it_plays_in_the_same_sandbox(client, trainer, exercise):
    answer = client.get(player_url(exercise))

    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == POLICY
    assert answer.context["page"].scripts


def test_its_files_are_had_with_the_signed_address_and_not_without(client, trainer, exercise):
    known = exercise.parsed()
    exercise.definition = replace(known, files={"mots.json": known.content}).to_dict()
    exercise.save()
    root = files_root(client, exercise)
    client.logout()

    found = client.get(f"{root}/mots.json")

    assert found.getvalue().startswith(b"{")
    assert client.get(f"{root}x/mots.json").status_code == 404


def test_only_those_who_write_courses_may_play_a_draft(client, exercise):
    plain = get_user_model().objects.create_user("passant")

    as_visitor = client.get(player_url(exercise)).status_code
    client.force_login(plain)
    as_learner = client.get(player_url(exercise)).status_code

    assert (as_visitor, as_learner) == (403, 403)


def test_a_draft_that_is_not_there_is_not_found(client, trainer, exercise):
    H5PPackage.objects.all().delete()

    assert client.get(player_url(exercise)).status_code == 404
    nowhere = reverse("yelen_courses:h5p_player", args=[uuid.uuid4(), DRAFT])
    assert client.get(nowhere).status_code == 404


def test_what_needs_the_internet_says_so_in_the_lesson(client, trainer, lesson, exercise):
    before = preview(client, lesson)
    exercise.definition = replace(exercise.parsed(), needs_internet=True).to_dict()
    exercise.save()

    after = preview(client, lesson)

    assert "besoin d'Internet" not in before
    assert "Cet exercice a besoin d" in after
    assert "lire en texte" in after

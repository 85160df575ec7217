"""What a trainer may do, and who may see the media library."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.starting import ensure_trainers
from tests.cms import authors

pytestmark = pytest.mark.django_db


def test_a_trainer_writes_and_publishes_courses_and_no_more():
    trainer = authors.trainer()
    course = authors.whole_course()

    on_course = course.permissions_for_user(trainer)
    on_root = course.get_root().permissions_for_user(trainer)

    assert on_course.can_edit()
    assert on_course.can_publish()
    assert on_course.can_add_subpage()
    assert not on_root.can_edit()
    assert not trainer.has_perm("yelen_courses.install_h5p_library")
    assert not trainer.has_perm("auth.change_user")
    assert trainer.has_perm("yelen_cms.add_h5ppackage")


def test_an_administrator_may_take_a_right_from_trainers_for_good():
    index = authors.course_index()
    group = ensure_trainers(index)
    group.page_permissions.filter(permission__codename="publish_page").delete()

    from cms.starting import prepare_site

    prepare_site()

    assert not group.page_permissions.filter(permission__codename="publish_page").exists()


def test_a_visitor_cannot_preview_or_open_the_editor(client):
    lesson = authors.lesson_page(authors.module_page(authors.course_page()))

    for name in ("edit", "view_draft"):
        answer = client.get(reverse(f"wagtailadmin_pages:{name}", args=[lesson.pk]))
        assert answer.status_code == 302


def test_the_media_library_is_for_those_who_work_with_it(client):
    image = authors.image()

    refused = client.get(image.file.url)
    client.force_login(authors.trainer())
    shown = client.get(image.file.url)

    assert refused.status_code == 403
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"


def test_a_file_of_the_library_is_not_for_visitors(client):
    sheet = authors.document("fiche.pdf", b"%PDF-1.4 draft")

    refused = client.get(sheet.url)
    client.force_login(authors.trainer())
    shown = client.get(sheet.url)

    assert refused.status_code == 403
    assert shown.getvalue() == b"%PDF-1.4 draft"


def test_a_lesson_cannot_be_made_private_since_packs_carry_it_everywhere(client):
    lesson = authors.lesson_page(authors.module_page(authors.course_page()))
    client.force_login(authors.trainer())

    client.post(
        reverse("wagtailadmin_pages:set_privacy", args=[lesson.pk]), {"restriction_type": "login"}
    )

    assert not lesson.view_restrictions.exists()

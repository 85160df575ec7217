"""The catalogue as a visitor reads it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from courses.blobs import blob_path, store_bytes
from courses.models import Blob, Course
from courses.outline import HeadingBlock, ModuleOutline, UnknownBlock
from courses.publishing import publish_outline, withdraw_course
from courses.views import render_course_preview, render_lesson_preview
from tests.factories import (
    make_course,
    make_course_outline,
    make_lesson,
    make_media_blocks,
    make_modules,
)

pytestmark = pytest.mark.django_db


def course_with(*blocks):
    module = ModuleOutline(id=uuid4(), title="Module", lessons=(make_lesson(*blocks),))
    return make_course(modules=(module,))


def test_catalogue_without_courses_says_so_in_words(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "Pas encore de cours ici" in page.text


def test_catalogue_shows_one_theme_alone_when_asked(client):
    make_course()

    assert "Apprenez à garder" in client.get("/?theme=maintenance").text
    assert "Apprenez à garder" not in client.get("/?theme=projects").text
    assert "Apprenez à garder" in client.get("/?theme=nonsense").text


def test_catalogue_asks_as_many_questions_for_three_courses_as_for_one(
    client, django_assert_num_queries
):
    make_course(slug="un")
    with django_assert_num_queries(1):
        client.get("/")
    make_course(slug="deux")
    make_course(slug="trois")

    with django_assert_num_queries(1):
        client.get("/")


def test_course_page_numbers_modules_and_lessons(client):
    make_course()

    text = client.get("/cours/maintenance/").text

    assert "/cours/maintenance/1.1/" in text
    assert "/cours/maintenance/2.1/" in text
    assert "Entretenir un parc" in text


def test_withdrawn_course_is_a_page_in_words(client):
    withdraw_course(make_course())

    page = client.get("/cours/maintenance/")

    assert page.status_code == 404
    assert "Cette page n'est pas ici" in page.text


def test_lesson_shows_every_kind_of_block(client):
    course_with(*make_media_blocks())

    text = client.get("/cours/maintenance/1.1/").text

    for sign in ("<video", "<audio", "srcset=", "fiche.pdf", "callout safety", "<track"):
        assert sign in text
    assert 'preload="none"' in text
    assert "autoplay" not in text


def test_lesson_shows_a_notice_in_place_of_a_block_it_does_not_know(client):
    course_with(UnknownBlock(document={"kind": "hologram"}), HeadingBlock(text="Après"))

    text = client.get("/cours/maintenance/1.1/").text

    assert "version plus récente" in text
    assert "Après" in text


def lesson_without(client, *sizes):
    """The media lesson's page where the files of these sizes (bytes) were left out of the pack."""
    course = course_with(*make_media_blocks())
    for ref in course.versions.get().outline().blobs().values():
        if ref.size in sizes:
            blob_path(ref.sha256).unlink()
    return client.get("/cours/maintenance/1.1/", headers={"Accept-Language": "en"}).text


SOUND, LIGHT_FILM, HEAVY_FILM = 10_000, 160_000, 450_000  # bytes, in make_media_blocks


def test_media_left_out_of_the_pack_are_told_in_words(client):
    text = lesson_without(client, SOUND, LIGHT_FILM, HEAVY_FILM)

    assert "<audio" not in text
    assert "<video" not in text
    assert "This recording is not in the pack installed here." in text
    assert "This video is not in the pack installed here: its lightest picture (240p)" in text
    assert "Transcription." in text
    assert "On dévisse le panneau." in text


def test_only_pictures_that_are_here_are_offered(client):
    text = lesson_without(client, HEAVY_FILM)

    assert "<video" in text
    assert "Better picture" not in text
    assert "not in the pack" not in text


def test_without_its_lightest_picture_a_video_plays_the_next(client):
    text = lesson_without(client, LIGHT_FILM)

    assert text.count("<video") == 1
    assert "Better picture" not in text


def test_media_cost_a_lesson_no_query(client, django_assert_num_queries):
    course_with()
    with CaptureQueriesContext(connection) as plain:
        client.get("/cours/maintenance/1.1/")
    withdraw_course(Course.objects.get())
    outline = make_course_outline(
        slug="media", modules=(ModuleOutline(uuid4(), "M", (make_lesson(*make_media_blocks()),)),)
    )
    publish_outline(outline)

    with django_assert_num_queries(len(plain)):
        client.get("/cours/media/1.1/")


def test_lesson_that_is_not_there_is_a_page_in_words(client):
    make_course()

    assert client.get("/cours/maintenance/9.9/").status_code == 404


def test_pages_stay_within_their_budget(client):
    course_with(*make_media_blocks())

    for address in ("/", "/cours/maintenance/", "/cours/maintenance/1.1/"):
        assert len(client.get(address).content) < 30_000


def test_pages_have_no_inline_script_or_style(client):
    course_with(*make_media_blocks())

    text = client.get("/cours/maintenance/1.1/").text

    assert "<style" not in text
    assert "style=" not in text
    assert "onclick" not in text


def test_arabic_pages_read_from_right_to_left(client):
    client.post("/langue/", {"language": "ar", "next": "/"})

    assert '<html lang="ar" dir="rtl">' in client.get("/").text


def test_preview_shows_a_draft_without_rows():
    outline = make_course_outline(modules=make_modules())
    lesson = outline.modules[0].lessons[0]
    request = RequestFactory().get("/admin/preview/")

    course_page = render_course_preview(request, outline)
    lesson_page = render_lesson_preview(request, outline, lesson.id)

    assert "Aperçu" in course_page.content.decode()
    assert lesson.title in lesson_page.content.decode()
    with pytest.raises(Http404):
        render_lesson_preview(request, outline, uuid4())


class TestBlobs:
    def address(self, sha256, name="image"):
        return f"/fichiers/{sha256}/{name}"

    def public(self, content=b"0123456789", media_type="audio/mpeg"):
        blob = store_bytes(content, media_type)
        Blob.objects.filter(pk=blob.sha256).update(is_public=True)
        return blob

    def test_public_blob_is_kept_for_good_and_never_sniffed(self, client):
        blob = self.public()

        answer = client.get(self.address(blob.sha256))

        assert answer.getvalue() == b"0123456789"
        assert "immutable" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"] == "inline"

    @pytest.mark.parametrize(
        ("wanted", "content"),
        [("bytes=2-4", b"234"), ("bytes=7-", b"789"), ("bytes=-2", b"89"), ("bytes=8-99", b"89")],
    )
    def test_part_of_a_blob_is_sent_when_asked(self, client, wanted, content):
        blob = self.public()

        answer = client.get(self.address(blob.sha256), headers={"Range": wanted})

        assert answer.status_code == 206
        assert answer.getvalue() == content
        assert answer["Content-Length"] == str(len(content))

    def test_a_range_of_too_many_figures_is_none(self, client):
        blob = self.public()

        answer = client.get(self.address(blob.sha256), headers={"Range": f"bytes=0-{'9' * 5000}"})

        assert answer.status_code == 200
        assert answer.getvalue() == b"0123456789"

    @pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=-0", "bytes=5-2"])
    def test_part_beyond_the_end_is_refused(self, client, wanted):
        blob = self.public()

        answer = client.get(self.address(blob.sha256), headers={"Range": wanted})

        assert answer.status_code == 416
        assert answer["Content-Range"] == "bytes */10"

    def test_blob_already_held_is_not_sent_again(self, client):
        blob = self.public()
        first = client.get(self.address(blob.sha256))
        etag = first["ETag"]
        first.close()

        answer = client.get(self.address(blob.sha256), headers={"If-None-Match": etag})

        assert answer.status_code == 304

    @pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf"])
    def test_what_could_act_is_only_ever_downloaded(self, client, media_type):
        blob = self.public(b"<script>", media_type)

        answer = client.get(self.address(blob.sha256, "fiche"))

        answer.close()
        assert answer["Content-Disposition"] == "attachment"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_blob_of_an_activity_is_not_given_to_a_visitor(self, client):
        blob = store_bytes(b"content of an exercise", "application/json")

        assert client.get(self.address(blob.sha256)).status_code == 404


def test_republishing_keeps_lesson_images_public(client):
    outline = make_course_outline(
        modules=(ModuleOutline(uuid4(), "M", (make_lesson(*make_media_blocks()),)),)
    )
    publish_outline(outline)

    image = next(iter(outline.blobs()))
    answer = client.get(f"/fichiers/{image}/image")

    assert answer.status_code == 200
    assert answer.getvalue()

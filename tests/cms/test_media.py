"""Media of the library become blobs, once a file."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image as PillowImage

from cms.media import MediaShelf, StoredMedia
from courses.blobs import read_blob
from tests.cms import authors

pytestmark = pytest.mark.django_db


def shelf_of(*images):
    return MediaShelf(images=[image.pk for image in images])


def noisy(image_format, **options):
    """A picture that does not shrink to nothing."""
    picture = PillowImage.effect_noise((1600, 900), 60).convert("RGB")
    stream = BytesIO()
    picture.save(stream, image_format, **options)
    return stream.getvalue()


def test_an_image_is_offered_as_webp_at_the_widths_pages_use(monkeypatch):
    image = authors.image(content=noisy("JPEG"))

    renditions = shelf_of(image).renditions(image)

    assert [(r.width, r.height) for r in renditions] == [
        (320, 180),
        (640, 360),
        (960, 540),
        (1280, 720),
    ]
    assert all(r.blob.media_type == "image/webp" for r in renditions)
    with PillowImage.open(BytesIO(read_blob(renditions[0].blob.sha256))) as picture:
        assert (picture.format, picture.size) == ("WEBP", (320, 180))


def test_a_small_image_is_never_enlarged():
    image = authors.image(width=200, height=100)

    (only,) = shelf_of(image).renditions(image)

    assert (only.width, only.height) == (200, 100)


def test_a_light_drawing_keeps_its_own_bytes_and_heavier_sizes_are_left_out():
    image = authors.image(width=1280, height=720, kind="WEBP")
    with image.open_file() as stream:
        content = stream.read()

    renditions = shelf_of(image).renditions(image)

    assert read_blob(renditions[-1].blob.sha256) == content
    sizes = [rendition.blob.size for rendition in renditions]
    assert sizes == sorted(set(sizes))


def test_a_picture_never_tells_where_it_was_taken():
    exif = PillowImage.Exif()
    exif[0x010F] = "Appareil de terrain"
    image = authors.image(width=1280, height=720, content=noisy_webp_with(exif))

    renditions = shelf_of(image).renditions(image)

    assert all(b"Appareil" not in read_blob(r.blob.sha256) for r in renditions)


def noisy_webp_with(exif):
    stream = BytesIO()
    PillowImage.new("RGB", (1280, 720), "teal").save(stream, "WEBP", exif=exif)
    return stream.getvalue()


def test_a_file_is_read_once_even_if_the_library_loses_it():
    image = authors.image()
    first = shelf_of(image).renditions(image)
    image.file.storage.delete(image.file.name)

    again = shelf_of(image).renditions(image)

    assert again == first


def test_a_replaced_file_gives_other_blobs():
    image = authors.image()
    first = shelf_of(image).renditions(image)
    other = authors.image(width=800, height=600)
    image.file, image.file_hash, image.width, image.height = other.file, "", 800, 600
    image.save()

    second = shelf_of(image).renditions(image)

    assert {r.blob.sha256 for r in first}.isdisjoint(r.blob.sha256 for r in second)


@pytest.mark.parametrize("count", [1, 3])
def test_known_media_take_one_query_however_many(count, django_assert_num_queries):
    images = [authors.image(title=str(n)) for n in range(count)]
    warm = shelf_of(*images)
    for image in images:
        warm.renditions(image)
    rows = StoredMedia.objects.count()

    with django_assert_num_queries(1):
        shelf = shelf_of(*images)
        for image in images:
            shelf.renditions(image)

    assert StoredMedia.objects.count() == rows


def test_a_document_becomes_a_blob_of_its_kind():
    document = authors.document("fiche.pdf", b"%PDF-1.7 fiche")

    ref = MediaShelf(documents=[document.pk]).document(document)

    assert ref.media_type == "application/pdf"
    assert read_blob(ref.sha256) == b"%PDF-1.7 fiche"

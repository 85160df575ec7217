from __future__ import annotations

import json
from dataclasses import replace

import pytest

from courses.errors import OutlineError
from courses.outline import (
    ActivityBlock,
    BlobRef,
    H5PLibraryOutline,
    UnknownBlock,
    block_from_dict,
    block_to_dict,
    canonical_json,
    digest,
    find_blobs,
    from_dict,
    to_dict,
)
from tests.factories import make_course_outline, make_lesson, make_media_blocks

pytestmark = pytest.mark.django_db

BLOB = BlobRef(sha256="ab" * 32, size=12, media_type="image/webp")


def outline_with(*blocks):
    outline = make_course_outline()
    first, *others = outline.modules
    lesson = make_lesson(*blocks)
    return replace(outline, modules=(replace(first, lessons=(lesson,)), *others))


def test_a_course_comes_back_from_its_document_the_same():
    outline = outline_with(*make_media_blocks())

    document = json.loads(json.dumps(to_dict(outline)))

    assert from_dict(document) == outline
    assert to_dict(from_dict(document)) == document


def test_an_unknown_block_survives_untouched():
    document = {"kind": "hologram", "depth": 3, "parts": [{"id": "a", "glow": True}]}
    outline = outline_with(block_from_dict(document))

    again = from_dict(json.loads(canonical_json(to_dict(outline))))

    (block,) = again.modules[0].lessons[0].blocks
    assert block == UnknownBlock(document=document)
    assert block_to_dict(block) == document


def test_an_activity_of_an_unknown_kind_survives_untouched():
    document = {
        "kind": "activity",
        "activity": {
            "id": "0198c0de-0000-7000-8000-000000000001",
            "kind": "puzzle",
            "title": "Puzzle",
            "definition": {"pieces": [1, 2, {"deep": None}], "kind": ""},
        },
    }

    block = block_from_dict(document)

    assert isinstance(block, ActivityBlock)
    assert block_to_dict(block) == document


def test_libraries_of_exercises_travel_with_the_course():
    library = H5PLibraryOutline("H5P.Blanks", 1, 14, 6, {"title": "Blanks"}, {"js/a.js": BLOB})
    outline = replace(make_course_outline(), libraries=(library,))

    assert from_dict(to_dict(outline)) == outline


def test_every_blob_is_found_wherever_it_stands():
    outline = outline_with(*make_media_blocks())

    found = outline.blobs()

    assert {ref.media_type for ref in found.values()} == {
        "image/webp",
        "audio/mpeg",
        "video/mp4",
        "text/vtt",
        "application/pdf",
    }
    assert list(find_blobs([{"deep": [to_dict_of(BLOB)]}, "text", 1])) == [BLOB]


def to_dict_of(blob):
    return {"sha256": blob.sha256, "size": blob.size, "media_type": blob.media_type}


def test_equal_courses_have_equal_digests_whatever_the_order_of_keys():
    outline = outline_with(*make_media_blocks())
    document = dict(reversed(list(to_dict(outline).items())))

    assert digest(from_dict(document)) == digest(outline)
    assert digest(replace(outline, title="Autre")) != digest(outline)


def test_the_canonical_bytes_are_plain_ascii():
    text = canonical_json({"b": "é\u202f", "a": [1, None]})

    assert text == b'{"a":[1,null],"b":"\\u00e9\\u202f"}'


def change(document, path, value):
    *before, last = path
    for key in before:
        document = document[key]
    if value is ...:
        del document[last]
    else:
        document[last] = value


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["title"], ..., "course.title"),
        (["title"], 7, "course.title"),
        (["minutes"], True, "course.minutes"),
        (["id"], "x", "course.id"),
        (["modules"], {}, "course.modules"),
        (["modules", 0, "lessons", 1, "id"], 12, "course.modules[0].lessons[1].id"),
        (["modules", 0, "lessons", 1, "blocks", 0], "x", "course.modules[0].lessons[1].blocks[0]"),
        (
            ["modules", 0, "lessons", 1, "blocks", 0, "activity"],
            ...,
            "course.modules[0].lessons[1].blocks[0].activity",
        ),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_naming_the_place(path, value, place):
    document = json.loads(json.dumps(to_dict(make_course_outline())))
    change(document, path, value)

    with pytest.raises(OutlineError) as caught:
        from_dict(document)

    assert caught.value.where == place


def test_keys_of_a_newer_yelen_are_passed_over():
    outline = make_course_outline()

    assert from_dict(to_dict(outline) | {"sponsor": "x"}) == outline

"""What the editor accepts, in words on the right field; and what blocks become."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cms.blocks import LessonBody
from cms.outlining import outline_from_page
from courses.activities.practical import PracticalDefinition
from courses.activities.quiz import QuizDefinition
from tests.cms import authors

pytestmark = pytest.mark.django_db

BODY = LessonBody()


def stream(*blocks):
    return BODY.to_python(list(blocks))


def errors_of(*blocks):
    """The messages that keep the blocks from being published, with the path of their field."""
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        BODY.clean(stream(*blocks))
    with translation.override("en"):
        return dict(walk(caught.value.as_json_data()))


def walk(data, path=()):
    for message in data.get("messages", []):
        yield "/".join(path), message
    children = data.get("blockErrors", {})
    for key, value in children.items():
        yield from walk(value, (*path, str(key)))


def question(kind, **fields):
    return {"type": kind, "value": {"text": "<p>Pourquoi ?</p>", **fields}}


def choices(*rights):
    return [{"text": f"Réponse {n}", "right": right} for n, right in enumerate(rights)]


def quiz(*questions, **fields):
    return authors.block("quiz", {"title": "Quiz", "questions": list(questions), **fields})


def lesson_outline(*blocks):
    course = authors.course_page()
    page = authors.lesson_page(authors.module_page(course), body=list(blocks))
    outline = outline_from_page(course)
    return page, next(outline.lessons())


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        (question("single", choices=choices(True)), "choices", "Offer at least two answers."),
        (
            question("single", choices=choices(True, True)),
            "choices",
            "Tick exactly one right answer.",
        ),
        (
            question("single", choices=choices(False, False)),
            "choices",
            "Tick exactly one right answer.",
        ),
        (
            question("multiple", choices=choices(False, False)),
            "choices",
            "Tick at least one right answer.",
        ),
        (
            question("number", accepted="beaucoup"),
            "accepted",
            "Write a number, for example 12,5.",
        ),
        (
            question("number", accepted="12", tolerance="-1"),
            "tolerance",
            "Write 0 or a number above it.",
        ),
        (question("true_false", answer=""), "answer", "This field is required."),
        (question("short", accepted=""), "accepted", "This field is required."),
    ],
)
def test_a_question_that_cannot_be_answered_is_not_published(asked, field, message):
    assert errors_of(quiz(asked)) == {f"0/questions/0/{field}": message}


def test_a_quiz_needs_a_question_and_a_practical_an_item():
    faults = errors_of(quiz(), authors.block("practical", {"title": "P", "items": []}))

    assert faults == {
        "0/questions": "Add at least one question.",
        "1/items": "Add at least one item to the checklist.",
    }


def test_a_draft_is_saved_with_what_is_still_missing():
    unfinished = stream(quiz(question("single", choices=choices(False))), authors.text(""))

    cleaned = BODY.clean_deferred(unfinished)

    assert len(cleaned) == 2


def test_an_image_needs_words_or_is_decorative():
    picture = authors.image()

    faults = errors_of(authors.block("image", {"image": {"image": picture.pk, "alt_text": ""}}))
    cleaned = BODY.clean(
        stream(authors.block("image", {"image": {"image": picture.pk, "decorative": True}}))
    )

    assert list(faults) == ["0/image/alt_text"]
    assert len(cleaned) == 1


def test_a_video_needs_captions_or_a_transcript_to_be_published():
    film = authors.document("film.mp4", b"\0\0\0\x18ftypmp42" + bytes(80))
    value = {"title": "Film", "files": [{"label": "240p", "file": film.pk}]}
    with_words = value | {"transcript": "<p>On débranche le câble.</p>"}

    faults = errors_of(authors.block("video", value))
    cleaned = BODY.clean(stream(authors.block("video", with_words)))

    assert list(faults) == ["0/captions"]
    assert len(cleaned) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("son.pdf", b"%PDF-1.7", "Choose a file of one of these kinds: m4a, mp3, ogg, opus."),
        ("son.mp3", b"<html>", "The content of “{name}” does not match its name."),
    ],
)
def test_a_sound_file_must_be_what_it_says(name, content, message):
    sound = authors.document(name, content)

    faults = errors_of(authors.block("audio", {"title": "Son", "file": sound.pk}))

    assert faults == {"0/file": message.format(name=sound.filename)}


def test_pasting_a_list_makes_the_items():
    pasted = "★ Débranche le câble\n- Range les vis\n\n  ★Touche le châssis  \nRange les vis"
    block = authors.block("practical", {"title": "P", "items": [], "pasted": pasted})

    first, again = BODY.clean(stream(block)), BODY.clean(stream(block))

    items = first[0].value["items"]
    assert [(item["text"], item["safety"]) for item in items] == [
        ("Débranche le câble", True),
        ("Range les vis", False),
        ("Touche le châssis", True),
    ]
    assert first[0].value["pasted"] == ""
    assert [b.id for b in items.bound_blocks] == [
        b.id for b in again[0].value["items"].bound_blocks
    ]


def test_words_become_blocks_of_the_outline():
    _page, lesson = lesson_outline(
        authors.block("heading", {"text": " Deux boîtes ", "level": "3"}),
        authors.text("<p>On <b>débranche</b>.<script>alert(1)</script></p>"),
        authors.text("<p></p>"),
        authors.block("callout", {"tone": "safety", "title": "Stop", "text": "<p>Non.</p>"}),
    )

    heading, text, callout = lesson.blocks
    assert (heading.text, heading.level) == ("Deux boîtes", 3)
    assert text.html == "<p>On <b>débranche</b>.</p>"
    assert (callout.tone, callout.title, callout.html) == ("safety", "Stop", "<p>Non.</p>")


def test_a_quiz_becomes_its_definition_with_ids_that_hang_on_its_blocks():
    asked = question("single", choices=choices(True, False)) | {"id": str(uuid.uuid4())}
    page, lesson = lesson_outline(
        quiz(
            asked,
            question("number", accepted="1 200,5", tolerance="0,5"),
            question("short", accepted="Câble\nle câble"),
            question("true_false", answer="false"),
            pass_percent=80,
        )
    )

    (activity,) = lesson.activities()
    definition = QuizDefinition.from_dict(activity.definition)
    single, number, short, true_false = definition.questions
    block_id = page.body.raw_data[0]["id"]
    assert activity.id == uuid.uuid5(page.learning_id, block_id)
    assert single.id == uuid.uuid5(activity.id, asked["id"])
    assert [choice.right for choice in single.choices] == [True, False]
    assert single.text == "Pourquoi ?"
    assert (number.accepted, number.tolerance) == (("1200.5",), "0.5")
    assert short.accepted == ("Câble", "le câble")
    assert [(c.id, c.right) for c in true_false.choices] == [("true", False), ("false", True)]
    assert definition.pass_percent == 80


def test_a_practical_becomes_its_checklist():
    items = [{"text": "Débranche", "safety": True, "skill": "m1.a"}, {"text": "Range"}]
    _page, lesson = lesson_outline(
        authors.block("practical", {"title": "Ouvrir", "items": items, "instructions": ""})
    )

    (activity,) = lesson.activities()
    checklist = PracticalDefinition.from_dict(activity.definition)
    assert [(i.text, i.safety, i.skill) for i in checklist.items] == [
        ("Débranche", True, "m1.a"),
        ("Range", False, ""),
    ]


def test_a_link_to_a_page_leads_to_the_learners_page():
    course = authors.course_page()
    module = authors.module_page(course)
    second = authors.lesson_page(module, title="Deux")
    hidden = authors.lesson_page(module, title="Caché", live=False)
    authors.lesson_page(
        module,
        title="Trois",
        body=[
            authors.text(
                f'<p><a linktype="page" id="{second.pk}">Deux</a> '
                f'<a id="{hidden.pk}" linktype="page">Caché</a> '
                '<a href="https://exemple.org/">dehors</a></p>'
            )
        ],
    )

    lesson = list(outline_from_page(course).lessons())[1]

    assert lesson.blocks[0].html == (
        '<p><a href="/cours/maintenance/1.1/" rel="noopener">Deux</a> '
        '<a rel="noopener">Caché</a> '
        '<a href="https://exemple.org/" rel="noopener">dehors</a></p>'
    )


def test_editing_a_block_keeps_its_identity_and_copying_the_page_makes_another():
    page, lesson = lesson_outline(quiz(question("true_false", answer="true")))
    copy = page.copy(update_attrs={"slug": "copie", "title": "Copie"})
    page.body[0].value["title"] = "Autre titre"
    page.save()

    course = page.get_parent().get_parent().specific
    edited, copied = outline_from_page(course).lessons()

    (before,), (after,), (other,) = lesson.activities(), edited.activities(), copied.activities()
    assert before.id == after.id != other.id
    assert after.title == "Autre titre"
    assert copied.id == copy.learning_id

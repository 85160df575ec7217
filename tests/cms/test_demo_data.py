"""The files of the demo course say everything the importer and the learner need."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courses.html import clean_html

DEMO = Path(__file__).parents[2] / "cms" / "demo"
COURSE = tomllib.loads((DEMO / "maintenance" / "course.toml").read_text(encoding="utf-8"))
FILES = sorted((DEMO / "maintenance").glob("module-*.toml"))
MODULES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES]
EXERCISES = [
    json.loads(path.read_text(encoding="utf-8"))
    for pattern in ("*/content/content.json", "*/language/fr.json")
    for path in (DEMO / "h5p").glob(pattern)
]

IMAGE_LIMIT = 40 * 1024  # bytes
TONES = {"note", "tip", "example", "safety"}
RICH_TEXT_TAGS = {"p", "ul", "ol", "li", "b", "i", "a", "h3", "hr", "code"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ACTIVITIES = {"quiz", "practical", "h5p"}

each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module["key"])


def blocks(module: dict[str, Any], *types: str) -> Iterator[dict[str, Any]]:
    for lesson in module["lessons"]:
        yield from (block for block in lesson["blocks"] if block["type"] in types)


def questions(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for quiz in blocks(module, "quiz"):
        yield from quiz["questions"]


def reading_lessons(module: dict[str, Any]) -> list[dict[str, Any]]:
    return [lesson for lesson in module["lessons"] if lesson["key"] not in {"quiz", "pratique"}]


def word_count(lesson: dict[str, Any]) -> int:
    """Words a learner reads: headings, texts and callouts, not what activities say."""
    told = " ".join(
        block.get(field, "")
        for block in lesson["blocks"]
        if block["type"] in {"heading", "text", "callout"}
        for field in ("text", "title", "html")
    )
    return len([word for word in re.sub(r"<[^>]+>", " ", told).split() if re.search(r"\w", word)])


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def repeated(keys: list[str]) -> set[str]:
    return {key for key in keys if keys.count(key) > 1}


def test_the_course_has_six_modules_of_fifteen_hours_in_all():
    minutes = sum(module["minutes"] for module in MODULES)

    assert [path.name for path in FILES] == [f"module-{n}.toml" for n in range(1, 7)]
    assert minutes == COURSE["minutes"] == 900


def test_the_course_says_what_it_is():
    assert COURSE["slug"] == "maintenance"
    assert COURSE["language"] == "fr"
    assert all(COURSE[field] for field in ("title", "theme", "summary", "prerequisites"))
    assert len(COURSE["objectives"]) >= 3


def test_module_keys_are_unique():
    assert repeated([module["key"] for module in MODULES]) == set()


@each_module
def test_keys_are_slugs_unique_where_they_must_be(module):
    lesson_keys = [lesson["key"] for lesson in module["lessons"]]
    question_keys = [question["key"] for question in questions(module)]
    item_keys = [item["key"] for block in blocks(module, "practical") for item in block["items"]]
    activity_keys = [block["key"] for block in blocks(module, *ACTIVITIES)]

    for keys in (lesson_keys, question_keys, item_keys, activity_keys):
        assert repeated(keys) == set()
        assert [key for key in keys if not SLUG.fullmatch(key)] == []


@each_module
def test_every_module_ends_with_its_quiz_and_its_practical(module):
    *reading, quiz, practical = module["lessons"]
    minutes = sum(lesson["minutes"] for lesson in module["lessons"])

    assert module["objective"]
    assert module["minutes"] == minutes
    assert len(reading) in {4, 5}
    assert [block["type"] for block in quiz["blocks"]] == ["quiz"]
    assert [block["type"] for block in practical["blocks"]] == ["practical"]
    assert (quiz["key"], practical["key"]) == ("quiz", "pratique")


@each_module
def test_reading_lessons_are_short_and_hold_a_callout(module):
    for lesson in reading_lessons(module):
        tones = {block["tone"] for block in lesson["blocks"] if block["type"] == "callout"}

        assert 120 <= word_count(lesson) <= 350, lesson["key"]
        assert 8 <= lesson["minutes"] <= 15, lesson["key"]
        assert tones, lesson["key"]
        assert tones <= TONES, lesson["key"]


@each_module
def test_texts_are_already_as_clean_as_a_lesson_wants_them(module):
    for text in strings(module):
        cleaned = clean_html(text).replace("&nbsp;", "\N{NO-BREAK SPACE}")

        assert cleaned == text.strip()
        assert set(re.findall(r"</?(\w+)", text)) <= RICH_TEXT_TAGS


@pytest.mark.parametrize("words", [COURSE, *MODULES, *EXERCISES])
def test_french_punctuation_is_never_left_alone_on_a_line(words):
    # A colon before a letter opens a placeholder of an exercise.
    told = [text for text in strings(words) if re.search(r" [?!;»%]| :(?!\w)|« ", text)]

    assert told == []


@each_module
def test_every_image_has_its_drawing_its_picture_and_its_words(module):
    for image in blocks(module, "image"):
        drawing = DEMO / "drawings" / f"{image['drawing']}.svg"

        assert drawing.is_file(), image["drawing"]
        assert 0 < drawing.with_suffix(".webp").stat().st_size <= IMAGE_LIMIT, image["drawing"]
        assert image.get("alt") or image.get("decorative") is True, image["drawing"]


def test_every_drawing_is_shown_in_a_lesson():
    shown = {image["drawing"] for module in MODULES for image in blocks(module, "image")}

    assert {path.stem for path in (DEMO / "drawings").glob("*.svg")} == shown
    assert {path.stem for path in (DEMO / "drawings").glob("*.webp")} == shown


@each_module
def test_every_quiz_has_five_to_seven_questions(module):
    assert 5 <= len(list(questions(module))) <= 7


@each_module
def test_every_question_has_a_right_answer_and_says_why(module):
    for question in questions(module):
        match question["kind"]:
            case "single" | "multiple":
                right = [choice for choice in question["choices"] if choice["right"]]
                wanted = len(right) == 1 if question["kind"] == "single" else len(right) >= 2
                assert wanted, question["key"]
                assert len(question["choices"]) > len(right), question["key"]
                assert all(choice["feedback"] for choice in question["choices"]), question["key"]
            case "true_false":
                assert isinstance(question["answer"], bool), question["key"]
                assert question["feedback_right"], question["key"]
                assert question["feedback_wrong"], question["key"]
            case "short" | "number":
                assert question["accepted"], question["key"]
                assert all(isinstance(text, str) for text in question["accepted"])
                assert question["feedback_right"], question["key"]
                assert question["feedback_wrong"], question["key"]
            case kind:
                pytest.fail(f"{question['key']} is of the unknown kind {kind}")


def test_every_kind_of_question_is_met_in_the_course():
    kinds = {question["kind"] for module in MODULES for question in questions(module)}

    assert kinds == {"single", "multiple", "true_false", "short", "number"}


@each_module
def test_every_practical_has_items_and_at_least_one_of_safety(module):
    (practical,) = blocks(module, "practical")

    assert practical["instructions_html"]
    assert len(practical["items"]) >= 3
    assert any(item["safety"] for item in practical["items"])
    assert all(item["text"] and item["skill"] for item in practical["items"])


def test_the_one_h5p_activity_is_in_the_first_module():
    found = [
        (module["key"], block["package"]) for module in MODULES for block in blocks(module, "h5p")
    ]

    assert found == [("securite", "ordre-securite")]

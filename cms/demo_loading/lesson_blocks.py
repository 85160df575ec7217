"""A block of a course file (TOML) as a StreamField keeps it. For a centre only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.demo_loading.identity import demo_id
from cms.demo_loading.media import ensure_drawing, ensure_exercise, exercise_in_words

Document = Mapping[str, Any]  # one table of the file


def stream_of(
    lesson_key: str, blocks: list[Document], *, course_title: str
) -> list[dict[str, Any]]:
    """All blocks of a lesson; ``lesson_key`` is unique in the demo, as "maintenance/…/…"."""
    stream = []
    for position, block in enumerate(blocks):
        key = f"{lesson_key}/{block.get('key', position)}"
        value = _VALUES[block["type"]](block, key, course_title)
        stream.append({"type": block["type"], "value": value, "id": str(demo_id("block", key))})
    return stream


def _heading(block: Document, _key: str, _course: str) -> Any:
    return {"text": block["text"], "level": str(block.get("level", 2))}


def _text(block: Document, _key: str, _course: str) -> Any:
    return block["html"].strip()


def _callout(block: Document, _key: str, _course: str) -> Any:
    return {"tone": block["tone"], "title": block.get("title", ""), "text": block["html"].strip()}


def _image(block: Document, _key: str, course: str) -> Any:
    image = ensure_drawing(block["drawing"], title=course)
    return {
        "image": {"image": image.pk, "alt_text": block["alt"], "decorative": not block["alt"]},
        "caption": block.get("caption", ""),
    }


def _h5p(block: Document, _key: str, _course: str) -> Any:
    words = block.get("text_equivalent_html") or exercise_in_words(block["package"])
    return {
        "package": ensure_exercise(block["package"]).pk,
        "title": block.get("title", ""),
        "text_equivalent": words,
        "completion": "",
        "pass_percent": block.get("pass_percent", 70),
    }


def _practical(block: Document, key: str, _course: str) -> Any:
    return {
        "title": block["title"],
        "instructions": block.get("instructions_html", "").strip(),
        "items": _items(
            key,
            block["items"],
            lambda item: {
                "text": item["text"],
                "safety": item["safety"],
                "skill": item.get("skill", ""),
            },
        ),
        "pasted": "",
    }


def _quiz(block: Document, key: str, _course: str) -> Any:
    questions = [
        {
            "type": question["kind"],
            "value": _question(question, f"{key}/{question['key']}"),
            "id": str(demo_id("question", key, question["key"])),
        }
        for question in block["questions"]
    ]
    return {
        "title": block["title"],
        "instructions": block.get("instructions_html", "").strip(),
        "pass_percent": block.get("pass_percent", 70),
        "questions": questions,
    }


def _question(question: Document, key: str) -> dict[str, Any]:
    shared = {
        "text": f"<p>{question['text']}</p>",
        "feedback_right": question.get("feedback_right", ""),
        "feedback_wrong": question.get("feedback_wrong", ""),
        "explanation": question.get("explanation", ""),
    }
    return shared | _ANSWERS[question["kind"]](question, key)


def _choices(question: Document, key: str) -> dict[str, Any]:
    return {
        "choices": _items(
            key,
            question["choices"],
            lambda choice: {
                "text": choice["text"],
                "right": choice["right"],
                "feedback": choice.get("feedback", ""),
            },
        )
    }


def _items(key: str, documents: list[Document], value_of: Any) -> list[dict[str, Any]]:
    """A list whose items keep their ids: by key where there is one, else by place."""
    return [
        {
            "type": "item",
            "value": value_of(document),
            "id": str(demo_id("item", key, str(document.get("key", position)))),
        }
        for position, document in enumerate(documents)
    ]


_VALUES = {
    "heading": _heading,
    "text": _text,
    "callout": _callout,
    "image": _image,
    "h5p": _h5p,
    "practical": _practical,
    "quiz": _quiz,
}
_ANSWERS = {
    "single": _choices,
    "multiple": _choices,
    "true_false": lambda question, _key: {"answer": "true" if question["answer"] else "false"},
    "short": lambda question, _key: {"accepted": "\n".join(question["accepted"])},
    "number": lambda question, _key: {
        "accepted": question["accepted"][0],
        "tolerance": question.get("tolerance", "0"),
    },
}

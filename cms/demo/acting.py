"""What people do in the demo, over HTTP as their browser would, in a telecentre's pages."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from cms.demo.visitor import Page, VisitError, Visitor, find_form, read_page

MODULE = Path(__file__).parent / "maintenance" / "module-1.toml"
COURSE = "/cours/maintenance/"


def sign_in_with_pin(visitor: Visitor, *, group: str, name: str, pin: str) -> Page:
    """Group, name, PIN: three taps and four digits."""
    page = visitor.follow(visitor.open("/entrer/"), group)
    return visitor.send(visitor.follow(page, name), having="pin", pin=pin)


def sign_in_with_password(visitor: Visitor, *, username: str, password: str) -> Page:
    page = visitor.open("/entrer/mot-de-passe/")
    return visitor.send(page, having="password", username=username, password=password)


class Module:
    """Module 1 of the demo course, as a learner goes through it."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.lessons: list[dict[str, Any]] = tomllib.loads(MODULE.read_text())["lessons"]

    def begin(self) -> None:
        """Follow the course: the button on its page."""
        self.visitor.submit(self.visitor.open(COURSE), COURSE)

    def read_lessons(self) -> int:
        """Say of each lesson that it is read; gives how many."""
        for number in range(1, len(self.lessons) + 1):
            address = f"{COURSE}1.{number}/"
            self.visitor.submit(self.visitor.open(address), address)
        return len(self.lessons)

    def play_exercise(self) -> None:
        """Send what the exercise's player sends when everything is in order."""
        lesson = self._open_lesson_with("h5p")
        address = _address(lesson, r"h5p/[0-9a-f-]{36}/faits/")
        self.visitor.post_json(lesson, address, {"statement": _perfect_result()})

    def take_quiz(self) -> str:
        """Answer every question rightly; gives the words on the last screen."""
        block = self.block("quiz")
        page = self.visitor.open(_address(self._open_lesson_with("quiz"), r"quiz/[0-9a-f-]{36}/"))
        page = self.visitor.submit(page, urlsplit(page.address).path)
        for _question in block["questions"]:
            page = self.visitor.send(page, having="answer", answer=_right_answer(page, block))
            page = self.visitor.open(_address(page, r"quiz/[0-9a-f-]{36}/(question/)?(?=\")"))
        return page.text

    def ask_to_be_observed(self) -> None:
        lesson = self._open_lesson_with("practical")
        page = self.visitor.open(_address(lesson, r"pratique/[0-9a-f-]{36}/"))
        self.visitor.submit(page, urlsplit(page.address).path)

    def right_answer_on(self, html: str) -> list[str]:
        """The right values of the form on a question's page."""
        answer = _right_answer(read_page("", html), self.block("quiz"))
        return [answer] if isinstance(answer, str) else answer

    def block(self, kind: str) -> dict[str, Any]:
        """The first block of that kind, as it stands in the data file."""
        return next(b for lesson in self.lessons for b in lesson["blocks"] if b["type"] == kind)

    def _open_lesson_with(self, kind: str) -> Page:
        for number, lesson in enumerate(self.lessons, start=1):
            if any(block["type"] == kind for block in lesson["blocks"]):
                return self.visitor.open(f"{COURSE}1.{number}/")
        raise VisitError(f"module 1 has no {kind}")


def mark_practical(visitor: Visitor, *, learner: str) -> Page:
    """The manager saw every item done alone."""
    page = visitor.follow(visitor.open("/centre/pratiques/"), learner)
    filled: dict[str, str | list[str]] = {
        name: "alone"
        for form in page.forms
        for name, values in form.choices.items()
        if "alone" in values
    }
    return visitor.send(page, having=next(iter(filled)), **filled)


def _right_answer(page: Page, block: dict[str, Any]) -> str | list[str]:
    question = next(q for q in block["questions"] if _bare(q["text"]) in _bare(page.text))
    if "accepted" in question:
        return str(question["accepted"][0])
    offered = find_form(page, "answer").choices["answer"]
    if "answer" in question:
        return "true" if question["answer"] else "false"
    right = {_bare(choice["text"]) for choice in question["choices"] if choice.get("right")}
    return [value for value in offered if _bare(page.labels["answer", value]) in right]


def _address(page: Page, pattern: str) -> str:
    found = re.search(rf'"(/[^"]*{pattern})', unescape(page.html))
    if found is None:
        raise VisitError(f"nothing like {pattern} on {page.address}")
    return found[1]


def _bare(text: str) -> str:
    return "".join(re.sub(r"<[^>]+>", "", unescape(text)).split())


def _perfect_result() -> dict[str, Any]:
    score = {"min": 0, "max": 6, "raw": 6, "scaled": 1}
    return {
        "id": str(uuid4()),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "urn:yelen:demo", "objectType": "Activity"},
        "result": {"score": score, "completion": True, "success": True, "duration": "PT42S"},
    }

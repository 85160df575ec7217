"""The line between a telecentre and the centre: real signed bytes, and all that befalls them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from io import BytesIO

from django.test import Client

from tests.machine.places import Killed, Place

KEPT = 12  # requests and answers of the past


@dataclass(frozen=True, slots=True)
class Weather:
    """What befalls the ``after``-th request of an exchange, and those that follow."""

    kind: str = "fair"
    after: int = 0
    query: int = 0  # of the centre's, at which it is switched off
    pick: int = 0  # which one of the past


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


@dataclass
class Line:
    centre: Place
    weather: Weather = field(default_factory=Weather)
    requests: list[Request] = field(default_factory=list)  # of the past
    answers: list[Answer] = field(default_factory=list)
    count: int = 0  # of the exchange under way

    def is_new(self, centre: Place) -> None:
        """Nothing has ever gone over it."""
        self.centre, self.requests, self.answers = centre, [], []

    def begin(self, weather: Weather) -> None:
        self.weather, self.count = weather, 0

    def carry(self, request: Request) -> Answer:
        """There and back, or part of the way."""
        bad = self.weather if self.count >= self.weather.after else Weather()
        self.count += 1
        if bad.kind == "lost_request":
            raise TimeoutError
        if bad.kind == "old_answer" and self.answers:
            return self.answers[bad.pick % len(self.answers)]
        if bad.kind == "twice":
            self.deliver(request)
        answer = self.deliver(request, query=bad.query if bad.kind == "centre_dies" else 0)
        if bad.kind == "lost_answer":
            raise TimeoutError
        if bad.kind == "killed":
            raise Killed("before the answer came")
        return answer

    def deliver(self, request: Request, *, query: int = 0) -> Answer:
        """To the centre, as its web server hands it over; raises ``TimeoutError`` if it dies."""
        self.requests = [*self.requests, request][-KEPT:]
        try:
            with self.centre.at_work(), self.centre.dying_at(query):
                answer = _ask(request)
        except Killed as death:
            raise TimeoutError from death
        self.answers = [*self.answers, answer][-KEPT:]
        return answer


def _ask(request: Request) -> Answer:
    headers = dict(request.headers)
    response = Client().generic(
        "POST",
        request.path,
        request.body,
        content_type=headers.pop("Content-Type"),
        headers=headers,
    )
    return Answer(response.status_code, tuple(response.items()), response.content)


class Wire:
    """Stands where an ``HTTPConnection`` would."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.asked: Request | None = None

    def request(self, _method: str, path: str, *, body: bytes, headers: dict[str, str]) -> None:
        self.asked = Request(path, body, tuple(headers.items()))

    def getresponse(self) -> Reply:
        assert self.asked
        return Reply(self.line.carry(replace(self.asked)))

    def close(self) -> None:
        self.asked = None


class Reply:
    def __init__(self, answer: Answer) -> None:
        self.status, self._headers = answer.status, list(answer.headers)
        self._body = BytesIO(answer.body)

    def read(self, size: int) -> bytes:
        return self._body.read(size)

    def getheaders(self) -> list[tuple[str, str]]:
        return self._headers

"""What a page costs: bytes and requests for a phone that comes for the first time, and queries."""

from __future__ import annotations

import gzip
import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from statistics import median_low
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from bench.fixtures import DEMO_COURSE, demo
from bench.instances import inside, served, twin
from bench.measuring import BenchError, Family, Run, Value, say

_IN_STYLE = re.compile(rb"""(?:url\(\s*|@import\s+)['"]?([^'")\s]+)""")
_IN_SCRIPT = re.compile(rb"""^\s*(?:import|export)\b[^'"]*['"]([^'"]+)['"]""", re.MULTILINE)
_LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}


@dataclass(frozen=True, slots=True)
class Weight:
    bytes: int
    requests: int


@dataclass(frozen=True, slots=True)
class Answer:
    address: str
    media_type: str
    body: bytes  # expanded
    wire: int  # bytes as they came, status line and headers included


def measure(run: Run) -> Iterator[Value]:
    telecentre = twin(demo(run).telecentre, run.fresh("visited"))
    with served(telecentre) as server:
        home, course, *lessons = addresses(server.address)
        sign_in = urljoin(home, "/entrer/")
        for name, address in (("catalogue", home), ("course_page", course), ("sign_in", sign_in)):
            weight = weigh(address)
            say(f"  {name}: {weight.bytes} bytes, {weight.requests} requests")
            yield f"{name}_bytes", weight.bytes
            yield f"{name}_requests", weight.requests
        weights = sorted((weigh(address) for address in lessons), key=lambda found: found.bytes)
    say("  lessons: " + "  ".join(str(found.bytes) for found in weights))
    yield "lesson_page_bytes", median_low(found.bytes for found in weights)
    yield "lesson_page_requests", median_low(found.requests for found in weights)
    yield "lesson_page_most_bytes", weights[-1].bytes
    found = inside(telecentre, "bench.querying:count")
    for name in ("lesson_queries", "lesson_cpu_ms", "answer_queries", "answer_cpu_ms"):
        yield name, found[name]


def addresses(server: str) -> list[str]:
    """The catalogue, the demo course, and each of its lessons."""
    course = urljoin(server, f"/cours/{DEMO_COURSE}/")
    found = _links(_get(course), "a")
    lessons = [link for link in found if re.search(r"/cours/[^/]+/\d+\.\d+/$", link)]
    if not lessons:
        raise BenchError(f"no lesson is linked from {course}")
    return [urljoin(server, "/"), course, *dict.fromkeys(lessons)]


def weigh(address: str) -> Weight:
    """The page with all it brings along; each file once, pictures further down included."""
    seen: set[str] = set()
    waiting, total = [address], 0
    while waiting:
        answer = _get(waiting.pop())
        seen.add(answer.address)
        total += answer.wire
        found = {urldefrag(link).url for link in _brings(answer)}
        waiting = list(dict.fromkeys([*waiting, *sorted(found - seen)]))
    return Weight(total, len(seen))


def _brings(answer: Answer) -> list[str]:
    if answer.media_type == "text/html":
        return _links(answer, "resources")
    pattern = {"text/css": _IN_STYLE, "text/javascript": _IN_SCRIPT}.get(answer.media_type)
    found = pattern.findall(answer.body) if pattern else []
    links = [urljoin(answer.address, link.decode()) for link in found]
    return [link for link in links if link.startswith("http")]


def _links(answer: Answer, kind: str) -> list[str]:
    reader = _Reader()
    reader.feed(answer.body.decode())
    found = reader.links if kind == "a" else reader.resources
    links = [urljoin(answer.address, link) for link in found]
    return [link for link in links if link.startswith("http")]


class _Reader(HTMLParser):
    """Finds what a browser would fetch by itself, and where a person could go."""

    def __init__(self) -> None:
        super().__init__()
        self.resources: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "link" and _LOADED & set(given.get("rel", "").split()):
            self.resources.append(given["href"])
        elif tag in ("img", "script", "iframe", "embed") and given.get("src"):
            self.resources.append(given["src"])
        elif tag in ("audio", "video"):
            self._note_media(given)
        elif tag in ("use", "image") and given.get("href"):
            self.resources.append(given["href"])

    def _note_media(self, given: dict[str, Any]) -> None:
        if given.get("poster"):
            self.resources.append(given["poster"])
        if given.get("src") and given.get("preload") != "none":
            self.resources.append(given["src"])


def _get(address: str) -> Answer:
    """One request as a browser makes it: compressed where the server offers to."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "fr"}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise BenchError(f"{address} answered {response.status}")
    head = sum(len(f"{name}: {value}\r\n") for name, value in response.getheaders())
    status = len(f"HTTP/1.1 {response.status} {response.reason}\r\n\r\n")
    return Answer(
        address=address,
        media_type=response.headers.get_content_type(),
        body=_expanded(raw, response.headers.get("Content-Encoding", "")),
        wire=status + head + len(raw),
    )


def _expanded(raw: bytes, encoding: str) -> bytes:
    return gzip.decompress(raw) if encoding == "gzip" else raw


FAMILY = Family(
    names=(
        *("catalogue_bytes", "catalogue_requests", "course_page_bytes", "course_page_requests"),
        *("sign_in_bytes", "sign_in_requests", "lesson_page_bytes", "lesson_page_requests"),
        *("lesson_page_most_bytes", "lesson_queries", "lesson_cpu_ms"),
        *("answer_queries", "answer_cpu_ms"),
    ),
    measure=measure,
)

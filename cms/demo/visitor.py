"""Somebody without JavaScript: follows links and fills in forms over HTTP, as the demo needs."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


class VisitError(Exception):
    """A page, link or form is not where it should be."""


@dataclass
class Form:
    """A form as found on a page; ``choices`` are the values offered for radios and checkboxes."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)  # name, value


@dataclass
class Page:
    address: str
    text: str
    html: str
    links: list[tuple[str, str]]  # text, address
    forms: list[Form]
    labels: dict[tuple[str, str], str]  # (name, value) of a radio or checkbox -> its words


class Visitor:
    """A browser's cookies and little else."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def open(self, address: str, data: dict[str, str | list[str]] | None = None) -> Page:
        """Get a page, or post ``data`` to it; raises ``VisitError`` with the page's own words."""
        address = urllib.parse.urljoin(self.address, address)
        body = urllib.parse.urlencode(data, doseq=True).encode() if data is not None else None
        request = urllib.request.Request(address, body, {"Referer": address})  # noqa: S310
        try:
            with self._opener.open(request, timeout=60) as answer:
                return read_page(answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            words = read_page(address, error.read().decode(errors="replace")).text
            raise VisitError(f"{address} answered {error.code}: {words[:300]}") from error

    def post_json(self, page: Page, address: str, document: dict[str, Any]) -> None:
        """Post JSON as a script of ``page`` would; raises ``VisitError``."""
        token = next((c.value for c in self._cookies if c.name.endswith("csrftoken")), None) or ""
        request = urllib.request.Request(  # noqa: S310
            urllib.parse.urljoin(self.address, address),
            json.dumps(document).encode(),
            {"Content-Type": "application/json", "X-CSRFToken": token, "Referer": page.address},
        )
        try:
            self._opener.open(request, timeout=60).close()
        except urllib.error.HTTPError as error:
            words = error.read().decode(errors="replace")[:300]
            raise VisitError(f"{address} answered {error.code}: {words}") from error

    def follow(self, page: Page, text: str) -> Page:
        """Follow the first link whose words contain ``text``."""
        for words, address in page.links:
            if text in words:
                return self.open(urllib.parse.urljoin(page.address, address))
        raise VisitError(f"no link “{text}” on {page.address}")

    def send(self, page: Page, *, having: str, **filled: str | list[str]) -> Page:
        """Send the first form that has a field or button called ``having``."""
        form = find_form(page, having)
        buttons = {name: value for name, value in form.buttons[:1] if name}
        data: dict[str, str | list[str]] = {**form.fields, **buttons, **filled}
        return self.open(urllib.parse.urljoin(page.address, form.action), data)

    def submit(self, page: Page, path: str) -> Page:
        """Send the first form that posts to ``path``, as it stands."""
        for form in page.forms:
            address = urllib.parse.urljoin(page.address, form.action)
            if form.method == "post" and urllib.parse.urlsplit(address).path == path:
                buttons = {name: value for name, value in form.buttons[:1] if name}
                return self.open(address, {**form.fields, **buttons})
        raise VisitError(f"no form for “{path}” on {page.address}")


def find_form(page: Page, having: str) -> Form:
    for form in page.forms:
        names = {*form.fields, *form.choices, *(name for name, _value in form.buttons)}
        if having in names:
            return form
    raise VisitError(f"no form with “{having}” on {page.address}")


def read_page(address: str, html: str) -> Page:
    """What a person finds on a page: words, links, forms."""
    reader = _Reader()
    reader.feed(html)
    return Page(
        address=address,
        text=" ".join(" ".join(reader.words).split()),
        html=html,
        links=reader.links,
        forms=reader.forms,
        labels=reader.labels,
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.labels: dict[tuple[str, str], str] = {}
        self._form: Form | None = None
        self._link: str | None = None
        self._since = 0
        self._label: tuple[str, str] | None = None
        self._label_since: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._link, self._since = given.get("href", ""), len(self.words)
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "label":
            self._label, self._label_since = None, len(self.words)
        elif tag in ("input", "button", "select", "textarea") and self._form is not None:
            self._note_control(tag, given)

    def _note_control(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None  # noqa: S101 - the caller looked
        name, value = given.get("name", ""), given.get("value", "")
        kind = given.get("type", "submit" if tag == "button" else "text")
        if kind in ("submit", "button", "image"):
            self._form.buttons.append((name, value))
        elif kind in ("radio", "checkbox"):
            self._form.choices.setdefault(name, []).append(value)
            self._label = (name, value)
            if "checked" in given:
                self._form.fields[name] = value
        elif name:
            self._form.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            self.links.append((self._said(self._since), self._link))
            self._link = None
        elif tag == "form":
            self._form = None
        elif tag == "label" and self._label and self._label_since is not None:
            self.labels[self._label] = self._said(self._label_since)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def _said(self, since: int) -> str:
        return " ".join(" ".join(self.words[since:]).split())

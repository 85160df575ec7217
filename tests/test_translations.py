"""French and Arabic stay complete, and no template speaks outside the catalogues.

The strings of the source are gathered by Django's ``makemessages`` on a copy of each app, so
the tree is left as it is. A failure lists the strings; `make messages` brings them into the
``.po`` files, where they wait for a translator.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("courses", "lms", "offline_pack", "cms")
LANGUAGES = ("fr", "ar")
PLURALS = {"fr": 2, "ar": 6}
TEMPLATES = sorted(path for app in APPS for path in (ROOT / app).rglob("templates/**/*.html"))

NAMES = {"Yelen"}  # the same in every language
SPOKEN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "placeholder", "title"}
WORD = re.compile(r"[^\W\d_]+")
TEMPLATE_PARTS = re.compile(
    r"{%\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL
)

# French keeps these signs on the line of their word: each needs its no-break space, U+00A0.
BREAKABLE = re.compile(
    r"(?<!\u00a0)[;?!»]"
    r"|«(?!\u00a0)"
    r"|(?:^|\s)(?<!\u00a0):"  # not in 10:30, nor in an address
    r"|(?<![\u00a0(%])%(?!\()"  # a sign, and not a placeholder
)

each_app = pytest.mark.parametrize("app", APPS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def gettext() -> None:
    """Fail with the remedy where GNU gettext is missing: a skip would hide untold strings."""
    missing = [name for name in ("xgettext", "msgmerge", "msgfmt") if not shutil.which(name)]
    if missing:
        pytest.fail(
            f"{', '.join(missing)} not found. Install GNU gettext"
            " (Debian: sudo apt install gettext), then run this test again."
        )


def catalogue_path(app: str, language: str) -> Path:
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(app: str, language: str) -> Catalog:
    with catalogue_path(app, language).open("rb") as po:
        return read_po(po, locale=language)


@cache
def gathered(app: str) -> Catalog:
    """Every translatable string in the source of ``app``, as `make messages` would find it."""
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / app
        unread = shutil.ignore_patterns("locale", "static", "__pycache__")
        shutil.copytree(ROOT / app, copy, ignore=unread)
        (copy / "locale").mkdir()
        run = subprocess.run(
            # -P: the app's own modules must not stand before those of Python.
            [sys.executable, "-P", "-m", "django", "makemessages", "--locale", "fr"],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        with (copy / "locale" / "fr" / "LC_MESSAGES" / "django.po").open("rb") as po:
            return read_po(po)


def translations(message: Message) -> tuple[str, ...]:
    """All plural forms, or the one translation."""
    held = message.string
    return tuple(held) if isinstance(held, (tuple, list)) else (held,)


def fault(message: Message, *, among: Catalog) -> str | None:
    """What is wrong with the translation of a gathered string, if anything."""
    held = among.get(message.id, message.context)
    if held is None:
        return "missing"
    if held.fuzzy:
        return "fuzzy"
    return None if all(translations(held)) else "untranslated"


@each_app
@each_language
def test_every_string_is_translated(app: str, language: str, gettext: None) -> None:
    known = catalogue(app, language)

    faults = [
        f"{wrong}: {message.id!r}"
        for message in gathered(app)
        if message.id and (wrong := fault(message, among=known))
    ]

    assert faults == []


@each_app
@each_language
def test_every_translation_keeps_its_placeholders(app: str, language: str, gettext: None) -> None:
    known = catalogue(app, language)

    checked = subprocess.run(
        ["msgfmt", "--check", "--output-file", os.devnull, str(catalogue_path(app, language))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert known.num_plurals == PLURALS[language]
    # `make setup` compiles with Babel: it must follow as well.
    assert [(message.id, errors) for message, errors in known.check()] == []


@each_language
def test_one_string_has_one_translation(language: str) -> None:
    told: dict[tuple[str | None, str], set[str]] = {}
    for app in APPS:
        for message in catalogue(app, language):
            if message.id:
                key = (message.context, str(message.id))
                told.setdefault(key, set()).add(str(message.string))

    # Django merges the catalogues of all apps: the first app would speak for the others.
    assert {key: forms for key, forms in told.items() if len(forms) > 1} == {}


@each_app
def test_french_signs_are_never_left_alone_on_a_line(app: str) -> None:
    told = [
        form for message in catalogue(app, "fr") if message.id for form in translations(message)
    ]

    assert [form for form in told if BREAKABLE.search(form)] == []


@pytest.mark.parametrize(
    ("words", "breaks"),
    [
        ("Prêt ?", True),
        ("Prêt?", True),
        ("Prêt\u202f?", True),
        ("Prêt\u00a0?", False),
        ("Reste : %(count)s", True),
        ("Reste\u00a0: 10:30, http://%(host)s", False),
        ("« Oui\u00a0»", True),
        ("«\u00a0Oui\u00a0»", False),
        ("%(percent)s %%", True),
        ("%(percent)s%%", True),
        ("%(percent)s\u00a0%% sur %(total)s (%%)", False),
    ],
)
def test_the_search_for_a_breakable_sign_finds_it(words: str, *, breaks: bool) -> None:
    assert bool(BREAKABLE.search(words)) is breaks


class LiteralText(HTMLParser):
    """Gathers the words a page says by itself, tags and variables of Django left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def keep(self, text: str) -> None:
        if set(WORD.findall(text)) - NAMES:
            self.found.append(f"line {self.getpos()[0]}: {text.strip()}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES:
                self.keep(value or "")

    def handle_data(self, data: str) -> None:
        self.keep(data)


def literal_text(source: str) -> list[str]:
    """The words of a template outside translations and variables, with their lines."""
    reader = LiteralText()
    reader.feed(TEMPLATE_PARTS.sub(lambda part: "\n" * part.group().count("\n"), source))
    reader.close()
    return reader.found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    found = literal_text(path.read_text(encoding="utf-8"))

    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Bonjour</p>", ["line 1: Bonjour"]),
        ("<br>\n{% if one %}<p>{{ one }} lesson</p>{% endif %}", ["line 2: lesson"]),
        ('<img alt="A socket">', ["line 1: A socket"]),
        ("{% blocktranslate %}One\nlesson{% endblocktranslate %}\n<p>Two</p>", ["line 3: Two"]),
        ('<p title="{% translate "One" %}">{% translate "Two" %} – {# three #} Yelen</p>', []),
        ("{% comment %}{% if one %}four{% endif %}{% endcomment %} · 12", []),
    ],
)
def test_the_search_for_literal_text_finds_it(source: str, found: list[str]) -> None:
    assert literal_text(source) == found

"""The form of a notice: a title and a text in each language of the site, as plain fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import global_settings, settings
from django.forms.forms import DeclarativeFieldsMetaclass
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.notices import LONGEST_TEXT, LONGEST_TITLE


def languages() -> list[tuple[str, Any]]:
    """Those the site chose; a site that chose none has its own."""
    if list(settings.LANGUAGES) != list(global_settings.LANGUAGES):
        return list(settings.LANGUAGES)
    own = settings.LANGUAGE_CODE
    return [(own, dict(settings.LANGUAGES).get(own, own))]


def _fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for code, _name in languages():
        attrs = {"lang": code, "dir": "auto"}
        fields[f"title_{code}"] = forms.CharField(
            label=gettext_lazy("Title"),
            max_length=LONGEST_TITLE,
            required=False,
            widget=forms.TextInput(attrs),
        )
        fields[f"text_{code}"] = forms.CharField(
            label=gettext_lazy("Text"),
            max_length=LONGEST_TEXT,
            required=False,
            widget=forms.Textarea(attrs | {"rows": 4}),
        )
    return fields


class _Words:
    """Reads ``texts`` into the fields, and the fields into ``texts``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, words in self.instance.texts.items():  # type: ignore[attr-defined]
            self.initial |= {f"{name}_{code}": text for name, text in words.items()}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
        given = {
            code: {name: cleaned.get(f"{name}_{code}", "") for name in ("title", "text")}
            for code, _name in languages()
        }
        for code, words in given.items():
            if words["text"] and not words["title"]:
                self.add_error(f"title_{code}", _("Give it a title."))  # type: ignore[attr-defined]
        self.instance.texts = {code: words for code, words in given.items() if words["title"]}  # type: ignore[attr-defined]
        if not self.instance.texts:  # type: ignore[attr-defined]
            raise forms.ValidationError(_("Write it in one language at least."))
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("It would end before it begins."))  # type: ignore[attr-defined]
        return cleaned


NoticeWords: Any = DeclarativeFieldsMetaclass("NoticeWords", (_Words, forms.Form), _fields())

from __future__ import annotations

import pytest

from courses.html import clean_html, clean_inline


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Un <b>mot</b><br>et <i>un</i> autre</p>", None),
        ("<ul><li>Un</li></ul><ol><li>Deux</li></ol>", None),
        ('<p><span lang="mos">Ne y windga</span></p>', None),
        ("<h3>Titre</h3><h4>Petit</h4><hr><blockquote>Dit</blockquote>", None),
        ("<p>H<sub>2</sub>O, 10<sup>3</sup>, <code>ping</code></p>", None),
        ("<script>alert(1)</script><p>Oui</p>", "<p>Oui</p>"),
        ('<p onclick="x()" style="color:red">Oui</p>', "<p>Oui</p>"),
        ('<p><a href="javascript:x()">Oui</a></p>', '<p><a rel="noopener">Oui</a></p>'),
        ('<a href="/cours/x/">Là</a>', '<a href="/cours/x/" rel="noopener">Là</a>'),
        ("<h1>Grand</h1><div>Bloc</div>", "GrandBloc"),
        ('<img src="x" onerror="y()"><p>Oui</p>', "<p>Oui</p>"),
        ("<p> </p><p>Oui</p><p>&nbsp;</p>", "<p>Oui</p>"),
        ("<svg><style>x</style></svg><p>Oui</p>", "<p>Oui</p>"),
        ("", ""),
    ],
)
def test_clean_html_keeps_what_a_lesson_may_hold(written, kept):
    assert clean_html(written) == (written if kept is None else kept)


def test_cleaning_twice_changes_nothing():
    once = clean_html('<p>Un <a href="https://exemple.org">lien</a> & un <b>mot</b></p>')

    assert clean_html(once) == once


def test_clean_inline_turns_paragraphs_into_lines():
    assert clean_inline("<p>Un <b>mot</b></p><p>Deux</p><ul><li>x</li></ul>") == (
        "Un <b>mot</b><br>Deuxx"
    )

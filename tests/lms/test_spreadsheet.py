from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from lms.spreadsheet import cell_text, csv_lines


def test_a_file_begins_with_the_byte_order_mark_and_uses_semicolons():
    lines = list(csv_lines(["Nom", "Score"], [["Awa", Decimal("83.3")], ["Issa", None]]))

    assert lines == ["\ufeffNom;Score\r\n", "Awa;83,3\r\n", "Issa;\r\n"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (12, "12"),
        (-12, "-12"),
        (Decimal("0.50"), "0,50"),
        (Decimal("1E+2"), "100"),
        (date(2026, 2, 3), "03/02/2026"),
        (datetime(2026, 2, 3, 23, 30, tzinfo=UTC), "03/02/2026"),
        ("Aïcha Ouédraogo", "Aïcha Ouédraogo"),
        ("nul\0", "nul"),
    ],
)
def test_values_are_written_as_a_french_spreadsheet_reads_them(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", '=HYPERLINK("http://x")']
)
def test_what_looks_like_a_formula_gets_an_apostrophe(text):
    assert cell_text(text) == f"'{text}"


def test_separators_and_quotes_inside_a_text_survive():
    value = 'Groupe "A"; matin\nsoir'

    (line,) = list(csv_lines([value], []))

    assert next(csv.reader(StringIO(line.removeprefix("\ufeff")), delimiter=";")) == [value]

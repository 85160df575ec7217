"""Tables for a French spreadsheet: what a double click on the file opens rightly.

UTF-8 with a byte order mark, semicolons, CRLF, decimal commas, dates as dd/mm/yyyy. A text that a
spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from django.utils import timezone

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file, line by line; the first begins with the byte order mark."""
    yield BYTE_ORDER_MARK + _line(header)
    for row in rows:
        yield _line(row)


def _line(values: Iterable[Any]) -> str:
    target = StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow(map(cell_text, values))
    return target.getvalue()


def cell_text(value: Any) -> str:
    """One value as the spreadsheet should read it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.strftime("%d/%m/%Y")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _harmless(str(value))


def _harmless(text: str) -> str:
    clean = text.replace("\0", "")
    return f"'{clean}" if clean.lstrip(" ").startswith(FORMULA_STARTS) else clean

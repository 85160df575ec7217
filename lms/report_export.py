"""Reports as files: columns and their words for the CSV, plain keys for the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from lms.models.learner import Sex
from lms.reports import Cell, CompletionRow, LessonsTable, Row
from lms.spreadsheet import cell_text, csv_lines

HUNDRED = Decimal(100)


def completions_csv(rows: Iterable[CompletionRow], *, with_names: bool = True) -> Iterator[str]:
    header = [
        _("Learner number"),
        *([_("Name")] if with_names else []),
        _("Sex"),
        _("Year of birth"),
        _("Organisation"),
        _("Telecentre"),
        _("Region"),
        _("Enrolled on"),
        _("Lessons completed"),
        _("Lessons"),
        _("Practicals passed"),
        _("Practicals"),
        _("Score (%)"),
        _("Course completed on"),
        _("Last activity"),
        _("As of last sync"),
    ]
    return csv_lines(header, (_completion_values(row, with_names=with_names) for row in rows))


def completions_json(rows: Iterable[CompletionRow], *, with_names: bool = True) -> str:
    """A list with one object a learner; times in ISO 8601, the score from 0 to 1 or null."""
    documents = [
        {
            name: _json_value(value)
            for name, value in (asdict(row) | {"about": sorted(row.about)}).items()
            if with_names or name != "name"
        }
        for row in rows
    ]
    return json.dumps(documents, ensure_ascii=False, indent=2)


def lessons_csv(table: LessonsTable) -> Iterator[str]:
    """Two columns a lesson: where the learner stands, and the score."""
    header = [_("Name"), _("Telecentre")]
    for column in table.columns:
        header += [f"{column.number} {column.title}", f"{column.number} {_('Score (%)')}"]
    header += [_("Lessons completed"), _("Course completed on"), _("Last activity")]
    return csv_lines(header, (_lessons_values(table, place) for place in range(len(table.rows))))


def state_word(cell: Cell) -> str:
    if cell.is_complete:
        return _("Completed")
    return _("Read") if cell.is_seen else ""


def percent(scaled: Decimal | None) -> Decimal | None:
    """0.8333 as 83.3."""
    return None if scaled is None else (scaled * HUNDRED).quantize(Decimal("0.1"))


def _lessons_values(table: LessonsTable, place: int) -> list[Any]:
    row = table.rows[place]
    values: list[Any] = [row.name, row.telecentre]
    for cell in row.cells:
        values += [state_word(cell), percent(cell.scaled)]
    dates = [_date(row, "completed_at"), _date(row, "last_active_at")]
    return [*values, row.completed_lessons, *dates]


def _completion_values(row: CompletionRow, *, with_names: bool) -> list[Any]:
    return [
        row.learner_id,
        *([row.name] if with_names else []),
        Sex(row.sex).label if row.sex in Sex.values and row.sex else "",
        row.birth_year,
        row.organisation,
        row.telecentre,
        row.region,
        _date(row, "registered_at"),
        row.lessons_completed,
        row.lessons_total,
        row.practicals_passed,
        row.practicals_total,
        percent(row.score),
        _date(row, "completed_at"),
        _date(row, "last_active_at"),
        row.as_of,
    ]


def _date(row: CompletionRow | Row, name: str) -> Any:
    """A date; in words when it may be more than a day off."""
    at = getattr(row, name)
    if name not in row.about:
        return at
    return _("about %(day)s") % {"day": cell_text(at)}


def _json_value(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value

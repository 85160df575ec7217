from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from uuid import UUID

import pytest
from django.utils import translation

from courses.models import Course
from lms.report_export import completions_csv, completions_json, lessons_csv
from lms.reports import Cell, Column, CompletionRow, LessonsTable, Row

WHEN = datetime(2026, 2, 3, 10, tzinfo=UTC)
ROW = CompletionRow(
    learner_id=UUID(int=7),
    name="=cmd|' /C calc'!A0",
    sex="f",
    birth_year=1999,
    organisation="Wend-Panga",
    telecentre="Baobab",
    region="Centre",
    registered_at=WHEN,
    lessons_completed=3,
    lessons_total=4,
    practicals_passed=1,
    practicals_total=1,
    score=Decimal("0.83"),
    completed_at=None,
    last_active_at=WHEN,
    as_of=WHEN,
)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read(lines):
    text = "".join(lines).removeprefix("\ufeff")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def test_a_learner_is_one_line_and_a_formula_in_a_name_is_disarmed():
    header, line = read(completions_csv([ROW]))
    told = dict(zip(header, line, strict=True))

    assert told["Name"] == "'=cmd|' /C calc'!A0"
    assert told["Score (%)"] == "83,0"
    assert told["Enrolled on"] == "03/02/2026"
    assert told["Course completed on"] == ""
    assert (told["Lessons completed"], told["Lessons"]) == ("3", "4")


def test_names_stay_out_when_they_should():
    header, line = read(completions_csv([ROW], with_names=False))
    (document,) = json.loads(completions_json([ROW], with_names=False))

    assert "Name" not in header
    assert len(header) == len(line) == 15
    assert "name" not in document


def test_json_has_plain_keys_and_values():
    (document,) = json.loads(completions_json([ROW]))

    assert document["learner_id"] == str(UUID(int=7))
    assert document["name"] == ROW.name
    assert document["score"] == 0.83
    assert document["completed_at"] is None
    assert document["as_of"] == "2026-02-03T10:00:00+00:00"


def test_the_table_of_lessons_has_two_columns_a_lesson():
    column = Column(UUID(int=1), "1.1", "Le courant", ())
    cells = (Cell(is_seen=True, is_complete=False, scaled=Decimal("0.50")),)
    row = Row(UUID(int=7), "Awa", "Baobab", cells, 0, None, WHEN)

    header, line = read(lessons_csv(LessonsTable(Course(), (column,), (row,))))

    assert header[2:4] == ["1.1 Le courant", "1.1 Score (%)"]
    assert line == ["Awa", "Baobab", "Read", "50,0", "0", "", "03/02/2026"]

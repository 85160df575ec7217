"""Each case of the tables of faults names tests that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLES = sorted((HERE.parent / "docs/reference").glob("*-faults.md"))
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+(?:::\w+)?)`")


@cache
def names_in(path: Path) -> frozenset[str]:
    """Their names; those of a class with the class before them."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for group in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        inside = [node.name for node in group.body if isinstance(node, ast.FunctionDef)]
        names |= {f"{group.name}::{name}" for name in inside}
    return frozenset(names)


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_test_named_in_a_table_is_there(table):
    named = _NAMED.findall(table.read_text())

    assert len(named) > 30
    assert [(path, test) for path, test in named if test not in names_in(HERE / path)] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_case_names_a_test(table):
    rows = [line for line in table.read_text().splitlines() if line.startswith("| ")]
    cases = [row for row in rows if not row.endswith("| test |")]

    assert [row for row in cases if not (_NAMED.search(row) or "| the same" in row)] == []

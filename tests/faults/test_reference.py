"""The lists of faults in docs/reference name tests that are there."""

from __future__ import annotations

import re

import pytest

from tests.faults.running import ROOT


@pytest.mark.parametrize("page", ["pack-faults.md", "sync-faults.md"])
def test_every_test_of_the_list_of_faults_is_there(page):
    page = (ROOT / "docs" / "reference" / page).read_text()

    named = re.findall(r"`([a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", page)

    assert len(named) > 50
    assert [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / "tests" / path).read_text()
    ] == []

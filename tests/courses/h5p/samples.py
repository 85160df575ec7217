"""Where the sample packages lie, if they are here: test data, never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SAMPLES = Path(
    os.environ.get("YELEN_H5P_SAMPLES")
    or Path(__file__).resolve().parents[3].parent / "shared" / "h5p"
)

needs_samples = pytest.mark.skipif(
    not (SAMPLES / "expected.tsv").is_file(),
    reason="the sample packages are not here (YELEN_H5P_SAMPLES names their folder)",
)

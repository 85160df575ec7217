"""Host sites, each in a process and a folder of its own, outside the project's folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """``visit("catalogue")``: what ``tests.plugin.visiting`` saw there."""

    def run(name: str) -> dict[str, object]:
        folder = tmp_path_factory.mktemp(name)
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.plugin.visiting", name],
            env=_environment(folder),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours is set: a host site knows no variable of Yelen's."""
    ours = ("YELEN_", "DJANGO_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "HOST_DIR": str(folder), "PYTHONPATH": str(ROOT)}

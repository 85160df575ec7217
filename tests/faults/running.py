"""Start a telecentre's process from a test, and read what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - no test is to wait for the disk of another


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder that goes away again, in memory where there is such a place."""
    place = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="yelen-faults-", dir=place) as folder:
        yield Path(folder)


def told_by(module: str, *arguments: object, **environment: str) -> Any:
    """What ``python -m tests.faults.MODULE`` prints last, as JSON."""
    with quick_folder() as folder:
        done = subprocess.run(
            [sys.executable, "-m", f"tests.faults.{module}", folder, *map(str, arguments)],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "cms.settings.telecentre",
                "MALLOC_ARENA_MAX": "1",
                "YELEN_DATA_DIR": str(folder / "unused"),
                "YELEN_LOG_LEVEL": "ERROR",
                "YELEN_RESERVE_BYTES": "0",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])

"""The wheel, built from this folder, and a telecentre that has it installed and no more."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="package")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="package")
def environment(wheel, tmp_path_factory) -> Path:
    """A virtual environment as an operator makes it (docs/how-to/operator.md)."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, symlinks=True, with_pip=False)
    install(folder, "--require-hashes", "-r", ROOT / "requirements" / "telecentre.txt")
    install(folder, "--no-deps", wheel)
    return folder


def install(folder: Path, *what: object) -> None:
    """With uv where ``make setup`` brought it, which has the files still; else with pip."""
    python = folder / "bin" / "python"
    if UV.exists():
        run(UV, "pip", "install", "--quiet", "--link-mode=copy", "--python", python, *what)
    else:
        run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *what)


def run(*command: object, cwd: Path = ROOT, **extra: str) -> subprocess.CompletedProcess[str]:
    """In an environment that knows nothing of this folder."""
    ours = ("YELEN_", "DJANGO_", "PYTEST_", "PYTHON")
    known = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=known | extra,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done

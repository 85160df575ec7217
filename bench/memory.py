"""A telecentre at rest and at boot, with nothing installed but what a telecentre needs."""

from __future__ import annotations

import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.fixtures import demo
from bench.instances import served, twin
from bench.measuring import ROUNDS, Family, Run, Value, run_quietly, say
from bench.pages import addresses
from cms.demo.instances import MANAGE, ROOT, Instance

REST = 3.0  # seconds until web and worker have nothing left to begin
VISITS = 5  # of each page


def measure(run: Run) -> Iterator[Value]:
    python = _lean_python(run)
    yield "installed_mb", _size_mb(python.parent.parent)
    boots = [_boots(run, python) for _ in range(ROUNDS)]
    say("  first and second boot: " + "  ".join(f"{a:.2f} {b:.2f}" for a, b in boots))
    yield "first_boot_s", median(first for first, _second in boots)
    yield "second_boot_s", median(second for _first, second in boots)
    at_rest = twin(demo(run).telecentre, run.fresh("at-rest"))
    with served(at_rest, python=str(python)) as server:
        time.sleep(REST)
        yield "idle_pss_mb", server.pss_mb()
        for address in addresses(server.address) * VISITS:
            urllib.request.urlopen(address, timeout=30).read()  # noqa: S310 - our own server
        yield "used_pss_mb", server.pss_mb()


def _lean_python(run: Run) -> Path:
    """The Python of an environment made from requirements/telecentre.txt alone.

    Development packages would be loaded too, and be paid for in memory.
    """
    folder = run.folder / "lean"
    venv.create(folder, symlinks=True, with_pip=False)
    python, lock = folder / "bin" / "python", ROOT / "requirements" / "telecentre.txt"
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        run_quietly(
            *(uv, "pip", "install", "--quiet", "--compile-bytecode", "--link-mode=copy"),
            *("--python", python, "--require-hashes", "-r", lock),
        )
    else:
        run_quietly(
            *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
            *("--disable-pip-version-check", "--require-hashes", "-r", lock),
        )
    return python


def _size_mb(folder: Path) -> float:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1_000_000


def _boots(run: Run, python: Path) -> tuple[float, float]:
    """Seconds from nothing to the first page, and from a data folder that is there already."""
    instance = Instance("telecentre", run.fresh("booted"))
    return _boot(instance, python), _boot(instance, python)


def _boot(instance: Instance, python: Path) -> float:
    """As deploy/yelen.service does: ``migrate``, then ``serve`` until a page has come."""
    started = time.monotonic()
    run_quietly(python, MANAGE, "migrate", "--verbosity=0", environment=instance.environment())
    migrated = time.monotonic() - started
    with served(instance, python=str(python)) as server:
        return migrated + server.boot


FAMILY = Family(
    names=("installed_mb", "first_boot_s", "second_boot_s", "idle_pss_mb", "used_pss_mb"),
    measure=measure,
)

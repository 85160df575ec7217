"""What every family of measurements shares: its folder, its words, its way to a number."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 3

Value = tuple[str, float]
"""Name and number, as printed."""


class BenchError(Exception):
    """A measurement could not be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks; ``full`` allows those that take many minutes."""

    folder: Path
    full: bool = False

    def fresh(self, name: str) -> Path:
        """An empty folder, which stays to the end of the run.

        ext4 is slow to make files where many were removed seconds before, so nothing is removed
        between two measurements.
        """
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))


@dataclass(frozen=True, slots=True)
class Family:
    """Measurements made together; ``measure`` gives every one of ``names``, maybe more."""

    names: tuple[str, ...]
    measure: Callable[[Run], Iterator[Value]]


def say(text: str) -> None:
    """To whoever watches; standard output is for values alone."""
    print(text, file=sys.stderr, flush=True)


def median(rounds: Callable[[], float], *, what: str) -> float:
    """The middle one of three rounds; all of them are said."""
    found = [rounds() for _ in range(ROUNDS)]
    say(f"  {what}: " + "  ".join(f"{value:.4g}" for value in found))
    return statistics.median(found)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def settle() -> None:
    """Have the disk write all that waits, so that the next measurement does not pay for it."""
    os.sync()


def memory_mb(pid: int, name: str) -> float:
    """One line of Linux's account of a process, in MB of 10^6 bytes.

    ``VmHWM`` is the most it ever had; ``Pss`` what it has now, shared pages divided.
    """
    source = "smaps_rollup" if name == "Pss" else "status"
    for line in Path(f"/proc/{pid}/{source}").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1_000_000
    raise BenchError(f"the system says no {name} of process {pid}")


def run_quietly(*command: str | Path, environment: dict[str, str] | None = None) -> None:
    """Run a program; raises ``BenchError`` with what it said."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")

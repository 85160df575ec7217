"""Instances under measurement: functions run inside them, servers watched from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.measuring import BenchError, memory_mb
from cms.demo.instances import MANAGE, ROOT, Instance, free_port

UP_WITHIN, DOWN_WITHIN = 120.0, 30.0  # seconds
LOOK_EVERY = 0.02  # seconds
FIRST_LOOK = {"central_sync": "/sync/v1/time?nonce=0123456789abcdef"}
"""What a server that has no first page answers."""


@dataclass(frozen=True, slots=True)
class Server:
    """``serve`` at work: the web process, and the worker it forked."""

    address: str
    pid: int
    boot: float  # seconds from the command to the first answer

    def workers(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def pss_mb(self) -> float:
        """Memory of web and worker, pages they share counted once."""
        return sum(memory_mb(pid, "Pss") for pid in (self.pid, *self.workers()))

    def cpu_s(self) -> float:
        """Seconds of the processor that the web process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float:
        """The most the web process ever had."""
        return memory_mb(self.pid, "VmHWM")


def inside(instance: Instance, target: str, *arguments: object, **extra: str) -> dict[str, Any]:
    """Run ``MODULE:FUNCTION`` with Django set up there; gives what it returned."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.inside", target, *map(str, arguments)],
        env=instance.environment(**extra),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"{target} failed\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def twin(instance: Instance, folder: Path) -> Instance:
    """A copy of an instance that is not running, in an empty folder."""
    shutil.copytree(instance.data_dir, folder, dirs_exist_ok=True)
    return replace(instance, data_dir=folder)


@contextmanager
def served(
    instance: Instance, *, port: int = 0, python: str = sys.executable, **extra: str
) -> Iterator[Server]:
    """Serve until the block ends."""
    port = port or free_port()
    log = instance.data_dir / "serve.log"
    started = time.monotonic()
    with log.open("a") as opened:
        process = subprocess.Popen(
            [python, MANAGE, "serve", "--port", str(port)],
            env=instance.environment(**extra),
            cwd=ROOT,
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_up(address + FIRST_LOOK.get(instance.role, ""), process, log=log)
            yield Server(address, process.pid, boot=time.monotonic() - started)
        finally:
            _end(process)


def _wait_until_up(address: str, process: subprocess.Popen[bytes], *, log: Path) -> None:
    deadline = time.monotonic() + UP_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=30).close()  # noqa: S310 - our own server
        except urllib.error.HTTPError as answer:
            raise BenchError(f"{address} answered {answer.code}: {log.read_text()[-4000:]}") from (
                answer
            )
        except OSError:
            time.sleep(LOOK_EVERY)
        else:
            return
    raise BenchError(f"serve did not come up:\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(DOWN_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""Instances of Yelen on this machine: a data folder each, commands and servers as processes.

The demo runs on these, and the tests that need real servers.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MANAGE = str(ROOT / "manage.py")
START, END = 120.0, 30.0  # seconds a server has to come up, and to finish


class InstanceError(Exception):
    """A command failed or a server did not come up; the message holds what it said."""


@dataclass(frozen=True)
class Instance:
    """A centre or a telecentre in a folder of its own."""

    role: str  # its settings: central | central_sync | telecentre
    data_dir: Path
    extra: dict[str, str] = field(default_factory=dict)  # environment, such as YELEN_PUBLIC_URL
    within: tuple[str, ...] = ()  # a program that runs its commands, such as one without a network

    def environment(self, **extra: str) -> dict[str, str]:
        return {
            **os.environ,
            "YELEN_DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": f"cms.settings.{self.role}",
            **self.extra,
            **extra,
        }

    def command(
        self, *arguments: str, check: bool = True, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a management command as an operator would; raises ``InstanceError``."""
        done = subprocess.run(  # noqa: S603 - our own command
            [*self.within, sys.executable, MANAGE, *arguments],
            env=self.environment(**extra),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        if check and done.returncode:
            raise InstanceError(f"{arguments[0]} failed\n{done.stdout}\n{done.stderr}".strip())
        return done

    @contextmanager
    def serving(self, *, port: int = 0, **extra: str) -> Iterator[str]:
        """Serve until the block ends; gives the address, such as ``http://127.0.0.1:4711``."""
        port = port or free_port()
        log_path = self.data_dir / "serve.log"
        with log_path.open("a") as log:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, MANAGE, "serve", "--port", str(port)],
                env=self.environment(**extra),
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends its servers
            )
            address = f"http://127.0.0.1:{port}"
            try:
                _wait_until_up(address, process, log_path)
                yield address
            finally:
                _end(process)


def new_instance(role: str, folder: Path, **extra: str) -> Instance:
    """A migrated instance in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    instance = Instance(role=role, data_dir=folder, extra=extra)
    instance.command("migrate", "--verbosity=0")
    return instance


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - our own server
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise InstanceError(f"serve did not come up:\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

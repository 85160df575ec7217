"""Real instances for tests: a data folder each, commands and servers as processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Instance:
    """A centre or a telecentre in a folder of its own."""

    role: str  # central | telecentre
    data_dir: Path

    def environment(self, **extra: str) -> dict[str, str]:
        return os.environ | {
            "YELEN_DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": f"cms.settings.{self.role}",
            "PYTHONWARNINGS": "",
            **extra,
        }

    def command(
        self, *arguments: str, check: bool = True, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a management command as an operator would."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment(**extra),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{arguments[0]} failed\n{done.stdout}\n{done.stderr}")
        return done

    @contextmanager
    def serving(self, *, port: int | None = None, **extra: str) -> Iterator[str]:
        """Serve until the block ends; gives the address, such as ``http://127.0.0.1:4711``."""
        port = port or free_port()
        log = (self.data_dir / "serve.log").open("a")
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)],
            env=self.environment(**extra),
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_up(address, process, self.data_dir / "serve.log")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_instance(role: str, folder: Path, *, commands: Sequence[str] = ()) -> Instance:
    """A migrated instance, with ``commands`` (without arguments) run in it."""
    instance = Instance(role=role, data_dir=folder)
    folder.mkdir(parents=True, exist_ok=True)
    instance.command("migrate", "--verbosity=0")
    for name in commands:
        instance.command(name)
    return instance


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"serve did not come up:\n{log.read_text()[-4000:]}")

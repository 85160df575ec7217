"""The worker beside the web server: started with it, restarted when it dies, stopped with it.

The first worker is forked from the process that will serve pages, once Django is loaded and before
any thread runs, so that the two share memory; a later one is a new Python (docs/adr/0004).
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

log = logging.getLogger("yelen.serve")

GRACE = 15.0  # seconds the worker has to finish its task
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0  # seconds before a worker that died is started again
STEADY = 60.0  # seconds after which a worker counts as having started well


class Companion:
    """Keep one process running ``run`` while this one lives; ``command`` starts it anew."""

    def __init__(self, run: Callable[[], None], *, command: list[str]) -> None:
        self._run, self._command = run, command
        self._pid = 0
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="companion", daemon=True)

    def start(self) -> None:
        gc.collect()
        gc.freeze()  # keeps the collector from touching, and so copying, shared pages
        self._pid = _fork(self._run)
        self._watcher.start()

    def stop(self) -> None:
        """Ask it to finish, wait, and end it when it does not."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        self._watcher.join(GRACE)
        if self._watcher.is_alive():
            self._signal(signal.SIGKILL)
            self._watcher.join()

    def _watch(self) -> None:
        delay = FIRST_DELAY
        while True:
            started = time.monotonic()
            os.waitpid(self._pid, 0)
            self._pid = 0
            if self._stopping.is_set():
                return
            steady = time.monotonic() - started > STEADY
            delay = FIRST_DELAY if steady else min(delay * 2, LONGEST_DELAY)
            log.error("the worker ended; starting it again in %.0f s", delay)
            if self._stopping.wait(delay):
                return
            self._pid = subprocess.Popen(self._command, preexec_fn=_die_with_parent).pid  # noqa: S603, PLW1509

    def _signal(self, number: int) -> None:
        if self._pid:
            os.kill(self._pid, number)


def _fork(run: Callable[[], None]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _die_with_parent()
        run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        log.exception("the worker failed")
    finally:
        logging.shutdown()
        os._exit(status)


def _die_with_parent() -> None:
    """Ask Linux to stop this process when the web server is killed outright.

    Ctrl-C reaches the whole group of processes: the web server decides what it means.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)

"""Run one command and die in the middle: ``python -m ... STEP COMMAND ARGUMENT``.

The process kills itself with SIGKILL at the step named, as a power cut would (what the disk holds
is then up to the operating system, which is still alive: power cuts proper need a loop device).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import django

ROOT = Path(__file__).parents[2]


def run(folder, step, *command):
    """Have a process run the command on that data folder, and die at the step."""
    return run_python(folder, "-m", "tests.offline_pack.interrupting", step, *command)


def run_python(folder, *arguments):
    """A process of its own, a telecentre's, on that data folder."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ
        | {"YELEN_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "cms.settings.telecentre"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def after(function, *, calls=1):
    """``function``, and death after it was called so many times."""
    left = [calls]

    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            die()
        return result

    return wrapped


def arm(step):
    from offline_pack.installing import importer, taking

    if step == "staging":
        taking.os.fchmod = after(taking.os.fchmod, calls=2)
    elif step == "before the first syncfs":
        taking.sync_disk = die
    elif step == "between syncfs and rename":
        taking.sync_disk = after(taking.sync_disk)
    elif step == "between two renames":
        Path.replace = after(Path.replace)
    elif step == "after the last syncfs":
        taking.sync_disk = after(taking.sync_disk, calls=2)
    elif step == "before the commit":
        importer.publish_outline = after(importer.publish_outline)
    elif step == "after the commit":
        importer._switch = after(importer._switch)
    elif step.startswith(("collecting", "scrubbing")):
        arm_upkeep(step)
    elif step != "never":
        raise ValueError(step)


def arm_upkeep(step):
    from offline_pack.store import collecting, repairing

    if step == "collecting: before the commit":
        collecting._in_parts = die
    elif step == "collecting: after the commit":
        collecting._forget = after(collecting._forget)
    elif step == "collecting: between two unlinks":
        Path.unlink = after(Path.unlink)
    elif step == "collecting: after the last unlink":
        collecting._unlink = after(collecting._unlink)
    elif step == "scrubbing: between moving and noting":
        repairing._note = die
    else:
        raise ValueError(step)


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    arm(sys.argv[1])
    call_command(*sys.argv[2:])

"""Run one command and die in the middle: ``python -m ... STEP COMMAND ARGUMENT``.

The process kills itself with SIGKILL at the step named, as a power cut would (what the disk holds
is then up to the operating system, which is still alive: power cuts proper need a loop device).
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django


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
    from offline_pack import importer, store

    if step == "staging":
        store.os.fchmod = after(store.os.fchmod, calls=2)
    elif step == "before the first syncfs":
        store.sync_disk = die
    elif step == "between syncfs and rename":
        store.sync_disk = after(store.sync_disk)
    elif step == "between two renames":
        Path.replace = after(Path.replace)
    elif step == "after the last syncfs":
        store.sync_disk = after(store.sync_disk, calls=2)
    elif step == "before the commit":
        importer.publish_outline = after(importer.publish_outline)
    elif step == "after the commit":
        importer._switch = after(importer._switch)
    elif step != "never":
        raise ValueError(step)


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    arm(sys.argv[1])
    call_command(*sys.argv[2:])

"""A telecentre's process that does what the lines it reads say, and answers each with a line.

``{"record": N}`` has learners see N lessons, ``{"sync": SECONDS}`` runs the command, waiting so
long for a byte, and ``{"at_once": N}`` is how many facts the line is thought to carry.
"""

from __future__ import annotations

import json
import sys
import uuid
from functools import partial
from io import StringIO
from typing import Any

import django


def main() -> None:
    django.setup()
    for line in sys.stdin:
        print(json.dumps(_do(**json.loads(line))), flush=True)


def _do(*, record: int = 0, sync: float = 0, at_once: int = 0) -> dict[str, Any]:
    from offline_pack.sync.batch import waiting_facts
    from offline_pack.sync.planning import keep_batch_facts

    if at_once:
        keep_batch_facts(at_once)
    _record(record)
    said, refused = _sync(sync) if sync else ("", "")
    return {"said": said, "refused": refused, "waiting": waiting_facts()}


def _record(count: int) -> None:
    from lms.models import Learner
    from lms.recording import NewFact, record_statements

    learners = list(Learner.objects.all())
    course = uuid.UUID(int=1)
    record_statements(
        [
            NewFact("seen", learners[number % 3].pk, uuid.uuid4(), course, 1)
            for number in range(count)
        ]
    )


def _sync(seconds: float) -> tuple[str, str]:
    from django.core.management import CommandError, call_command

    from offline_pack import syncing, transport

    syncing.CentreConnection = partial(transport.CentreConnection, timeout=seconds)
    told = StringIO()
    try:
        call_command("sync", stdout=told)
    except CommandError as error:
        return "", str(error)
    return told.getvalue().strip(), ""


if __name__ == "__main__":
    main()

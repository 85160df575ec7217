"""A class on a disk filled to the brim: ``python -m tests.offline_pack.full_disk HOW``.

HOW is ``before`` (full when the request comes), ``during`` (it fills up after the first look) or
``bare`` (no room was kept). Prints what came of it as JSON.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import django
from django.conf import settings

BLOCK = 64 * 1024


def main(how):
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    django.setup()
    from django.db import connection

    from lms.models import Statement
    from offline_pack import middleware, reserve

    client, address, form = prepare()
    if how == "bare":
        reserve.give_ballast_back()
    if how in ("during", "bare"):
        middleware.give_ballast_if_full = lambda: None
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(Path(settings.YELEN_DATA_DIR))
    free = reserve.free_bytes()
    answer = client.post(f"{address}question/", form | {"answer": "a"})
    told = {
        "free": free,
        "status": answer.status_code,
        "answers": Statement.objects.filter(verb="answered").count(),
        "has_ballast": reserve.ballast_path().exists(),
        "is_full": reserve.is_disk_full(),
    }
    (Path(settings.YELEN_DATA_DIR) / "filler").unlink()
    reserve.keep_ballast()
    told |= {"has_ballast_again": reserve.ballast_path().exists(), "later": reserve.is_disk_full()}
    print(json.dumps(told))


def prepare():
    """A learner in the middle of a quiz."""
    from django.core.management import call_command
    from django.test import Client

    from courses.models import Activity
    from courses.outline import ModuleOutline
    from offline_pack.reserve import keep_ballast
    from tests.factories import make_cohort, make_course, make_learner, make_lesson, make_quiz

    call_command("migrate", verbosity=0)
    lessons = (make_lesson(make_quiz("single", "single"), title="Quiz"),)
    make_course(modules=(ModuleOutline(uuid4(), "Module", lessons),))
    learner = make_learner(pin="2580")
    make_cohort(learner)
    assert keep_ballast()
    client = Client(raise_request_exception=False)
    client.post(f"/entrer/nom/{learner.pk}/", {"pin": "2580"})
    address = f"/cours/maintenance/1.1/quiz/{Activity.objects.get().pk}/"
    page = client.post(address, follow=True)
    form = dict(re.findall(r'name="(attempt|question)" value="([^"]+)"', page.text))
    assert len(form) == 2, page.status_code
    return client, address, form


def fill(folder):
    with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(b"x" * BLOCK):
            pass


if __name__ == "__main__":
    main(sys.argv[1])

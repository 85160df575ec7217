"""Run in a host site's own process: switch it on, look around, print what was seen as JSON.

``python -m tests.plugin.visiting HOST`` runs ``tests.plugin.hosts.HOST.visit.visit(client)``.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import django
from django.core.management import call_command


def switch_on(host: str) -> None:
    """As an operator would: ``check`` without a warning, nothing to migrate but what is there."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"{host}.settings"
    django.setup()
    call_command("check", fail_level="WARNING", verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True)
    call_command("migrate", verbosity=0)


def page(client, address: str) -> dict[str, object]:
    """What came back; ``text`` is the source of the page."""
    answer = client.get(address)
    body = b"" if answer.streaming else answer.content
    return {"status": answer.status_code, "text": body.decode(errors="replace")}


def main(name: str) -> None:
    host = f"tests.plugin.hosts.{name}"
    switch_on(host)
    from django.test import Client

    seen = importlib.import_module(f"{host}.visit").visit(Client())
    roots = {module.split(".")[0] for module in sys.modules}
    seen["loaded"] = sorted(roots & {"courses", "lms", "offline_pack", "cms", "wagtail"})
    print(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1])

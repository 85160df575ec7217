from __future__ import annotations

from shutil import rmtree
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from courses.outline import ModuleOutline
from courses.publishing import publish_outline
from offline_pack.signals import pack_installed
from tests.factories import make_course_outline, make_lesson, make_media_blocks, make_staff
from tests.plugin.visiting import page


def visit(client: Client) -> dict[str, Any]:
    heard: list[str] = []
    note = _noting(heard)
    pack_installed.connect(note)
    _publish()
    pack = str(settings.BASE_DIR / "maintenance.pack")
    call_command("export_pack", "maintenance", "--to", pack, verbosity=0)
    call_command("verify_pack", pack, verbosity=0)
    _lose_everything_but_the_keys()
    lost = page(client, "/")
    call_command("import_pack", pack, verbosity=0)
    pages = {
        "catalogue": page(client, "/"),
        "course": page(client, "/cours/maintenance/"),
        "lesson": page(client, "/cours/maintenance/1.1/"),
        "time": page(client, "/sync/v1/time?nonce=0123456789abcdef"),
        "box": page(client, "/sync/v1/box"),
    }
    client.force_login(make_staff("coordinator"))
    return {
        "lost": lost,
        **pages,
        "centre": page(client, "/centre/"),
        "reports": page(client, "/centre/rapports/"),
        "packs": page(client, "/centre/paquets/"),
        "heard": heard,
        "folders": sorted(path.name for path in settings.YELEN_DATA_DIR.iterdir()),
    }


def _publish() -> None:
    lesson = make_lesson(*make_media_blocks())
    module = ModuleOutline(id=uuid4(), title="Travailler en sécurité", lessons=(lesson,))
    publish_outline(make_course_outline(modules=(module,)))


def _lose_everything_but_the_keys() -> None:
    call_command("flush", interactive=False, verbosity=0)
    rmtree(settings.YELEN_DATA_DIR / "blobs")


def _noting(heard: list[str]) -> Any:
    return lambda **arguments: heard.append(f"installed {arguments['rev']}")

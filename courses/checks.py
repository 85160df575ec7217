"""What a host site may have forgotten, said by ``manage.py check`` with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from courses.conf import data_folder

CONTEXT_PROCESSOR = "courses.context_processors.site"


def connect() -> None:
    checks.register(check_data_folder)
    checks.register(check_context_processor)


def check_data_folder(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Known, and not under an address: private keys may lie there."""
    try:
        folder = data_folder().resolve()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="yelen_courses.E001")]
    return [
        checks.Error(
            f"YELEN_DATA_DIR lies inside {name}, which the web server hands out to everybody.",
            hint="Choose a folder that has no address, such as BASE_DIR / 'yelen'.",
            id="yelen_courses.E002",
        )
        for name in ("MEDIA_ROOT", "STATIC_ROOT")
        if (served := getattr(settings, name, None))
        and folder.is_relative_to(Path(served).resolve())
    ]


def check_context_processor(**_kwargs: Any) -> list[checks.CheckMessage]:
    if any(CONTEXT_PROCESSOR in _processors(engine) for engine in settings.TEMPLATES):
        return []
    return [
        checks.Warning(
            "Pages of courses have no menu: they do not know the site they are on.",
            hint=f"Add '{CONTEXT_PROCESSOR}' to the context processors in TEMPLATES.",
            id="yelen_courses.W001",
        )
    ]


def _processors(engine: dict[str, Any]) -> list[str]:
    return list(engine.get("OPTIONS", {}).get("context_processors", []))

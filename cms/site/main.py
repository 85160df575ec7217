"""The command ``yelen``: what ``manage.py`` is in the project's folder, for an installed wheel."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a command; of a telecentre, unless the settings say otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.telecentre")
    execute_from_command_line(sys.argv)

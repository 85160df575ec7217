"""Write boxes (at a telecentre) or answers (at the centre) into a folder: a stick."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.box.answers import write_all_answers
from offline_pack.box.outgoing import write_boxes
from offline_pack.conf import is_centre
from offline_pack.errors import StickMissingError
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Write what is for the other side onto a USB stick, and read it back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="where the stick shows up")

    def handle(self, *_: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        with refusing_in_words():
            if not folder.is_dir():
                raise StickMissingError(str(folder))
            said = _answers(folder) if is_centre() else _boxes(folder)
        self.stdout.write(said)


def _boxes(folder: Path) -> str:
    written = write_boxes(folder)
    names = ", ".join(written.names)
    return f"wrote {written.facts} statements: {names}; you may pull the stick"


def _answers(folder: Path) -> str:
    return f"wrote {len(write_all_answers(folder))} answers; you may pull the stick"

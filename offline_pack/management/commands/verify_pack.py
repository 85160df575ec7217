from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.importer import open_pack
from offline_pack.keys import trusted_keys
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Check a pack: signature, manifest, every file. Installs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words(), open_pack(options["file"], trusted=trusted_keys()) as pack:
            pack.verify()
        manifest = pack.manifest
        self.stdout.write(
            f"good: {manifest.title_in(manifest.default_lang)} version {manifest.rev}, "
            f"{manifest.totals.blobs} files, signed by {pack.key.fingerprint}"
        )

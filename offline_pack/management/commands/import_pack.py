from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.explain import EXPECTED, explain_error
from offline_pack.importer import import_pack
from offline_pack.keys import trusted_keys
from offline_pack.management.in_words import refusing_in_words
from offline_pack.obtaining import obtain_packs


class Command(BaseCommand):
    help = "Install a pack: a file, a folder such as a USB stick, or an address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="file, folder, file:// or http(s)://")

    def handle(self, *_: Any, **options: Any) -> None:
        trusted = trusted_keys()
        with refusing_in_words():
            paths = obtain_packs(options["path"], trusted=trusted)
        refused = 0
        for path in paths:
            try:
                installed = import_pack(path, trusted=trusted)
            except EXPECTED as error:
                refused += 1
                self.stderr.write(f"refused {path.name}: {explain_error(error)} ({error})")
                continue
            news = "installed" if installed.changed else "nothing changed, already installed:"
            self.stdout.write(f"{news} {installed.course.slug} version {installed.rev}")
        if refused:
            raise CommandError(f"{refused} of {len(paths)} packs refused")

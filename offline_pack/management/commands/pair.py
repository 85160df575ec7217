"""At a telecentre: pair with a centre, and take its roster at once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.joining import pair
from offline_pack.management.in_words import refusing_in_words
from offline_pack.syncing import sync_with_centre


class Command(BaseCommand):
    help = "Pair this telecentre with its centre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--centre", metavar="URL", required=True)
        parser.add_argument("--code", required=True, help="as the centre gave it")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            link = pair(options["centre"], options["code"])
            sync_with_centre()
        self.stdout.write(f"{link.telecentre.slug} is paired with {link.name} ({link.address})")

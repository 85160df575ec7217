"""At a telecentre: one whole exchange with the centre."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.management.in_words import refusing_in_words
from offline_pack.syncing import sync_with_centre


class Command(BaseCommand):
    help = "Send results to the centre, and take roster, packs and keys from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accept-empty-roster",
            action="store_true",
            help="believe a roster that has no learner on it any more",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            done = sync_with_centre(accept_empty_roster=options["accept_empty_roster"])
        if done.rejected:
            self.stderr.write(f"the centre set {done.rejected} statements aside")
        self.stdout.write(
            f"sent {done.sent}, stored {done.stored}, received {done.received} notices"
        )

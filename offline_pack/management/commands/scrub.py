from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.management.in_words import refusing_in_words
from offline_pack.store.repairing import blobs_to_repair
from offline_pack.store.scrubbing import scrub, scrub_all, slice_bytes


class Command(BaseCommand):
    help = "Check that files of the store are what they were; damaged ones are set aside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="every file, now; otherwise the next few"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            done = scrub_all() if options["all"] else scrub(at_most=slice_bytes())
        for sha256 in done.rotten:
            self.stderr.write(f"damaged or missing: {sha256}")
        if done.rotten:
            raise CommandError(
                f"checked {done.files} files, {done.bytes} bytes: "
                f"{len(done.rotten)} damaged or missing; install the pack again"
            )
        waiting = len(blobs_to_repair())
        known = f"; {waiting} found before wait for a pack" if waiting else ""
        self.stdout.write(f"checked {done.files} files, {done.bytes} bytes: all good{known}")

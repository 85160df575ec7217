"""At the centre: who asks to be paired without a code."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.fingerprints import words_of
from offline_pack.management.in_words import refusing_in_words
from offline_pack.models import PairingRequest
from offline_pack.pairing.admitting import take_asks
from offline_pack.trust.issuing import own_trust
from offline_pack.words.box import refusal_in_words


class Command(BaseCommand):
    help = "List devices that ask to be paired; the last line is the words of this centre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--stick", metavar="DIR", type=Path, help="read requests from it first"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        refused = self._read(options["stick"]) if options["stick"] else 0
        for row in PairingRequest.objects.waiting():
            self.stdout.write(f"{row.key_id[:16]}\t{row.way}\t{row.name}\t{' '.join(row.words)}")
        self.stdout.write(
            f"words of this centre: {' '.join(words_of(own_trust().trust.root.digest))}"
        )
        if refused:
            raise CommandError(f"{refused} requests refused")

    def _read(self, stick: Path) -> int:
        with refusing_in_words():
            taken = take_asks(stick)
        for name, trouble in taken.troubles:
            self.stderr.write(f"refused {name}: {trouble}")
        for name, code in taken.refusals:
            self.stderr.write(f"refused {name}: {refusal_in_words(code)} ({code})")
        return len(taken.troubles) + len(taken.refusals)

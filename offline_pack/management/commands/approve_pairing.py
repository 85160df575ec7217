"""At the centre: let a device in whose eight words a person has compared."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.models import Telecentre
from offline_pack.fingerprints import are_words_of, device_digest
from offline_pack.management.in_words import refusing_in_words
from offline_pack.models import PairingRequest
from offline_pack.pairing.admitting import approve, write_offers
from offline_pack.sync.errors import RefusalError
from offline_pack.words.box import refusal_in_words


class Command(BaseCommand):
    help = "Approve the device with these eight words for one telecentre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("telecentre", metavar="TELECENTRE_SLUG")
        parser.add_argument("--words", required=True, help="as the telecentre read them out")
        parser.add_argument("--stick", metavar="DIR", type=Path, help="write the answer there")

    def handle(self, *_: Any, **options: Any) -> None:
        telecentre = Telecentre.objects.filter(slug=options["telecentre"]).first()
        if telecentre is None:
            raise CommandError(f"there is no telecentre {options['telecentre']}")
        request = _named(options["words"])
        try:
            approve(request, telecentre=telecentre)
        except RefusalError as refusal:
            raise CommandError(refusal_in_words(refusal.code)) from refusal
        if options["stick"]:
            request.refresh_from_db()
            with refusing_in_words():
                write_offers(options["stick"], [request])
            self.stdout.write("wrote the answer; you may pull the stick")
        self.stdout.write(f"approved {request} for {telecentre.slug}")


def _named(words: str) -> PairingRequest:
    for row in PairingRequest.objects.all():
        if are_words_of(device_digest(row.public_key, row.age), words):
            return row
    raise CommandError("no device with these words has asked")

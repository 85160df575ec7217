"""At a telecentre: pair with a centre, by a code or by words that two people compare."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.recording import own_device
from offline_pack.box.asks import offer_path
from offline_pack.box.errors import NoOfferError
from offline_pack.fingerprints import are_words_of
from offline_pack.management.in_words import refusing_in_words
from offline_pack.models import CentreLink
from offline_pack.pairing.asking import (
    Offer,
    accept_offer,
    ask_centre,
    own_words,
    read_offer,
    waiting_offer,
    write_ask,
)
from offline_pack.pairing.joining import pair
from offline_pack.syncing import sync_with_centre


class Command(BaseCommand):
    help = "Pair this telecentre with its centre: by code, or by approval on the net or a stick."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--centre", metavar="URL", help="where the centre is on the network")
        parser.add_argument("--code", help="as the centre gave it; without one, ask for approval")
        parser.add_argument("--stick", metavar="DIR", type=Path, help="ask, or read the answer")
        parser.add_argument("--accept", metavar="WORDS", help="the centre's eight words")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            if options["accept"]:
                self._accept(options["accept"])
            elif options["stick"]:
                self._by_stick(options["stick"])
            elif options["centre"] and options["code"]:
                link = pair(options["centre"], options["code"])
                sync_with_centre()
                self._paired(link)
            elif options["centre"]:
                self._tell(ask_centre(options["centre"]), asked="asked the centre")
            else:
                raise CommandError("give --centre (and --code), --stick or --accept")

    def _by_stick(self, stick: Path) -> None:
        if offer_path(stick, own_device().pk).exists():
            self._tell(read_offer(stick), asked="")
        else:
            path = write_ask(stick)
            self._tell(None, asked=f"wrote {path.name}; you may pull the stick")

    def _tell(self, offer: Offer | None, *, asked: str) -> None:
        if offer is None:
            self.stdout.write(asked)
            self.stdout.write(f"words of this server: {' '.join(own_words())}")
            return
        self.stdout.write(f"{offer.centre} offers {offer.telecentre}; compare, then --accept")
        self.stdout.write(f"words of the centre: {' '.join(offer.words)}")

    def _accept(self, words: str) -> None:
        offer = waiting_offer()
        if offer is None or not are_words_of(offer.digest, words):
            raise NoOfferError("these are not the words of the centre that answered")
        link = accept_offer(offer.digest)
        if link.address:
            sync_with_centre()
        self._paired(link)

    def _paired(self, link: CentreLink) -> None:
        where = link.address or "by stick"
        self.stdout.write(f"{link.telecentre.slug} is paired with {link.name} ({where})")

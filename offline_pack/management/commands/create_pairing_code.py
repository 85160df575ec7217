"""At the centre: a code with which one device of a telecentre can pair."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.models import Telecentre
from offline_pack.pairing.codes import create_pairing_code


class Command(BaseCommand):
    help = "Make a pairing code for a telecentre (at the centre); the last line is the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("telecentre", metavar="TELECENTRE_SLUG")

    def handle(self, *_: Any, **options: Any) -> None:
        telecentre = Telecentre.objects.filter(slug=options["telecentre"]).first()
        if telecentre is None:
            raise CommandError(f"there is no telecentre {options['telecentre']}")
        code = create_pairing_code(telecentre)
        self.stdout.write(f"code for {telecentre.name}, good once, for 24 hours:")
        self.stdout.write(code)

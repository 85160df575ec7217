"""At a telecentre that is not paired yet: make its disk fit to be copied."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.conf import is_centre
from offline_pack.identity import prepare_image
from offline_pack.management.in_words import refusing_in_words


class Command(BaseCommand):
    help = "Remove this machine's keys and identity before its disk is copied; stop serve first."

    def handle(self, *_: Any, **options: Any) -> None:
        if is_centre():
            raise CommandError("a centre's disk is not copied to other machines")
        with refusing_in_words():
            prepare_image()
        self.stdout.write("no keys are left: switch off, and copy the disk")

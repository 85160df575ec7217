"""At the centre: forward facts to the LRS as xAPI statements, now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.forwarding import forward, lrs_state, try_again
from offline_pack.lrs.access import lrs_access
from offline_pack.lrs.outbox import begin_anew, waiting_statements
from offline_pack.management.in_words import refusing_in_words
from offline_pack.models import LrsStraggler


class Command(BaseCommand):
    help = "Send what the Learning Record Store does not have yet, all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--status", action="store_true", help="tell how it stands, send none")
        choice.add_argument(
            "--again", action="store_true", help="what the LRS refused goes once more too"
        )
        choice.add_argument(
            "--from-start", action="store_true", help="send all anew, as to another LRS"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            host = lrs_access().host
            if not options["status"]:
                if options["from_start"]:
                    begin_anew()
                if options["again"]:
                    try_again()
                done = forward()
                self.stdout.write(f"sent {done.sent}, refused {done.refused}")
        self._tell(host)

    def _tell(self, host: str) -> None:
        state = lrs_state()
        refused = LrsStraggler.objects.refused().count()
        if state.last_error:
            self.stderr.write(f"last fault: {state.last_error} {state.error_facts}")
        self.stdout.write(
            f"{host}: waiting {waiting_statements()}, held {state.sent}, refused {refused}"
        )

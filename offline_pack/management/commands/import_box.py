"""Take boxes (at the centre) or the answer (at a telecentre) from a stick."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.box.answers import write_answers
from offline_pack.box.incoming import Outcome, receive_boxes
from offline_pack.box.names import stick_of
from offline_pack.box.reading import read_answer
from offline_pack.conf import is_centre
from offline_pack.management.in_words import refusing_in_words
from offline_pack.words.box import refusal_in_words


class Command(BaseCommand):
    help = "Take what the other side wrote onto a USB stick; the centre answers on the same stick."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="a file, or the stick")
        parser.add_argument(
            "--accept-empty-roster",
            action="store_true",
            help="at a telecentre: believe a roster that has no learner on it any more",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if is_centre():
            self._receive(options["path"])
        else:
            self._read(options["path"], accept_empty_roster=options["accept_empty_roster"])

    def _receive(self, path: Path) -> None:
        with refusing_in_words():
            received = receive_boxes(path)
            for outcome in received.outcomes:
                (self.stdout if outcome.is_good else self.stderr).write(_line(outcome))
            answers = write_answers(stick_of(path), received)
        refused = sum(not outcome.is_good for outcome in received.outcomes)
        if refused:
            raise CommandError(f"{refused} of {len(received.outcomes)} boxes refused")
        facts = sum(outcome.facts for outcome in received.outcomes)
        waiting = sum(outcome.pending for outcome in received.outcomes)
        self.stdout.write(
            f"stored {facts}, waiting {waiting}, wrote {len(answers)} answers;"
            " you may pull the stick"
        )

    def _read(self, path: Path, *, accept_empty_roster: bool) -> None:
        with refusing_in_words():
            done = read_answer(path, accept_empty_roster=accept_empty_roster)
        if done.rejected:
            self.stderr.write(f"the centre set {done.rejected} statements aside")
        self.stdout.write(f"stored {done.stored}, received {done.received} notices")


def _line(outcome: Outcome) -> str:
    if outcome.trouble:
        return f"refused {outcome.name}: {outcome.trouble}"
    if outcome.refusal:
        return f"refused {outcome.name}: {refusal_in_words(outcome.refusal)} ({outcome.refusal})"
    return (
        f"{outcome.name}: {outcome.telecentre}, stored {outcome.facts},"
        f" waiting {outcome.pending}, set aside {outcome.set_aside}"
    )

"""Work every derived row out again from the statements."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.progress import rebuild_all


class Command(BaseCommand):
    help = "Recompute enrolments, attempts and completions from the statements."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail on any difference"
        )

    def handle(self, *, check: bool, **_options: Any) -> None:
        wrong = rebuild_all(check=check)
        if check and wrong:
            raise CommandError(f"{wrong} rows differ from the statements")
        self.stdout.write("no difference" if check else f"rebuilt: {wrong} rows changed")

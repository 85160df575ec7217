"""Made-up activity of made-up learners, for tests and benchmarks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.models import Course
from lms.demo_activity import record_activity
from lms.models import Telecentre


class Command(BaseCommand):
    help = "Record realistic statements through the ordinary door."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--learners", type=int, required=True, metavar="N")
        parser.add_argument("--statements", type=int, required=True, metavar="M")
        parser.add_argument("--course", metavar="SLUG", help="the first one by default")
        parser.add_argument("--telecentre", metavar="SLUG", help="the first one by default")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, learners: int, statements: int, seed: int, **options: Any) -> None:
        if learners < 1 or statements < 1:
            raise CommandError("At least one learner and one statement are needed.")
        course = _first(Course.objects.current(), options["course"], "course")
        telecentre = _first(Telecentre.objects.all(), options["telecentre"], "telecentre")
        recorded = record_activity(
            course, telecentre=telecentre, learners=learners, statements=statements, seed=seed
        )
        self.stdout.write(f"recorded {recorded} statements of {learners} learners")


def _first(rows: Any, slug: str | None, word: str) -> Any:
    found = (rows.filter(slug=slug) if slug else rows).first()
    if found is None:
        raise CommandError(f"There is no {word} {slug or 'here'}.")
    return found

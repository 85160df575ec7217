"""The completions report of a course, one row a learner, to standard output."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.models import Course
from lms.models import Learner, Telecentre
from lms.report_export import completions_csv, completions_json
from lms.reports import completions


class Command(BaseCommand):
    help = "Print who has completed a course. Standard output is the file, and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", metavar="COURSE_SLUG")
        parser.add_argument("--telecentre", metavar="SLUG", help="only its learners")
        parser.add_argument("--format", choices=("csv", "json"), default="csv")
        parser.add_argument("--without-names", action="store_true", help="for a donor, say")

    def handle(self, *, course: str, format: str, **options: Any) -> None:  # noqa: A002
        found = Course.objects.filter(slug=course).first()
        if found is None:
            raise CommandError(f"There is no course {course!r} here.")
        rows = completions(found, _learners(options["telecentre"]))
        with_names = not options["without_names"]
        if format == "json":
            self.stdout.write(completions_json(rows, with_names=with_names))
        else:
            for line in completions_csv(rows, with_names=with_names):
                self.stdout.write(line, ending="")
        self.stderr.write(f"{len(rows)} learners")


def _learners(telecentre_slug: str | None) -> Any:
    learners = Learner.objects.persons()
    if telecentre_slug is None:
        return learners
    telecentre = Telecentre.objects.filter(slug=telecentre_slug).first()
    if telecentre is None:
        raise CommandError(f"There is no telecentre {telecentre_slug!r} here.")
    return learners.persons_at(telecentre.pk)

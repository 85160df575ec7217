from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.format.signing import TrustedKeys
from offline_pack.installing.importer import Arrived, Installed, import_pack
from offline_pack.management.in_words import refusing_in_words
from offline_pack.remote.importing import import_remote
from offline_pack.shelf.obtaining import is_address, obtain_packs
from offline_pack.trust.keys import trusted_keys
from offline_pack.words.explain import EXPECTED, explain_error


class Command(BaseCommand):
    help = "Install a pack: a file, a folder such as a USB stick, or an address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="file, folder, file:// or http(s)://")

    def handle(self, *_: Any, **options: Any) -> None:
        with refusing_in_words():
            imports = dict(_imports(options["path"], trusted=trusted_keys()))
        refused = 0
        for name, run in imports.items():
            try:
                done = run()
            except EXPECTED as error:
                refused += 1
                self.stderr.write(f"refused {name}: {explain_error(error)} ({error})")
            else:
                self.stdout.write(_news(done))
        if refused:
            raise CommandError(f"{refused} of {len(imports)} packs refused")


def _imports(
    place: str, *, trusted: TrustedKeys
) -> Iterator[tuple[str, partial[Installed | Arrived]]]:
    """The name of each pack there, and what installs it."""
    if is_address(place):
        yield place, partial(import_remote, place, trusted=trusted)
        return
    for path in obtain_packs(place, trusted=trusted):
        yield path.name, partial(import_pack, path, trusted=trusted)


def _news(done: Installed | Arrived) -> str:
    if isinstance(done, Arrived):
        missing = ", ".join(str(number) for number in done.missing)
        return (
            f"arriving {done.title} version {done.rev}: volume {missing} of {done.total} to come"
        )
    course = f"{done.course.slug} version {done.rev}"
    if done.changed:
        return f"installed {course}"
    if done.repaired:
        return f"repaired {course}: {done.repaired} files"
    return f"nothing changed, already installed: {course}"

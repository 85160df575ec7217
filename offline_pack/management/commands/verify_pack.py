from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.format.errors import BaseMissingError
from offline_pack.format.reader import PackReader
from offline_pack.installing.gathering import open_with_volumes
from offline_pack.management.in_words import refusing_in_words
from offline_pack.trust.keys import trusted_keys


class Command(BaseCommand):
    help = "Check a pack and its volumes beside it: signature, manifest, every file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, **options: Any) -> None:
        unchecked = 0
        with (
            refusing_in_words(),
            open_with_volumes(options["file"], trusted=trusted_keys()) as pack,
        ):
            here = pack.volumes
            try:
                pack.verify()
            except BaseMissingError as error:
                unchecked = len(error.missing)
        for line in (_good(pack), *_besides(pack, here, unchecked)):
            self.stdout.write(line)


def _good(pack: PackReader) -> str:
    manifest = pack.manifest
    since = f", what is new since version {manifest.base.rev}" if manifest.base else ""
    return (
        f"good: {manifest.title_in(manifest.default_lang)} version {manifest.rev}{since}, "
        f"{manifest.totals.blobs} files, signed by {pack.key.fingerprint}"
    )


def _besides(pack: PackReader, here: frozenset[int], unchecked: int) -> list[str]:
    """What else is to be said: what was not here is no fault of what was."""
    manifest, lines = pack.manifest, []
    if unchecked and manifest.base:
        lines.append(
            f"not checked, for want of version {manifest.base.rev} here: {unchecked} files"
        )
    total = len(manifest.volumes)
    if total > 1:
        lines.append(f"volumes checked: {_listed(here)} of {total}")
    if missing := set(range(total)) - here:
        lines.append(f"volumes not here: {_listed(missing)} of {total}")
    return lines


def _listed(volumes: frozenset[int] | set[int]) -> str:
    return ", ".join(str(number + 1) for number in sorted(volumes))

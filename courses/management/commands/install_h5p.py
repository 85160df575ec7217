"""``install_h5p PATH...``: check .h5p files and install them, libraries and content."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.errors import H5PPackageError
from courses.h5p.installing import install_file
from courses.h5p.wording import describe_faults
from courses.signals import h5p_installed


class Command(BaseCommand):
    help = (
        "Check .h5p files (or folders of them) and install them. A line a file: accepted or "
        "refused, the file, and for a refused one the reasons, set apart by tabs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    def handle(self, *_args: Any, paths: list[Path], **_options: Any) -> None:
        refused = 0
        files = list(_files(paths))
        for path in files:
            reasons = _install(path)
            refused += bool(reasons)
            if reasons:
                self.stdout.write(f"refused\t{path}\t{' '.join(reasons)}")
            else:
                self.stdout.write(f"accepted\t{path}")
        if refused or not files:
            raise CommandError(f"{refused} of {len(files)} files refused")


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.h5p"))
        else:
            yield path


def _install(path: Path) -> list[str]:
    """Install one file; the reasons why not, if it is refused."""
    try:
        package = install_file(path, may_install_libraries=True)
    except H5PPackageError as error:
        return describe_faults(error.faults)
    except OSError:
        return [_("The file cannot be read.")]
    h5p_installed.send_robust(sender=Command, package=package, file_name=path.name)
    return []

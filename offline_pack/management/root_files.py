"""The option by which commands of the centre are told where root keys lie."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path


def add_root_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--root",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a root key that is kept elsewhere; as often as needed",
    )

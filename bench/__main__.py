"""``python -m bench [--full] [NAME...]``: all measurements, or those named.

A name is a family (packs, card, updates, syncing, postgres, memory, pages) or one of its values.
Values go to standard output, one ``bench NAME VALUE`` a line; the status is 1 when one could not
be measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from bench import card, memory, packs, pages, postgres, syncing, updates
from bench.measuring import Family, Run, say

FAMILIES: dict[str, Family] = {
    "packs": packs.FAMILY,
    "card": card.FAMILY,
    "updates": updates.FAMILY,
    "syncing": syncing.FAMILY,
    "postgres": postgres.FAMILY,
    "memory": memory.FAMILY,
    "pages": pages.FAMILY,
}


def main() -> int:
    options = _options()
    chosen = set(options.names)
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="yelen-bench-") as folder:
        run = Run(Path(folder).resolve(), full=options.full)
        for name, family in FAMILIES.items():
            wanted = set(family.names) if not chosen or name in chosen else chosen
            if wanted & set(family.names):
                failed += _measure(name, family, run, wanted=wanted)
    if failed:
        say("not measured: " + ", ".join(failed))
    return 1 if failed else 0


def _measure(name: str, family: Family, run: Run, *, wanted: set[str]) -> list[str]:
    """Print the wanted values; gives the names of those that could not be had."""
    say(f"{name}:")
    started, missing = time.monotonic(), [n for n in family.names if n in wanted]
    try:
        for value_name, value in family.measure(run):
            if value_name in wanted or value_name not in family.names:
                print(f"bench {value_name} {_written(value)}", flush=True)
            if value_name in missing:
                missing.remove(value_name)
    except Exception:  # noqa: BLE001 - the other families are measured all the same
        traceback.print_exc()
    say(f"  {time.monotonic() - started:.0f} s")
    return missing


def _written(value: float) -> str:
    """Three significant digits, and no fewer than the whole number has."""
    return f"{value:.0f}" if isinstance(value, int) or value >= 1000 else f"{value:.3g}"  # noqa: PLR2004


def _options() -> argparse.Namespace:
    known = set(FAMILIES) | {name for family in FAMILIES.values() for name in family.names}
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(sorted(known)))
    parser.add_argument("--full", action="store_true", help="also what takes many minutes")
    options = parser.parse_args()
    if unknown := set(options.names) - known:
        parser.error("no such measurement: " + ", ".join(sorted(unknown)))
    return options


if __name__ == "__main__":
    sys.exit(main())

"""``make demo``: the main job of Yelen on one machine, a line a step.

A centre and a telecentre in ``.demo/``, each a server of its own: author, pack, telecentre,
learner, sync, report. With ``--once`` both are stopped at the end; otherwise on Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cms.demo.acting import (
    Module,
    mark_practical,
    sign_in_with_password,
    sign_in_with_pin,
)
from cms.demo.instances import ROOT, Instance, InstanceError, free_port, new_instance
from cms.demo.visitor import VisitError, Visitor
from cms.demo_loading.people import MANAGER, PIN, PLACES, TRAINER

FOLDER = ROOT / ".demo"
COURSE = "maintenance"
TELECENTRE = PLACES[0]
LEARNER = TELECENTRE.learners[1].name


@dataclass(frozen=True)
class Addresses:
    centre: str
    telecentre: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop both servers at the end")
    once = parser.parse_args().once
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with ExitStack() as servers:
            addresses = _run(servers)
            _say_addresses(addresses)
            if not once:
                print("Ctrl-C arrête tout.", flush=True)
                _wait_for_interrupt()
    except (InstanceError, VisitError) as error:
        print(f"\nÉCHEC\u00a0: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    print("Démonstration terminée : les deux serveurs sont arrêtés.")
    return 0


def _run(servers: ExitStack) -> Addresses:
    shutil.rmtree(FOLDER, ignore_errors=True)
    ports = {"centre": _port("YELEN_DEMO_PORT", 8000), "telecentre": free_port()}
    ports["telecentre"] = _port("YELEN_DEMO_TELECENTRE_PORT", ports["centre"] + 1)
    step = _Steps(10)
    step("Préparer un centre et un télécentre (bases de données, dossiers)")
    public = f"http://127.0.0.1:{ports['centre']}"
    centre = new_instance("central", FOLDER / "centre", YELEN_PUBLIC_URL=public)
    stick = str(FOLDER / "usb")
    telecentre = new_instance("telecentre", FOLDER / "telecentre", YELEN_USB_DIR=stick)
    step("Charger le cours et les personnes au centre, dans Wagtail")
    centre.command("load_demo")
    step("Démarrer les deux serveurs (web et tâches de fond)")
    addresses = Addresses(
        centre=servers.enter_context(centre.serving(port=ports["centre"])),
        telecentre=servers.enter_context(telecentre.serving(port=ports["telecentre"])),
    )
    step("Jumeler le télécentre avec le centre par un code")
    code = centre.command("create_pairing_code", TELECENTRE.slug).stdout.split()[-1]
    telecentre.command("pair", "--centre", addresses.centre, "--code", code)
    telecentre.command("load_demo")
    _carry_pack(step, centre, telecentre)
    _learn(step, addresses.telecentre)
    step("Synchroniser\u00a0: " + _last_line(telecentre.command("sync").stdout))
    step("Lire le rapport au centre")
    report = centre.command("report", COURSE, "--telecentre", TELECENTRE.slug, "--format", "json")
    _show_report(json.loads(report.stdout))
    return addresses


def _carry_pack(step: _Steps, centre: Instance, telecentre: Instance) -> None:
    stick = FOLDER / "usb"
    stick.mkdir()
    pack = stick / f"{COURSE}.pack"
    centre.command("export_pack", COURSE, "--to", str(pack))
    step(f"Exporter le cours en paquet signé sur la clé ({pack.stat().st_size / 1e6:.1f} Mo)")
    installed = telecentre.command("import_pack", str(stick))
    step("Installer le paquet au télécentre\u00a0: " + _last_line(installed.stdout))


def _learn(step: _Steps, address: str) -> None:
    learner = Visitor(address)
    sign_in_with_pin(learner, group=TELECENTRE.group, name=LEARNER, pin=PIN)
    module = Module(learner)
    module.begin()
    count = module.read_lessons()
    module.play_exercise()
    module.take_quiz()
    module.ask_to_be_observed()
    step(f"{LEARNER} lit {count} leçons, fait l'exercice et réussit le quiz du module 1")
    manager = Visitor(address)
    sign_in_with_password(manager, username=MANAGER.username, password=MANAGER.password)
    mark_practical(manager, learner=LEARNER)
    step(f"{MANAGER.name} observe sa pratique : module 1 terminé")


def _show_report(rows: list[dict[str, Any]]) -> None:
    print(f"\n  {'':<22}{'leçons':>8}{'pratiques':>11}{'score':>8}")
    for row in rows:
        lessons = f"{row['lessons_completed']}/{row['lessons_total']}"
        practicals = f"{row['practicals_passed']}/{row['practicals_total']}"
        score = "" if row["score"] is None else f"{Decimal(row['score']) * 100:.0f}\u00a0%"
        print(f"  {row['name']:<22}{lessons:>8}{practicals:>11}{score:>8}")
    as_of = next((row["as_of"] for row in rows if row["as_of"]), None)
    if as_of is None:
        raise VisitError("the report knows of no sync")
    synced = f"{datetime.fromisoformat(as_of):%d/%m/%Y %H:%M} UTC"
    print(f"  À la dernière synchronisation\u00a0: {synced}")
    if not any(row["lessons_completed"] for row in rows):
        raise VisitError("the report shows nothing completed")


class _Steps:
    """Print each step as it is done, numbered."""

    def __init__(self, total: int) -> None:
        self.total, self.count, self.started = total, 0, time.monotonic()

    def __call__(self, words: str) -> None:
        self.count += 1
        seconds = time.monotonic() - self.started
        print(f"[{self.count:>2}/{self.total}] {words}  ({seconds:.0f} s)", flush=True)


def _port(variable: str, default: int) -> int:
    """The port asked for, or the default when it is free, or any free one."""
    if wanted := os.environ.get(variable):
        return int(wanted)
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", default))
        except OSError:
            return free_port()
    return default


def _say_addresses(addresses: Addresses) -> None:
    print(
        f"\nTélécentre   {addresses.telecentre}/\n"
        f"  apprenante   {TELECENTRE.group} → {LEARNER} → PIN {PIN}\n"
        f"  gestionnaire {MANAGER.username} / {MANAGER.password}"
        f"   ({addresses.telecentre}/entrer/mot-de-passe/)\n"
        f"Centre       {addresses.centre}/\n"
        f"  formatrice   {TRAINER.username} / {TRAINER.password}   ({addresses.centre}/admin/)\n"
        f"Clé USB      {Path(os.path.relpath(FOLDER / 'usb'))}/\n",
        flush=True,
    )


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _wait_for_interrupt() -> None:
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())

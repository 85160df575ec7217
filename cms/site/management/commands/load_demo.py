"""``load_demo``: the demo network, people and course, here at the centre or at a telecentre."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cms.demo_loading.people import PIN, SignIn


class Command(BaseCommand):
    help = "Load the demo: a network of two telecentres, its people and a course (safe to repeat)"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.YELEN_ROLE == "telecentre":
            self._load_telecentre()
        else:
            self._load_centre()

    def _load_centre(self) -> None:
        from cms.demo_loading.centre import load_centre

        loaded = load_centre()
        for course in loaded.courses:
            self.stdout.write(f"cours  {course.slug}, version {course.version}")
        for place in loaded.places:
            self.stdout.write(f"télécentre  {place.slug}: {place.name}")
        self._print_sign_ins(loaded.sign_ins, address="/admin/login/ ou /entrer/")
        self.stdout.write("démo chargée au centre")

    def _load_telecentre(self) -> None:
        from cms.demo_loading.telecentre import load_telecentre

        loaded = load_telecentre()
        self._print_sign_ins(loaded.sign_ins, address="/entrer/")
        if not loaded.learners:
            self.stdout.write(
                "Les apprenants ne sont pas encore arrivés du centre\u00a0: "
                "synchronisez, puis relancez load_demo."
            )
        for learner in loaded.learners:
            self.stdout.write(f"code PIN  {PIN}  {learner}")
        self.stdout.write("démo chargée au télécentre")

    def _print_sign_ins(self, sign_ins: tuple[SignIn, ...], *, address: str) -> None:
        self.stdout.write(f"connexions ({address})")
        for sign_in in sign_ins:
            self.stdout.write(
                f"  {sign_in.username}  {sign_in.password}  {sign_in.name}, {sign_in.purpose}"
            )

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offline_pack.conf import is_centre
from offline_pack.format.signing import DEVICE
from offline_pack.management.in_words import refusing_in_words
from offline_pack.management.root_files import add_root_option
from offline_pack.models import CentreLink, Purpose
from offline_pack.sync.errors import NotPairedError
from offline_pack.sync.renewing import make_new_keys
from offline_pack.syncing import sync_with_centre
from offline_pack.trust.age_keys import own_recipient
from offline_pack.trust.issuing import rotate_box_key, rotate_key
from offline_pack.trust.keys import has_next_key, own_key

BOX = "box"


class Command(BaseCommand):
    help = "Put new keys in use: the centre's, told by sync or pack; or this telecentre's own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purpose", choices=[*Purpose.values, BOX, DEVICE])
        parser.add_argument(
            "--revoke", action="store_true", help="the key before is believed no more"
        )
        add_root_option(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        purpose = options["purpose"]
        if (purpose == DEVICE) == is_centre():
            raise CommandError(f"{purpose} keys are not made here")
        with refusing_in_words():
            if purpose == DEVICE:
                self._device()
            elif purpose == BOX:
                trust = rotate_box_key(root_files=options["root"]).trust
                self.stdout.write(
                    f"box key is now {own_recipient()}, trust version {trust.version}"
                )
            else:
                self._centre(purpose, options)

    def _centre(self, purpose: str, options: dict[str, Any]) -> None:
        trust = rotate_key(purpose, revoke=options["revoke"], root_files=options["root"]).trust
        in_use = trust.key_in_use(purpose)
        fingerprint = in_use.fingerprint if in_use else ""
        self.stdout.write(f"{purpose} key is now {fingerprint}, trust version {trust.version}")

    def _device(self) -> None:
        """By network at once; else with the next stick."""
        link = CentreLink.objects.current()
        if link is None:
            raise NotPairedError("this machine is not paired with a centre")
        make_new_keys()
        if link.address:
            sync_with_centre()
        if has_next_key(DEVICE):
            self.stdout.write("new keys are made; they are in use once the centre has answered")
        else:
            self.stdout.write(f"device key is now {own_key(DEVICE).key_id[:16]}")

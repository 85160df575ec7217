from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from offline_pack.format.signing import VerifyingKey
from offline_pack.trust.chain import held_trust


class Command(BaseCommand):
    help = "Show the keys believed here: one line a key, and the trust version last."

    def handle(self, *_: Any, **__: Any) -> None:
        held = held_trust()
        if held is None:
            self.stdout.write("no centre is trusted here yet")
            return
        trust = held.trust
        for key in (*trust.root.keys, *trust.keys):
            self.stdout.write(f"{key.purpose}\t{key.key_id}\t{_state(key, trust.revoked)}")
        self.stdout.write(
            f"{trust.centre}, trust version {trust.version}, fingerprint {trust.root.fingerprint}"
        )


def _state(key: VerifyingKey, revoked: tuple[str, ...]) -> str:
    return "revoked" if key.key_id in revoked else "good"

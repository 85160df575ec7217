"""Pairing, at the telecentre: show a code to the centre, and believe the one that knows it too."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from courses.software import software_version
from lms.clock import read_clock
from lms.fact import canonical_text
from lms.models import Cohort, Device, Learner, StaffProfile, Telecentre
from lms.recording import own_device, start_new_epoch
from lms.streams import become_device
from offline_pack.format.signing import DEVICE
from offline_pack.models import CentreLink, Snapshot, SnapshotKind
from offline_pack.sync.codes import lookup_of, normal_code, verifier_of
from offline_pack.sync.envelope import PROTOCOLS
from offline_pack.sync.errors import NotTheCentreError
from offline_pack.sync.roster import update_telecentre
from offline_pack.transport import CentreConnection
from offline_pack.trust.age_keys import own_recipient, usable_recipients
from offline_pack.trust.chain import adopt_trust, documents_in
from offline_pack.trust.keys import own_key


def pair(address: str, code: str) -> CentreLink:
    """Pair this machine with the centre at ``address``.

    Raises a ``SyncError``; then nothing has changed, and the same code may be tried again.
    """
    code = normal_code(code)
    key = own_key(DEVICE)
    body = _request(lookup=lookup_of(code), public=key.public)
    with CentreConnection(address, key=key) as centre:
        answer = centre.pair(body, verifier=verifier_of(code))
        try:
            return adopt_centre(answer, address=centre.address)
        except (KeyError, TypeError, ValueError) as error:
            raise NotTheCentreError(centre.address, reason="an answer we cannot read") from error


@transaction.atomic
def adopt_centre(answer: Mapping[str, Any], *, address: str) -> CentreLink:
    """Believe a centre whose proof and signature were good.

    What was recorded before stays, now under the telecentre the centre named; a new epoch begins.
    Whom the same centre listed at another telecentre stays of that one, and is not shown here.
    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for an answer of another shape.
    """
    trust = adopt_trust(documents_in(answer["trust"])).trust
    if told := answer.get("device"):
        become_device(UUID(told))
    telecentre = _adopt_telecentre(answer["telecentre"], staying=_listed_by(answer["sync_key"]))
    Device.objects.filter(pk=own_device().pk).update(telecentre=telecentre)
    CentreLink.objects.paired().update(is_current=False)
    link = CentreLink.objects.create(
        address=address,
        name=str(answer["centre"])[:200],
        sync_key=bytes.fromhex(answer["sync_key"]).hex(),
        box_recipients=usable_recipients(trust.box or answer.get("box")),
        telecentre=telecentre,
    )
    start_new_epoch()
    return link


def _request(*, lookup: str, public: bytes) -> bytes:
    clock = read_clock()
    document = {
        "proto": list(PROTOCOLS),
        "lookup": lookup,
        "device": own_device().pk.hex,
        "name": platform.node(),
        "key": public.hex(),
        "age": own_recipient(),
        "nonce": secrets.token_hex(16),
        "sw": software_version(),
        "boot": clock.boot_id.hex,
        "mono": clock.mono_ms,
        "wall": clock.wall_ms,
        "clockq": int(clock.quality),
    }
    return canonical_text(document).encode("ascii")


def _adopt_telecentre(document: Mapping[str, Any], *, staying: set[UUID]) -> Telecentre:
    """The row by the centre's id. An earlier one gives its people up to it, unless ``staying``."""
    telecentre_id = UUID(document["id"])
    earlier = own_device().telecentre
    telecentre, _created = Telecentre.objects.get_or_create(
        pk=telecentre_id,
        defaults={"slug": telecentre_id.hex, "name": str(document["name"])[:120]},
    )
    if earlier and earlier.pk != telecentre.pk:
        StaffProfile.objects.filter(telecentre=earlier).update(telecentre=telecentre)
        for model in (Learner, Cohort):
            rows = model._default_manager.filter(telecentre=earlier).exclude(pk__in=staying)
            rows.update(telecentre=telecentre)
    update_telecentre(telecentre, document)
    telecentre.refresh_from_db()
    return telecentre


def _listed_by(sync_key: str) -> set[UUID]:
    """People and groups whom the same centre listed at the telecentre where this machine was.

    They are that telecentre's. Another centre never heard of them: they go with the machine.
    """
    link = CentreLink.objects.current()
    if link is None or bytes.fromhex(sync_key) != bytes.fromhex(link.sync_key):
        return set()
    held = Snapshot.objects.filter(telecentre=link.telecentre, kind=SnapshotKind.ROSTER).first()
    document = held.document if held else {}
    listed = [*document.get("learners", []), *document.get("cohorts", [])]
    return {UUID(item["id"]) for item in listed}

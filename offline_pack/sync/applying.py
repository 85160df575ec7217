"""At a telecentre: make of an answer what is to be made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.models import Epoch, Telecentre
from lms.notices import keep_notices
from offline_pack.errors import TrustFileError
from offline_pack.forgetting import nameless
from offline_pack.format.errors import TrustError
from offline_pack.installing.withdrawing import note_withdrawn
from offline_pack.models import AvailablePack, CentreLink, Snapshot, SnapshotKind
from offline_pack.sync.envelope import whole
from offline_pack.sync.errors import EmptyRosterError, NotTheCentreError, UnusableNewsError
from offline_pack.sync.offered import believed_news
from offline_pack.sync.renewing import KeyNews, note_key
from offline_pack.sync.roster import apply_roster, unlisted
from offline_pack.sync.stories import Held
from offline_pack.trust.age_keys import usable_recipients
from offline_pack.trust.chain import accept_trust_chain, documents_in, held_trust


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a batch, as the centre signed it."""

    stored: int
    durable: int
    server_time: datetime
    rejected: int  # facts set aside at the centre
    down: tuple[Mapping[str, Any], ...]
    box: tuple[str, ...] = ()  # for whom boxes on a stick are sealed; empty: not said
    more: bool = False  # snapshots that did not fit in this answer
    key: KeyNews | None = None  # of the key that signed what is answered
    held: Mapping[UUID, Held] | None = None  # how far each stream is held; None: not said

    @classmethod
    def parse(cls, document: Mapping[str, Any], *, address: str) -> Answer:
        try:
            now = datetime.fromtimestamp(whole(document["server_time"]) / 1000, tz=UTC)
            return cls(
                stored=whole(document["stored"]),
                durable=whole(document.get("durable", 0)),
                server_time=now,
                rejected=len(document.get("rejected", [])),
                down=tuple(document.get("down", [])),
                box=tuple(usable_recipients(document.get("box"))),
                more=document.get("more") is True,
                key=KeyNews.parse(document, now=now),
                held=Held.parse(document["epochs"]) if document.get("epochs") else None,
            )
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise NotTheCentreError(
                address, reason=f"an answer we cannot read: {error}"
            ) from error


def note_answer(link: CentreLink, answer: Answer) -> None:
    """When the centre spoke, by its clock, and for whom boxes are sealed from now on."""
    note: dict[str, Any] = {"last_contact_at": answer.server_time}
    held = held_trust()
    # Root keys name the recipients, or nobody has yet: then the sync key may.
    if answer.box and not (held and held.trust.box):
        note["box_recipients"] = list(answer.box)
    CentreLink.objects.filter(pk=link.pk).update(**note)
    note_key(link, answer.key)


def apply_cursor(epoch: Epoch, answer: Answer) -> int:
    """Believe the centre's cursor; return how many more facts it holds than we knew."""
    before = (epoch.acknowledged, epoch.durable)
    epoch.acknowledged = min(answer.stored, epoch.last_sequence)
    epoch.durable = min(answer.durable, epoch.acknowledged)
    if before != (epoch.acknowledged, epoch.durable):
        Epoch.objects.filter(pk=epoch.pk).update(
            acknowledged=epoch.acknowledged, durable=epoch.durable
        )
    return max(epoch.acknowledged - before[0], 0)


def apply_lost(answer: Answer) -> bool:
    """Whether the centre holds less of our streams than it told before; that is sent again.

    It was put back from a copy: streams that are closed here, and were held, may be missing.
    """
    if answer.held is None:
        return False
    stored = {pk: held.stored for pk, held in answer.held.items()}
    lost = [
        (epoch, stored.get(epoch.pk, 0))
        for epoch in Epoch.objects.filter(device__is_self=True, acknowledged__gt=0)
        if stored.get(epoch.pk, 0) < epoch.acknowledged
    ]
    for epoch, held in lost:
        durable = min(epoch.durable, held)
        Epoch.objects.filter(pk=epoch.pk).update(acknowledged=held, durable=durable)
    return bool(lost)


def held_snapshots(telecentre: Telecentre) -> dict[str, tuple[int, str]]:
    """What goes in ``have``.

    A list of people that lacks somebody made here is asked for again: for the centre, whom they
    have left since, it may be the same as before they came.
    """
    rows = Snapshot.objects.filter(telecentre=telecentre)
    held = {row.kind: (row.version, row.digest) for row in rows.defer("document")}
    if SnapshotKind.ROSTER in held:
        roster = rows.get(kind=SnapshotKind.ROSTER)
        if unlisted(roster.document, telecentre=telecentre):
            held[SnapshotKind.ROSTER] = (roster.version, "")
    return held


def apply_news(
    link: CentreLink, news: tuple[Mapping[str, Any], ...], *, accept_empty_roster: bool = False
) -> int:
    """Apply each snapshot newer than the one held; return how many were.

    Each has its own transaction. Raises ``EmptyRosterError`` or a ``TrustError`` after the others
    are applied: what the centre's sync key vouches for does not wait for its root keys.
    """
    applied = 0
    refused: EmptyRosterError | TrustError | TrustFileError | None = None
    for snapshot in news:
        try:
            applied += _apply(link, snapshot, accept_empty_roster=accept_empty_roster)
        except (EmptyRosterError, TrustError, TrustFileError) as error:
            refused = refused or error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnusableNewsError(kind=str(snapshot.get("kind", ""))) from error
    if refused:
        raise refused
    return applied


@transaction.atomic
def _apply(link: CentreLink, snapshot: Mapping[str, Any], *, accept_empty_roster: bool) -> bool:
    kind, version, digest = snapshot["kind"], snapshot["version"], snapshot["digest"]
    document = snapshot["document"]
    if kind not in SnapshotKind.values:
        return False  # from a newer centre
    held = Snapshot.objects.filter(telecentre=link.telecentre, kind=kind).first()
    if held and held.version >= version:
        return False
    if kind == SnapshotKind.ROSTER:
        if not _is_for(link.telecentre, document):
            return False
        before = held.document if held else {}
        apply_roster(document, link=link, before=before, accept_empty=accept_empty_roster)
        document = nameless(document)
    elif kind == SnapshotKind.PACKS:
        _apply_packs(document)
    elif kind == SnapshotKind.NOTICES:
        keep_notices(document)
    else:
        accept_trust_chain(documents_in(document))
    Snapshot.objects.update_or_create(
        telecentre=link.telecentre,
        kind=kind,
        defaults={"version": version, "digest": digest, "document": document},
    )
    return True


def _is_for(telecentre: Telecentre, roster: Mapping[str, Any]) -> bool:
    """A stick may bring the list of a telecentre that this machine was at before."""
    told = roster.get("telecentre", {}).get("id")
    return told is None or UUID(told) == telecentre.pk


def download_url(pack: AvailablePack) -> str:
    """Where to fetch the pack; an empty text when this machine knows no address."""
    link = CentreLink.objects.current()
    return f"{link.address}{pack.path}" if link and link.address else ""


def _apply_packs(document: Mapping[str, Any]) -> None:
    """The list as the centre has it now; what is not on it is no longer offered."""
    note_withdrawn(
        (UUID(item["course"]), whole(item["version"])) for item in document.get("withdrawn", [])
    )
    rows = [_available(item) for item in document.get("packs", [])]
    AvailablePack.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    AvailablePack.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["course_id"],
        update_fields=[
            "slug",
            "title",
            "version",
            "size",
            "manifest_sha256",
            "path",
            "volumes",
            "deltas",
            "news",
        ],
    )


def _available(item: Mapping[str, Any]) -> AvailablePack:
    return AvailablePack(
        course_id=UUID(item["course"]),
        slug=str(item["slug"])[:80],
        title=str(item["title"])[:200],
        version=whole(item["version"]),
        size=whole(item["size"]),
        manifest_sha256=str(item["manifest_sha256"])[:64],
        path=_path(item),
        volumes=whole(item.get("volumes", 1)),
        deltas=[_delta(delta) for delta in item.get("deltas", [])],
        news=believed_news(item.get("news")),
    )


def _delta(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "base_version": whole(item["base_version"]),
        "base_manifest_sha256": str(item["base_manifest_sha256"])[:64],
        "manifest_sha256": str(item["manifest_sha256"])[:64],
        "size": whole(item["size"]),
        "path": _path(item),
        "volumes": whole(item.get("volumes", 1)),
    }


def _path(item: Mapping[str, Any]) -> str:
    path = str(item["path"])
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is not a path at the centre")
    return path[:300]

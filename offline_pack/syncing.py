"""A sync of this machine with its centre, over the network: one at a time, and noted."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from offline_pack.format.signing import DEVICE, SigningKey
from offline_pack.jobs import register_job, start_job
from offline_pack.link_probe import is_link_up
from offline_pack.locking import LockedError, machine_lock
from offline_pack.mending import start_mending
from offline_pack.models import CentreLink, Job, Rhythm
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.errors import (
    NoAddressError,
    NotPairedError,
    SyncBusyError,
    UnknownDeviceError,
)
from offline_pack.sync.exchange import Exchanged, Progress, exchange
from offline_pack.sync.planning import HOPELESS, count_wait, note_failure, note_success, plan
from offline_pack.transport import CentreConnection
from offline_pack.trust.keys import own_keys
from offline_pack.words.explain import facts_of

SYNC_JOB = "sync"
OLDER_KEYS = 5  # of this machine, tried when the centre does not know the one in use
KEPT_JOBS = 20  # finished ones, for whoever looks what happened


def sync_with_centre(
    *, progress: Progress | None = None, accept_empty_roster: bool = False
) -> Exchanged:
    """One whole exchange; how it went stands on the ``CentreLink``. Raises a ``SyncError``."""
    link = CentreLink.objects.current()
    if link is None:
        raise NotPairedError("this machine is not paired with a centre")
    if not link.address:
        raise NoAddressError("this machine was paired by stick and knows no address")
    try:
        with machine_lock("sync"):
            done = _exchange(link, progress=progress, accept_empty_roster=accept_empty_roster)
    except LockedError as error:
        raise SyncBusyError("another sync is under way") from error
    except Exception as error:
        note = {"last_error": type(error).__name__, "error_facts": facts_of(error)}
        CentreLink.objects.filter(pk=link.pk).update(**note)
        note_failure(error)
        raise
    CentreLink.objects.filter(pk=link.pk).update(
        last_error="", error_facts={}, last_success_at=timezone.now()
    )
    note_success(sent=done.stored)
    start_mending()
    return done


def _exchange(link: CentreLink, **options: Any) -> Exchanged:
    """By the key in use; by an older one with a centre that was put back from an old copy."""
    current, *older = own_keys(DEVICE)
    try:
        return _exchange_by(current, link, **options)
    except UnknownDeviceError:
        for key in older[:OLDER_KEYS]:
            with suppress(UnknownDeviceError):
                return _exchange_by(key, link, **options)
        raise


def _exchange_by(key: SigningKey, link: CentreLink, **options: Any) -> Exchanged:
    with CentreConnection(link.address, key=key) as centre:
        return exchange(link, centre, signing=key, **options)


@transaction.atomic
def ask_for_sync(*, user: Any = None, accept_empty_roster: bool = False) -> bool:
    """Hand a sync to the worker; False when one waits or runs already."""
    syncs = Job.objects.filter(kind=SYNC_JOB)
    if syncs.unfinished().exists():
        return False
    kept = syncs.order_by("-created_at", "-id").values("pk")[:KEPT_JOBS]
    syncs.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    start_job(SYNC_JOB, {"accept_empty_roster": True} if accept_empty_roster else {}, user=user)
    return True


def sync_when_due() -> bool:
    """To be called every minute: ask for a sync if it is time, and there is a link to use."""
    link = CentreLink.objects.current()
    if link is None or not link.address or link.last_error in HOPELESS:
        return False
    count_wait()
    now = plan(waiting=waiting_facts())
    if not now.is_on or now.left_ms:
        return False
    # By the other rhythms a try without a link fails, is told on the page, and backs off.
    if now.rhythm == Rhythm.LINK and not is_link_up(link.address):
        return False
    return ask_for_sync()


def _work(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    accept = params.get("accept_empty_roster") is True
    done = sync_with_centre(progress=progress, accept_empty_roster=accept)
    return {
        "sent": done.sent,
        "stored": done.stored,
        "received": done.received,
        "rejected": done.rejected,
    }


register_job(SYNC_JOB, _work)

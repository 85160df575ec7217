"""A sync of this machine with its centre, over the network: one at a time, and noted."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from offline_pack.explain import facts_of
from offline_pack.format.signing import DEVICE
from offline_pack.jobs import register_job
from offline_pack.keys import own_key
from offline_pack.locking import LockedError, machine_lock
from offline_pack.mending import start_mending
from offline_pack.models import CentreLink
from offline_pack.sync.errors import NotPairedError, SyncBusyError
from offline_pack.sync.exchange import Exchanged, Progress, exchange
from offline_pack.transport import CentreConnection

SYNC_JOB = "sync"


def sync_with_centre(
    *, progress: Progress | None = None, accept_empty_roster: bool = False
) -> Exchanged:
    """One whole exchange; how it went stands on the ``CentreLink``. Raises a ``SyncError``."""
    link = CentreLink.objects.current()
    if link is None:
        raise NotPairedError("this machine is not paired with a centre")
    try:
        with machine_lock("sync"), CentreConnection(link.address, key=own_key(DEVICE)) as centre:
            done = exchange(
                link, centre, progress=progress, accept_empty_roster=accept_empty_roster
            )
    except LockedError as error:
        raise SyncBusyError("another sync is under way") from error
    except Exception as error:
        note = {"last_error": type(error).__name__, "error_facts": facts_of(error)}
        CentreLink.objects.filter(pk=link.pk).update(**note)
        raise
    CentreLink.objects.filter(pk=link.pk).update(
        last_error="", error_facts={}, last_success_at=timezone.now()
    )
    start_mending()
    return done


def _work(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    done = sync_with_centre(progress=progress)
    return {
        "sent": done.sent,
        "stored": done.stored,
        "received": done.received,
        "rejected": done.rejected,
    }


register_job(SYNC_JOB, _work)

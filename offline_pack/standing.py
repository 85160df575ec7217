"""At a telecentre: how it stands with the centre, for the page and the tile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from offline_pack.models import CentreLink, Rhythm
from offline_pack.sync.batch import waiting_facts
from offline_pack.sync.errors import CentreDateError, EmptyRosterError
from offline_pack.sync.planning import HOPELESS, Plan, last_sent, plan
from offline_pack.words.explain import Explanation, explain

BYTES_A_FACT = 50  # on the wire, in a batch of many
BYTES_A_SYNC = 2000  # request and answer, whatever is in them


@dataclass(frozen=True, slots=True)
class Standing:
    link: CentreLink | None  # None: not paired yet
    waiting: int  # facts the centre does not hold
    size: int  # bytes that a sync would take, about
    last: datetime | None  # by the centre's clock: this machine's may be wrong
    trouble: Explanation | None  # why the last sync failed, if it did
    plan: Plan
    sent: int  # facts that the last sync which worked brought over
    is_stopped: bool  # it will not try again by itself before somebody has acted

    @property
    def doubts_clock(self) -> bool:
        """The centre was refused for a date that this machine's own clock may have wrong."""
        return self.link is not None and self.link.last_error == CentreDateError.__name__

    @property
    def refused_empty_list(self) -> bool:
        """The centre's list names nobody any more, and a person has to say that it is right."""
        return self.link is not None and self.link.last_error == EmptyRosterError.__name__

    @property
    def is_urgent(self) -> bool:
        return self.trouble is not None or self.link is None

    @property
    def is_sent(self) -> bool:
        """Is everything at the centre? Before a first sync nobody can say so."""
        return self.last is not None and not self.waiting

    @property
    def waits_for_link(self) -> bool:
        """It is time, and only the line is missing."""
        return self.plan.rhythm == Rhythm.LINK and not self.plan.left_ms


def standing() -> Standing:
    link = CentreLink.objects.current()
    waiting = waiting_facts()
    return Standing(
        link=link,
        waiting=waiting,
        size=BYTES_A_SYNC + BYTES_A_FACT * waiting,
        last=link.telecentre.last_synced_at if link else None,
        trouble=explain(link.last_error, link.error_facts) if link and link.last_error else None,
        plan=plan(waiting=waiting),
        sent=last_sent(),
        is_stopped=link is not None and link.last_error in HOPELESS,
    )

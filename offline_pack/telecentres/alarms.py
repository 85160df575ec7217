"""At the centre: what about a device somebody should look at, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lms.models import Device
from offline_pack.models import DeviceContact
from offline_pack.sync.troubles import EMPTY_ROSTER, TRUST, UNUSABLE_NEWS
from offline_pack.words.explain import Explanation

SILENT = timedelta(days=30)
TOLD = timedelta(days=30)  # nobody has to act on it: then it is an old story
CLOCK_OFF = timedelta(days=1)


def alarms_of(device: Device, *, now: datetime) -> list[Explanation]:
    """None for a device that was withdrawn.

    Reads the contact, which callers join, and ``keeps_waiting``, which they may annotate.
    """
    if device.revoked_at is not None:
        return []
    return [*_silence(device, now), *_kept_waiting(device), *_said(contact_of(device), now)]


def contact_of(device: Device) -> DeviceContact | None:
    """None when it was paired and never heard since."""
    contact: DeviceContact | None = getattr(device, "contact", None)
    return contact


def _silence(device: Device, now: datetime) -> Iterator[Explanation]:
    if (device.last_heard_at or device.created_at) < now - SILENT:
        yield Explanation(
            _("Silent for more than 30 days"),
            _("Call the telecentre: is the machine running, is there a link? A stick will do."),
        )


def _kept_waiting(device: Device) -> Iterator[Explanation]:
    if getattr(device, "keeps_waiting", False):
        yield Explanation(
            _("Its results wait here for earlier ones"),
            _(
                "Bring the centre's answer back to the telecentre, read it there, save onto the "
                "stick again and bring it here. Nothing is lost."
            ),
        )


def _said(contact: DeviceContact | None, now: datetime) -> Iterator[Explanation]:
    if contact is None:
        return
    if contact.forked_at is not None and contact.forked_at > now - TOLD:
        yield Explanation(
            _("Two copies of it, or an old backup"),
            _(
                "Was its disk copied, or put back from a backup? "
                "Nothing is lost: the results of both are kept."
            ),
        )
    if abs(contact.clock_ahead or 0) > CLOCK_OFF.total_seconds():
        yield Explanation(
            _("Its clock is wrong"),
            _("Ask the manager to set the date. Results keep their order."),
        )
    if contact.trouble in _TROUBLES:
        yield _TROUBLES[contact.trouble]()


def _roster_refused() -> Explanation:
    return Explanation(
        _("It refused an empty list of learners"),
        _(
            "Put the learners of this telecentre back on the list. If it is right that there are "
            "none, its manager presses “Accept the empty list” under Synchronise."
        ),
    )


def _trust_refused() -> Explanation:
    return Explanation(
        _("It does not believe the centre's keys"),
        _("Send it a pack or a trust file signed with the root key it knows, or pair it again."),
    )


def _news_unusable() -> Explanation:
    return Explanation(
        _("It cannot use what the centre sends"), _("Update the software of that telecentre.")
    )


_TROUBLES = {
    EMPTY_ROSTER: _roster_refused,
    TRUST: _trust_refused,
    UNUSABLE_NEWS: _news_unusable,
}

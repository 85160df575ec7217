"""Activities as a learner's lesson shows them: where they are done, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.cards import ActivityCard, PlayAddresses, guest_card
from courses.outline import ActivityOutline
from lms.models import Attempt, Learner
from lms.progress import ActivityProgress

DONE, STARTED, WAITING = "done", "started", "waiting"
_routes = {"quiz": "yelen_lms:quiz", "practical": "yelen_lms:practical"}


def register_route(kind: str, name: str) -> None:
    """Say where another app's kind is done: an address with course, lesson number, activity."""
    _routes[kind] = name


@dataclass(frozen=True, slots=True)
class LearnerCards:
    """Makes the cards of one lesson for one learner."""

    slug: str
    number: str  # of the lesson, "3.2"
    version: int  # of the course
    progress: Mapping[UUID, ActivityProgress]
    open_tries: frozenset[UUID]  # activities with a try begun and not finished
    may_play: bool = False  # exercises open to who follows the course

    def card(self, activity: ActivityOutline) -> ActivityCard:
        card = guest_card(activity)
        standing = self.progress.get(activity.id)
        if standing is None or card.kind == "unknown":
            return card
        state, words = self._state(standing)
        url = self._url(activity)
        if activity.kind != "h5p":
            return replace(card, url=url, state=state, words=words)
        if not self.may_play:
            return replace(card, begin=reverse("yelen_courses:course", args=[self.slug]))
        return replace(card, state=state, words=words, play=self._play(activity))

    def _state(self, standing: ActivityProgress) -> tuple[str, str]:
        if standing.is_complete:
            return DONE, _done_in_words(standing.scaled)
        if standing.id not in self.open_tries:
            if standing.scaled is None or standing.kind == "practical":
                return "", ""
            return STARTED, _("Best score so far: %(percent)d %%") % {
                "percent": int(standing.scaled * 100)
            }
        if standing.kind == "practical":
            return WAITING, _("Waiting for an observer")
        return STARTED, _("Begun, not finished")

    def _url(self, activity: ActivityOutline) -> str:
        route = _routes.get(activity.kind)
        return reverse(route, args=[self.slug, self.number, activity.id]) if route else ""

    def _play(self, activity: ActivityOutline) -> PlayAddresses:
        address, played = [self.slug, self.number, activity.id], f"?version={self.version}"
        return PlayAddresses(
            player=reverse("yelen_courses:h5p_player", args=[activity.id, self.version]),
            statements=reverse("yelen_lms:h5p_statements", args=address) + played,
            state=reverse("yelen_lms:h5p_state", args=address),
            mark=reverse("yelen_lms:h5p_mark", args=address) + played,
        )


def open_tries(learner: Learner, activity_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the activities the learner has begun and not finished."""
    rows = Attempt.objects.filter(
        learner=learner, activity_id__in=list(activity_ids), finished_at=None
    )
    return frozenset(rows.values_list("activity_id", flat=True))


def _done_in_words(scaled: Decimal | None) -> str:
    if scaled is None:
        return _("Done")
    return _("Done: %(percent)d %%") % {"percent": int(scaled * 100)}

"""Activities as a lesson shows them: a card with what there is to do and what completes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.activities import kind_of
from courses.activities.h5p import CompletionMode, H5PDefinition
from courses.activities.practical import PracticalDefinition
from courses.activities.quiz import QuizDefinition
from courses.outline import ActivityBlock, ActivityOutline, Block


@dataclass(frozen=True, slots=True)
class PlayAddresses:
    """Where an exercise is played, and where its page sends what happens."""

    player: str
    statements: str
    state: str
    mark: str  # the learner says "done"


@dataclass(frozen=True, slots=True)
class ActivityCard:
    activity: ActivityOutline
    definition: Any  # parsed, or None for a kind unknown here
    rule: str  # what completes it, in words
    url: str = ""  # where it is done; empty when nobody is signed in
    state: str = ""  # "", started, waiting or done
    words: str = ""  # the state in words, with the score
    play: PlayAddresses | None = None  # for an exercise somebody may play
    begin: str = ""  # where to begin the course, which must come first

    @property
    def kind(self) -> str:
        return self.activity.kind if self.definition is not None else "unknown"


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of a lesson and the template that shows it."""

    template: str
    block: Block
    card: ActivityCard | None = None


def guest_card(activity: ActivityOutline) -> ActivityCard:
    """The card as a visitor sees it."""
    kind = kind_of(activity.kind)
    definition = kind.parse.from_dict(activity.definition) if kind else None
    rule = kind.rule if kind and kind.rule else rule_in_words
    return ActivityCard(activity=activity, definition=definition, rule=rule(definition))


def shown_blocks(
    blocks: tuple[Block, ...], *, card: Callable[[ActivityOutline], ActivityCard] = guest_card
) -> list[ShownBlock]:
    """The lesson's blocks with their templates; ``card`` makes an activity's card.

    An activity's template is called after its kind: another app brings one for its own.
    """
    shown = []
    for block in blocks:
        own = card(block.activity) if isinstance(block, ActivityBlock) else None
        name = f"activity_{own.kind}" if own else block.kind or "unknown"
        shown.append(ShownBlock(f"yelen_courses/blocks/{name}.html", block, own))
    return shown


def rule_in_words(definition: Any) -> str:
    """What completes an activity, for the learner."""
    if isinstance(definition, QuizDefinition):
        return _("Passed from %(percent)d %% of right answers. You may try again.") % {
            "percent": definition.pass_percent
        }
    if isinstance(definition, PracticalDefinition):
        return _practical_rule(definition)
    if isinstance(definition, H5PDefinition):
        return _h5p_rule(definition)
    return _("This activity needs a newer version of Yelen.")


def _practical_rule(definition: PracticalDefinition) -> str:
    others = sum(not item.safety for item in definition.items)
    stars = len(definition.items) - others
    rules = []
    if stars:
        rules.append(
            ngettext(
                "The ★ safety step must be done alone.",
                "The %(number)d ★ safety steps must be done alone.",
                stars,
            )
            % {"number": stars}
        )
    if others:
        rules.append(_("Of the other steps, at least 80 % with help or alone."))
    return " ".join(rules)


def _h5p_rule(definition: H5PDefinition) -> str:
    if definition.completion == CompletionMode.VIEWED:
        return _("Completed once you have opened it.")
    if definition.completion == CompletionMode.MARKED:
        return _("Completed when you say you have finished.")
    return _("Completed from %(percent)d %%. You may try again.") % {
        "percent": definition.pass_percent
    }

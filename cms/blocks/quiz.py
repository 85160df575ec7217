"""The quiz, as a trainer fills it in."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, IntegerBlock, RichTextBlock, StructBlock
from wagtail.blocks.struct_block import BlockGroup

from cms.blocks.place import Place
from cms.blocks.questions import QuestionsBlock
from cms.blocks.text import SHORT_FEATURES
from courses.activities.quiz import PASS_PERCENT, QuizDefinition
from courses.outline import ActivityBlock, ActivityOutline


def pass_percent_block() -> IntegerBlock:
    return IntegerBlock(
        label=_("Pass mark, in %"), default=PASS_PERCENT, min_value=1, max_value=100
    )


class QuizBlock(StructBlock):
    title = CharBlock(label=_("Title"), max_length=200)
    questions = QuestionsBlock(label=_("Questions"))
    instructions = RichTextBlock(label=_("Instructions"), required=False, features=SHORT_FEATURES)
    pass_percent = pass_percent_block()

    def outline(self, value: Any, place: Place) -> ActivityBlock:
        definition = QuizDefinition(
            questions=tuple(
                item.block.question(
                    item.value,
                    uuid.uuid5(place.activity_id, item.id or str(position)),
                    place,
                )
                for position, item in enumerate(value["questions"])
            ),
            pass_percent=value["pass_percent"] or PASS_PERCENT,
            instructions=place.html(value["instructions"]),
        )
        return ActivityBlock(
            ActivityOutline(
                id=place.activity_id,
                kind="quiz",
                title=value["title"].strip(),
                definition=definition.to_dict(),
            )
        )

    class Meta:
        icon = "help"
        label = _("Quiz")
        label_format = "{title}"
        form_layout = BlockGroup(
            children=["title", "questions"], settings=["instructions", "pass_percent"]
        )

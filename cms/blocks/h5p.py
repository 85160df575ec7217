"""An H5P exercise in a lesson: which package, and how it is completed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, RichTextBlock, StructBlock
from wagtail.blocks.struct_block import BlockGroup

from cms.blocks.place import Place
from cms.blocks.quiz import pass_percent_block
from cms.blocks.text import SHORT_FEATURES
from cms.h5p_chooser import H5PPackageChooserBlock
from courses.activities.h5p import CompletionMode, H5PDefinition
from courses.outline import ActivityBlock, ActivityOutline


class H5PBlock(StructBlock):
    package = H5PPackageChooserBlock(label=_("H5P exercise"))
    title = CharBlock(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty to use the title of the exercise."),
    )
    text_equivalent = RichTextBlock(
        label=_("The same in words"),
        features=SHORT_FEATURES,
        help_text=_("For those who cannot play the exercise: what it asks, and the answers."),
    )
    completion = ChoiceBlock(
        label=_("Completed when"),
        required=False,
        choices=[
            (CompletionMode.SCORED.value, _("the pass mark is reached")),
            (CompletionMode.VIEWED.value, _("it has been opened")),
            (CompletionMode.MARKED.value, _("the learner says so")),
        ],
        help_text=_("Leave it empty for what suits this kind of exercise."),
    )
    pass_percent = pass_percent_block()

    def outline(self, value: Any, place: Place) -> ActivityBlock | None:
        package = value["package"]
        if package is None:  # deleted since
            return None
        known = H5PDefinition.from_dict(package.definition)
        definition = replace(
            known,
            completion=value["completion"] or known.completion,
            pass_percent=value["pass_percent"] or known.pass_percent,
            text_equivalent=place.html(value["text_equivalent"]),
        )
        return ActivityBlock(
            ActivityOutline(
                id=place.activity_id,
                kind="h5p",
                title=(value["title"] or "").strip() or package.title,
                definition=definition.to_dict(),
            )
        )

    class Meta:
        icon = "radio-empty"
        label = _("H5P exercise")
        label_format = "{title}"
        form_layout = BlockGroup(
            children=["package", "title", "text_equivalent"],
            settings=["completion", "pass_percent"],
        )

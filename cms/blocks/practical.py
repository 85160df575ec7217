"""The practical: a checklist an observer fills in, written or pasted by the trainer."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from cms.blocks.place import Place, lines_of
from cms.blocks.text import SHORT_FEATURES
from courses.activities.practical import ChecklistItem, PracticalDefinition
from courses.outline import ActivityBlock, ActivityOutline

STAR = "★"
_BULLETS = "-–—•*·\t "
_PASTED = uuid.UUID("6f1c5f2e-38a5-5a0e-9a53-0d2c7b6f4c11")


class ChecklistItemBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("What the observer must see"), max_length=300)
    safety = blocks.BooleanBlock(label=_("★ Safety: must be done alone"), required=False)
    skill = blocks.CharBlock(
        label=_("Skill code"),
        required=False,
        max_length=60,
        help_text=_("For reports, for example m1.debrancher. May stay empty."),
    )

    class Meta:
        icon = "tick"
        label = _("Item")
        label_format = "{text}"
        form_layout = BlockGroup(children=["text", "safety"], settings=["skill"])


class PracticalBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    instructions = blocks.RichTextBlock(
        label=_("Instructions"), required=False, features=SHORT_FEATURES
    )
    items = blocks.ListBlock(ChecklistItemBlock(), label=_("Items"), default=[])
    pasted = blocks.TextBlock(
        label=_("Paste a list"),
        required=False,
        rows=4,
        help_text=_("One item a line; begin a safety item with ★. Saving turns them into items."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        cleaned["items"] = self._with_pasted(cleaned["items"], cleaned["pasted"] or "")
        cleaned["pasted"] = ""
        if not self.is_deferred_validation and not len(cleaned["items"]):
            fault = ValidationError(gettext("Add at least one item to the checklist."))
            raise StructBlockValidationError(block_errors={"items": fault})
        return cleaned

    def outline(self, value: Any, place: Place) -> ActivityBlock:
        definition = PracticalDefinition(
            items=tuple(
                ChecklistItem(
                    id=uuid.uuid5(place.activity_id, item.id),
                    text=item.value["text"].strip(),
                    safety=bool(item.value["safety"]),
                    skill=(item.value["skill"] or "").strip(),
                )
                for item in value["items"].bound_blocks
            ),
            instructions=place.html(value["instructions"]),
        )
        return ActivityBlock(
            ActivityOutline(
                id=place.activity_id,
                kind="practical",
                title=value["title"].strip(),
                definition=definition.to_dict(),
            )
        )

    def _with_pasted(self, items: ListValue, pasted: str) -> ListValue:
        """The items and those of the pasted lines.

        Their ids come from the lines: Wagtail saves a draft again and again while the pasted text
        still stands in the form, and the items must not become others each time.
        """
        list_block = self.child_blocks["items"]
        known = {item.value["text"] for item in items.bound_blocks}
        added = []
        for line in dict.fromkeys(lines_of(pasted)):
            text = line.lstrip(_BULLETS)
            safety = text.startswith(STAR)
            text = text.lstrip(STAR + " ")[:300]
            if not text or text in known:
                continue
            known.add(text)
            value = list_block.child_block.normalize({"text": text, "safety": safety})
            added.append(
                ListValue.ListChild(
                    list_block.child_block, value, id=str(uuid.uuid5(_PASTED, text))
                )
            )
        return ListValue(list_block, bound_blocks=[*items.bound_blocks, *added])

    class Meta:
        icon = "clipboard-list"
        label = _("Practical")
        label_format = "{title}"

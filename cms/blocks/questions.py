"""The questions of a quiz, one block a kind: each shows only the fields it needs."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from cms.blocks.place import Place, lines_of
from cms.blocks.text import INLINE_FEATURES
from courses.activities.quiz import Choice, Question, QuestionKind, parse_number
from courses.errors import ActivityError

FEWEST_CHOICES = 2
_TRUE_FALSE = [
    ("true", pgettext_lazy("answer", "True")),
    ("false", pgettext_lazy("answer", "False")),
]
_FEEDBACK = ["feedback_right", "feedback_wrong", "explanation"]


def _layout(*names: str) -> BlockGroup:
    """The question and its answers in view, the general feedback folded away."""
    return BlockGroup(children=["text", *names], settings=_FEEDBACK)


class QuestionBlock(blocks.StructBlock):
    """What all kinds share. A kind adds its fields, ``faults`` and ``answers``."""

    kind: QuestionKind

    text = blocks.RichTextBlock(label=_("Question"), features=INLINE_FEATURES)
    feedback_right = blocks.TextBlock(
        label=_("Said when the answer is right"), required=False, max_length=500, rows=1
    )
    feedback_wrong = blocks.TextBlock(
        label=_("Said when the answer is wrong"), required=False, max_length=500, rows=1
    )
    explanation = blocks.TextBlock(
        label=_("Explanation, after any answer"), required=False, max_length=500, rows=1
    )

    def faults(self, value: Any) -> dict[str, ValidationError]:
        """What keeps the question from being published, by field."""
        return {}

    def answers(self, value: Any, question_id: UUID, place: Place) -> dict[str, Any]:
        """The fields of ``Question`` that this kind fills."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        faults = {} if self.is_deferred_validation else self.faults(cleaned)
        if faults:
            raise StructBlockValidationError(block_errors=faults)
        return cleaned

    def question(self, value: Any, question_id: UUID, place: Place) -> Question:
        return Question(
            id=question_id,
            kind=self.kind.value,
            text=place.inline_html(value["text"]),
            feedback_right=(value["feedback_right"] or "").strip(),
            feedback_wrong=(value["feedback_wrong"] or "").strip(),
            explanation=(value["explanation"] or "").strip(),
            **self.answers(value, question_id, place),
        )


class ChoiceBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Answer"), max_length=300)
    right = blocks.BooleanBlock(label=_("This is a right answer"), required=False)
    feedback = blocks.TextBlock(
        label=_("Why it is right or wrong"), required=False, max_length=500, rows=1
    )

    class Meta:
        icon = "list-ul"
        label = _("Answer")
        label_format = "{text}"


class SingleQuestionBlock(QuestionBlock):
    kind = QuestionKind.SINGLE

    choices = blocks.ListBlock(ChoiceBlock(), label=_("Answers"))

    def faults(self, value: Any) -> dict[str, ValidationError]:
        if len(value["choices"]) < FEWEST_CHOICES:
            fault = gettext("Offer at least two answers.")
        else:
            fault = self.fault_of(sum(choice["right"] for choice in value["choices"]))
        return {"choices": ValidationError(fault)} if fault else {}

    def fault_of(self, right: int) -> str:
        """What is wrong with so many right answers; empty when nothing is."""
        return "" if right == 1 else gettext("Tick exactly one right answer.")

    def answers(self, value: Any, question_id: UUID, place: Place) -> dict[str, Any]:
        return {
            "choices": tuple(
                Choice(
                    id=uuid.uuid5(question_id, item.id).hex[:8],
                    text=item.value["text"].strip(),
                    right=bool(item.value["right"]),
                    feedback=(item.value["feedback"] or "").strip(),
                )
                for item in value["choices"].bound_blocks
            )
        }

    class Meta:
        icon = "radio-full"
        label = _("One right answer")
        label_format = "{text}"
        form_layout = _layout("choices")


class MultipleQuestionBlock(SingleQuestionBlock):
    kind = QuestionKind.MULTIPLE

    def fault_of(self, right: int) -> str:
        return "" if right else gettext("Tick at least one right answer.")

    class Meta:
        icon = "tick-inverse"
        label = _("Several right answers")
        label_format = "{text}"
        form_layout = _layout("choices")


class TrueFalseQuestionBlock(QuestionBlock):
    kind = QuestionKind.TRUE_FALSE

    answer = blocks.ChoiceBlock(label=_("The sentence is"), choices=_TRUE_FALSE)

    def answers(self, value: Any, question_id: UUID, place: Place) -> dict[str, Any]:
        with translation.override(place.language):
            words = {"true": pgettext("answer", "True"), "false": pgettext("answer", "False")}
        return {
            "choices": tuple(
                Choice(id=key, text=word, right=value["answer"] == key)
                for key, word in words.items()
            )
        }

    class Meta:
        icon = "order"
        label = _("True or false")
        label_format = "{text}"
        form_layout = _layout("answer")


class ShortQuestionBlock(QuestionBlock):
    kind = QuestionKind.SHORT

    accepted = blocks.TextBlock(
        label=_("Accepted answers"),
        rows=3,
        help_text=_("One a line. Capitals and accents do not matter."),
    )

    def answers(self, value: Any, question_id: UUID, place: Place) -> dict[str, Any]:
        return {"accepted": lines_of(value["accepted"] or "")}

    class Meta:
        icon = "edit"
        label = _("Short answer")
        label_format = "{text}"
        form_layout = _layout("accepted")


class NumberQuestionBlock(QuestionBlock):
    kind = QuestionKind.NUMBER

    accepted = blocks.CharBlock(
        label=_("Right number"), max_length=40, help_text=_("For example 230 or 12,5")
    )
    tolerance = blocks.CharBlock(
        label=_("Accepted difference"),
        required=False,
        default="0",
        max_length=40,
        help_text=_("0: only this very number. 5: five more or less is right too."),
    )

    def faults(self, value: Any) -> dict[str, ValidationError]:
        faults = {}
        for name in ("accepted", "tolerance"):
            try:
                number = parse_number(value[name] or "0")
            except ActivityError:
                faults[name] = ValidationError(gettext("Write a number, for example 12,5."))
                continue
            if name == "tolerance" and number < 0:
                faults[name] = ValidationError(gettext("Write 0 or a number above it."))
        return faults

    def answers(self, value: Any, question_id: UUID, place: Place) -> dict[str, Any]:
        return {
            "accepted": (_plain_number(value["accepted"]),),
            "tolerance": _plain_number(value["tolerance"]),
        }

    class Meta:
        icon = "order-up"
        label = _("Number")
        label_format = "{text}"
        form_layout = _layout("accepted", "tolerance")


def _plain_number(text: str | None) -> str:
    try:
        return format(parse_number(text or "0"), "f")
    except ActivityError:  # a draft, seen in preview
        return "0"


class QuestionsBlock(blocks.StreamBlock):
    single = SingleQuestionBlock()
    multiple = MultipleQuestionBlock()
    true_false = TrueFalseQuestionBlock()
    short = ShortQuestionBlock()
    number = NumberQuestionBlock()

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not len(cleaned):
            raise blocks.StreamBlockValidationError(
                non_block_errors=[gettext("Add at least one question.")]
            )
        return cleaned

    class Meta:
        required = False  # checked above, in words of our own
        collapsed = True  # a quiz opens as the list of its questions

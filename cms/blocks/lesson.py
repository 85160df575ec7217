"""All that a lesson may be made of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlock

from cms.blocks.h5p import H5PBlock
from cms.blocks.media import AudioBlock, FileBlock, ImageBlock, VideoBlock
from cms.blocks.practical import PracticalBlock
from cms.blocks.quiz import QuizBlock
from cms.blocks.text import CalloutBlock, HeadingBlock, TextBlock

_TEXT, _MEDIA, _EXERCISES = _("Texts"), _("Pictures, sound, files"), _("Exercises")


class LessonBody(StreamBlock):
    """A host site may subclass it; a block of its own needs an ``outline`` method (place.py)."""

    heading = HeadingBlock(group=_TEXT)
    text = TextBlock(group=_TEXT)
    callout = CalloutBlock(group=_TEXT)
    image = ImageBlock(group=_MEDIA)
    audio = AudioBlock(group=_MEDIA)
    video = VideoBlock(group=_MEDIA)
    file = FileBlock(group=_MEDIA)
    quiz = QuizBlock(group=_EXERCISES)
    practical = PracticalBlock(group=_EXERCISES)
    h5p = H5PBlock(group=_EXERCISES)

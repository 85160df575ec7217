"""What a lesson is made of: StreamField blocks, each of which becomes a block of the outline."""

from cms.blocks.lesson import LessonBody
from cms.blocks.place import OutlinedBlock, Place, Shelf

__all__ = ["LessonBody", "OutlinedBlock", "Place", "Shelf"]

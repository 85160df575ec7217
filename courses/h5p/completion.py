"""How an exercise is completed when its author has not said so."""

from __future__ import annotations

from courses.activities.h5p import CompletionMode
from courses.h5p.naming import LibraryName

# Libraries that send no statement with a score (seen in play, or no task in them).
_VIEWED = frozenset(
    f"H5P.{name}"
    for name in (
        "Accordion", "AdvancedText", "Agamotto", "Audio", "Chart", "Collage", "CornellNotes",
        "GreetingCard", "IFrameEmbed", "Image", "ImageHotspots", "ImageJuxtaposition",
        "ImageSlider", "InformationWall", "Link", "Text", "ThreeImage", "Timeline", "Video",
    )
)  # fmt: skip
# Something to do in them, yet only the learner knows when it is done.
_MARKED = frozenset(
    f"H5P.{name}"
    for name in (
        "AudioRecorder", "Dialogcards", "DocumentationTool", "Flashcards", "Questionnaire",
    )
)  # fmt: skip


def default_completion(library: LibraryName) -> CompletionMode:
    """A good default for the library; a trainer may choose another for each activity."""
    if library.machine_name in _VIEWED:
        return CompletionMode.VIEWED
    if library.machine_name in _MARKED:
        return CompletionMode.MARKED
    return CompletionMode.SCORED

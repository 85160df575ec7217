from __future__ import annotations

import pytest

from courses.activities import kind_of
from courses.activities.h5p import CompletionMode, H5PDefinition
from courses.errors import OutlineError
from courses.outline import BlobRef

CONTENT = BlobRef("ab" * 32, 120, "application/json")


def test_an_exercise_comes_back_from_its_document_the_same():
    exercise = H5PDefinition(
        main_library="H5P.MultiChoice 1.16",
        libraries=("H5P.Question 1.5", "H5P.MultiChoice 1.16"),
        content=CONTENT,
        files={"images/a.png": BlobRef("cd" * 32, 9, "image/png")},
        completion=CompletionMode.VIEWED,
        size=1200,
    )

    assert H5PDefinition.from_dict(exercise.to_dict()) == exercise
    assert kind_of("h5p").parse is H5PDefinition


def test_an_exercise_without_its_content_is_refused():
    document = {"main_library": "H5P.Blanks 1.14", "libraries": [], "files": {}}

    with pytest.raises(OutlineError, match=r"h5p\.content"):
        H5PDefinition.from_dict(document)

from __future__ import annotations

from uuid import UUID

import pytest

from courses.activities import kind_of
from courses.activities.practical import ChecklistItem, Level, PracticalDefinition

ALONE, HELP, NOT = Level.ALONE, Level.WITH_HELP, Level.NOT_SEEN


def practical_of(*, stars, others):
    items = tuple(
        ChecklistItem(id=UUID(int=n), text=f"Étape {n}", safety=n < stars)
        for n in range(stars + others)
    )
    return PracticalDefinition(items=items, instructions="<p>Devant le formateur.</p>")


def test_a_practical_comes_back_from_its_document_the_same():
    practical = practical_of(stars=1, others=3)

    assert PracticalDefinition.from_dict(practical.to_dict()) == practical
    assert kind_of("practical").parse is PracticalDefinition


@pytest.mark.parametrize(
    ("stars", "others", "passed"),
    [
        ([ALONE, ALONE], [HELP, HELP, HELP, ALONE, NOT], True),  # 80 % of the others
        ([ALONE, ALONE], [HELP, HELP, HELP, NOT, NOT], False),
        ([ALONE, HELP], [ALONE] * 5, False),  # a safety item with help
        ([ALONE, NOT], [ALONE] * 5, False),
        ([ALONE], [], True),
        ([], [HELP] * 5, True),
        ([], [HELP, HELP, HELP, NOT], False),
        ([], [], False),  # nothing to see is nothing shown
    ],
)
def test_safety_alone_and_four_fifths_of_the_rest_pass(stars, others, passed):
    practical = practical_of(stars=len(stars), others=len(others))
    levels = {UUID(int=n): level for n, level in enumerate([*stars, *others])}

    assert practical.is_passed(levels) is passed


def test_an_item_not_marked_is_not_seen():
    practical = practical_of(stars=1, others=1)

    assert not practical.is_passed({})
    assert not practical.is_passed({UUID(int=0): ALONE})

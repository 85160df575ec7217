from __future__ import annotations

import pytest

from offline_pack.format.errors import RequirementError
from offline_pack.format.manifest import Requires
from offline_pack.format.requirements import Abilities, check_requirements

HERE = Abilities(course_schemas=frozenset({1, 2}), software="1.4.0", h5p_core="1.27")


@pytest.mark.parametrize(
    "requires",
    [
        Requires(),
        Requires(course_schema=(2, 3)),
        Requires(edge_min="1.4", edge_max_excl="2"),
        Requires(h5p_core="1.9"),
    ],
)
def test_what_is_there_is_enough(requires):
    check_requirements(requires, HERE)


@pytest.mark.parametrize(
    ("requires", "what"),
    [
        (Requires(course_schema=(3, 4)), "course schema"),
        (Requires(edge_min="1.10"), "Yelen"),
        (Requires(edge_max_excl="1.4"), "Yelen"),
        (Requires(h5p_core="1.28"), "H5P core"),
    ],
)
def test_what_is_not_there_is_named(requires, what):
    with pytest.raises(RequirementError) as caught:
        check_requirements(requires, HERE)

    assert caught.value.what == what

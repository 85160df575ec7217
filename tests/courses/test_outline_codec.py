from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.errors import OutlineError
from courses.outline_codec import decode, encode


@dataclass(frozen=True, slots=True)
class Inner:
    id: UUID
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    count: int
    sure: bool
    inner: Inner | None
    by_name: Mapping[str, Inner]
    free: Any = None


inners = st.builds(Inner, st.uuids(), st.lists(st.text()).map(tuple))
outers = st.builds(
    Outer,
    st.text(),
    st.integers(),
    st.booleans(),
    st.none() | inners,
    st.dictionaries(st.text(), inners, max_size=3),
    st.none() | st.lists(st.integers() | st.text()),
)


@given(outers)
def test_what_is_encoded_is_decoded_the_same(value):
    assert decode(Outer, encode(value), where="outer") == value


WHOLE = encode(Outer("a", 1, True, Inner(UUID(int=1)), {}))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"count": True}, "outer.count"),
        ({"count": 1.0}, "outer.count"),
        ({"sure": 1}, "outer.sure"),
        ({"name": None}, "outer.name"),
        ({"inner": {}}, "outer.inner.id"),
        ({"inner": {"id": None}}, "outer.inner.id"),
        ({"inner": {"id": str(UUID(int=1)), "words": "abc"}}, "outer.inner.words"),
        ({"inner": {"id": str(UUID(int=1)), "words": ["a", 2]}}, "outer.inner.words[1]"),
        ({"by_name": []}, "outer.by_name"),
        ({"by_name": {"k": 1}}, "outer.by_name.k"),
    ],
)
def test_a_wrong_shape_is_named_by_its_place(change, place):
    with pytest.raises(OutlineError) as caught:
        decode(Outer, WHOLE | change, where="outer")

    assert caught.value.where == place


def test_what_has_no_place_in_a_document_is_refused():
    with pytest.raises(TypeError):
        encode({"x": object()})

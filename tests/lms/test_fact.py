from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

import pytest

from lms.fact import FIRST_HASH, Fact, canonical_text

WIRE = {
    "id": UUID(int=1).hex,
    "n": 1,
    "k": "seen",
    "v": 1,
    "a": UUID(int=2).hex,
    "o": UUID(int=3).hex,
    "c": UUID(int=4).hex,
    "r": 2,
    "w": 1_770_000_000_000,
    "b": UUID(int=5).hex,
    "m": 12,
    "q": 0,
    "x": {"é": "\ud800\0", "a": [1, True, None]},
}


def test_a_fact_travels_and_comes_back_the_same():
    fact = Fact.from_wire(WIRE)

    assert fact.to_wire() == WIRE
    assert Fact.from_wire(fact.to_wire()) == fact
    assert fact.course_id == UUID(int=4)


def test_a_fact_without_a_course_travels_with_an_empty_text():
    fact = Fact.from_wire(WIRE | {"c": ""})

    assert fact.course_id is None
    assert fact.to_wire()["c"] == ""


def test_the_chain_hash_is_that_of_the_bytes_before_and_the_canonical_text():
    fact = Fact.from_wire(WIRE)
    text = canonical_text(WIRE)

    assert text.isascii()
    assert fact.hash_after(FIRST_HASH) == hashlib.sha256(bytes(32) + text.encode()).digest()
    assert fact.hash_after(b"x" * 32) != fact.hash_after(FIRST_HASH)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"},
        {"a": None},
        {"n": 0},
        {"n": True},
        {"n": "1"},
        {"n": 2**63},
        {"n": 1.5},
        {"v": -1},
        {"v": 2**15},
        {"r": -1},
        {"r": 2**31},
        {"w": 2**63},
        {"q": 2**15},
        {"k": ""},
        {"k": "x" * 41},
        {"k": "se\0en"},
        {"k": "se\ud800n"},
        {"x": float("nan")},
    ],
)
def test_what_no_database_could_hold_is_refused_at_the_door(change):
    with pytest.raises((TypeError, ValueError, AttributeError)):
        Fact.from_wire(WIRE | change)


@pytest.mark.parametrize("missing", WIRE)
def test_a_missing_field_is_refused(missing):
    document = {key: value for key, value in WIRE.items() if key != missing}

    with pytest.raises(KeyError):
        Fact.from_wire(document)


def test_keys_of_a_newer_yelen_are_passed_over():
    assert Fact.from_wire(WIRE | {"z": str(uuid4())}) == Fact.from_wire(WIRE)

"""Frozen dataclasses to JSON documents and back, driven by their annotations.

Plain Python. Knows ``str int bool UUID tuple[X, ...] Mapping X | None`` and unions of blocks told
apart by their ``kind``. Unknown keys are ignored; a missing key without a default is an error.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from courses.errors import OutlineError

T = TypeVar("T")
_SCALARS = (str, int, float, type(None))  # a bool is an int


def encode(value: Any) -> Any:
    """A dataclass, or anything inside one, as JSON types."""
    if isinstance(value, _SCALARS):  # first, because most are
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _encode_dataclass(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a document")


def decode(target: Any, value: Any, *, where: str) -> Any:  # noqa: PLR0911 - one line a shape
    """Read ``value`` as a ``target``; raises ``OutlineError`` naming the place."""
    if target is Any or (target is str and type(value) is str):  # first, because most are
        return value
    origin = _origin(target)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(target, value, where=where)
    if origin is tuple:
        return _decode_tuple(target, value, where=where)
    if origin is not None:  # Mapping[str, X]
        return _decode_mapping(target, value, where=where)
    if dataclasses.is_dataclass(target):
        return _decode_dataclass(target, value, where=where)
    if target is UUID:
        return _decode_uuid(value, where=where)
    return _decode_scalar(target, value, where=where)


def _encode_dataclass(value: Any) -> Any:
    shape: Any = type(value)
    kind = getattr(shape, "kind", None)
    if kind == "":
        return encode(value.document)
    tag = {"kind": kind} if isinstance(kind, str) else {}
    return tag | {name: encode(getattr(value, name)) for name, _, _ in _fields(shape)}


_origin = cache(typing.get_origin)


@cache
def _fields(target: type) -> tuple[tuple[str, Any, bool], ...]:
    """Name and type of each field, and whether a document must have it."""
    hints = typing.get_type_hints(target)
    nothing = dataclasses.MISSING
    return tuple(
        (item.name, hints[item.name], item.default is nothing and item.default_factory is nothing)
        for item in dataclasses.fields(target)
    )


@cache
def _by_kind(target: Any) -> dict[str, type]:
    return {member.kind: member for member in typing.get_args(target)}


def _decode_dataclass(target: Any, value: Any, *, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise OutlineError(where, "an object is expected")
    arguments = {}
    for name, hint, is_required in _fields(target):
        place = f"{where}.{name}"
        if name in value:
            arguments[name] = decode(hint, value[name], where=place)
        elif is_required:
            raise OutlineError(place, "is missing")
    return target(**arguments)


def _decode_union(target: Any, value: Any, *, where: str) -> Any:
    members = typing.get_args(target)
    if type(None) in members:
        if value is None:
            return None
        (member,) = [item for item in members if item is not type(None)]
        return decode(member, value, where=where)
    if not isinstance(value, Mapping) or not isinstance(value.get("kind"), str):
        raise OutlineError(where, "a block with its kind is expected")
    by_kind = _by_kind(target)
    known = by_kind.get(value["kind"]) if value["kind"] else None
    if known is None:
        return by_kind[""](document=dict(value))
    return decode(known, value, where=where)


def _decode_tuple(target: Any, value: Any, *, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise OutlineError(where, "a list is expected")
    member = typing.get_args(target)[0]
    return tuple(decode(member, item, where=f"{where}[{n}]") for n, item in enumerate(value))


def _decode_mapping(target: Any, value: Any, *, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise OutlineError(where, "an object is expected")
    member = typing.get_args(target)[1]
    return {str(key): decode(member, item, where=f"{where}.{key}") for key, item in value.items()}


def _decode_uuid(value: Any, *, where: str) -> UUID:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise OutlineError(where, "an id (UUID) is expected") from error


def _decode_scalar(target: Any, value: Any, *, where: str) -> Any:
    right = isinstance(value, target) and (target is bool or not isinstance(value, bool))
    if not right:
        raise OutlineError(where, f"{target.__name__} is expected, not {type(value).__name__}")
    return value

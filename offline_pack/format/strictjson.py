"""JSON from strangers: size, depth, number of values, duplicate keys and numbers are bounded."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from offline_pack.format.errors import StrictJSONError

MAX_DEPTH = 16
MAX_VALUES = 1_000_000
MAX_INTEGER = 2**53 - 1

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# Strings are skipped whole, so that a bracket inside one does not count.
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)


def loads(
    data: bytes,
    *,
    max_size: int,
    max_depth: int = MAX_DEPTH,
    max_values: int = MAX_VALUES,
    any_number: bool = False,
) -> dict[str, Any]:
    """The object in ``data``; raises ``StrictJSONError`` for anything unusual.

    Numbers are integers from 0 to 2**53 - 1, unless ``any_number`` lets in what JSON allows.
    Depth and number of values are counted on the bytes, before anything is built in memory.
    """
    if len(data) > max_size:
        raise StrictJSONError(f"{len(data)} bytes, at most {max_size} are allowed")
    _check_shape(data, max_depth=max_depth, max_values=max_values)
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=float if any_number else _no_float,
            parse_int=int if any_number else _integer,
            parse_constant=_no_constant,
        )
        if _SURROGATE.search(data):  # a lone one is legal JSON and illegal text
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise StrictJSONError(f"not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise StrictJSONError("an object is expected")
    return document


def canonical(document: dict[str, Any]) -> bytes:
    """The one way we write JSON down: sorted keys, no spaces, ASCII."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode("ascii")


def _check_shape(data: bytes, *, max_depth: int, max_values: int) -> None:
    depth = values = 0
    for match in _TOKENS.finditer(data):
        token = data[match.start()]
        if token in b"[{":
            depth += 1
            values += 1
            if depth > max_depth:
                raise StrictJSONError(f"nested deeper than {max_depth}")
        elif token in b"]}":
            depth -= 1
        elif token == ord(","):
            values += 1
        if values > max_values:
            raise StrictJSONError(f"more than {max_values} values")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise StrictJSONError("a key stands twice in one object")
    return document


def _integer(text: str) -> int:
    if len(text) > len(str(MAX_INTEGER)) or not 0 <= int(text) <= MAX_INTEGER:
        raise StrictJSONError(f"the number {text[:20]} is out of range")
    return int(text)


def _no_float(text: str) -> NoReturn:
    raise StrictJSONError(f"{text[:20]} is not an integer")


def _no_constant(text: str) -> NoReturn:
    raise StrictJSONError(f"{text} is not allowed")

"""Reading the environment: the only place where a machine says how it differs."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def required(name: str, why: str) -> str:
    """The variable's value; without one the start stops with a clear sentence."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: {why}.")
    return value


def optional(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """1, yes, true, on are true; 0, no, false, off are false; anything else stops the start."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def words(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def number(name: str, default: int) -> int:
    """A whole number from 0 on; anything else stops the start."""
    value = optional(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def folder(name: str, why: str) -> Path:
    """An absolute folder, made when it is not there."""
    path = Path(required(name, why)).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path

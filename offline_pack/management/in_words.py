"""A command's refusals: plain words, the fact for the log, and a non-zero exit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from offline_pack.words.explain import EXPECTED, explain_error


@contextmanager
def refusing_in_words() -> Iterator[None]:
    """Turn what may go wrong on an ordinary bad day into a ``CommandError``."""
    try:
        yield
    except EXPECTED as error:
        raise CommandError(f"{explain_error(error)} ({error})") from error
    except OSError as error:
        raise CommandError(str(error)) from error

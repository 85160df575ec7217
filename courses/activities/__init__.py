"""The kinds of activity: one file each, all behind one small registry.

A kind says how its definition is read (``parse``) and, if it is another app's, what completes it
in words (``rule``). Another app adds a kind with ``register`` (docs/how-to/developer.md).
"""

from courses.activities import h5p, practical, quiz  # noqa: F401 - they register themselves
from courses.activities.registry import ActivityKind, kind_of, known_kinds, register

__all__ = ["ActivityKind", "kind_of", "known_kinds", "register"]

"""The kinds of activity: one file each, all behind one small registry.

A kind says how its definition is read (``parse``), which files it needs besides those found in the
definition (none, for most), and how it is completed. Another app adds a kind with ``register``.
"""

from courses.activities import h5p, practical, quiz  # noqa: F401 - they register themselves
from courses.activities.registry import ActivityKind, kind_of, known_kinds, register

__all__ = ["ActivityKind", "kind_of", "known_kinds", "register"]

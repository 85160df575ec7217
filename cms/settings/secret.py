"""The instance's own secret: made at first start, kept in its data folder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def secret_key(data_dir: Path) -> str:
    """The secret in ``keys/secret``, made once with mode 0600; safe with two starts at once."""
    path = data_dir / "keys" / "secret"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        temporary = path.with_suffix(f".{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as target:
            target.write(get_random_secret_key())
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):
            _publish(temporary, path)
        temporary.unlink(missing_ok=True)
    return path.read_text()


def _publish(temporary: Path, path: Path) -> None:
    if path.exists() and not path.stat().st_size:  # a power cut in an older start
        path.unlink()
    os.link(temporary, path)

"""The web child: waitress, one process, a few threads (docs/adr/0004)."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from waitress import create_server

THREADS = 8
LARGEST_UPLOAD = 4 * 1024**3  # bytes: a whole pack


def serve_web(*, host: str, port: int) -> None:
    """Answer requests until SIGTERM; those under way are finished."""
    _spool_beside_the_data()
    server = create_server(
        get_wsgi_application(),
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_UPLOAD,
        channel_timeout=120,
        connection_limit=200,
        **_proxy_options(),
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server.run()  # returns on SystemExit, once the requests under way are answered
    finally:
        server.close()


def _spool_beside_the_data() -> None:
    """Large uploads wait on the disk that has room for them, not in a /tmp held in memory."""
    folder = Path(settings.YELEN_SPOOL_DIR)
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():  # by a power cut
        if left.is_file():
            left.unlink(missing_ok=True)
    tempfile.tempdir = str(folder)


def _proxy_options() -> dict[str, object]:
    if not settings.YELEN_TRUSTED_PROXY:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": settings.YELEN_TRUSTED_PROXY,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }

"""Who is spoken to, and what is never said."""

from __future__ import annotations

import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from offline_pack.forwarding import forward
from offline_pack.lrs.access import lrs_access
from offline_pack.lrs.errors import LrsUnreachableError
from offline_pack.lrs.outbox import waiting_statements
from tests.offline_pack.lrs.server import PASSWORD
from tests.offline_pack.remote.test_certificates import certificate

NOW = datetime.now(UTC)


@pytest.fixture
def secured(tmp_path, settings):
    """An LRS that speaks TLS, with a certificate nobody has vouched for; what it heard."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(self.headers["Authorization"])
            ids = json.dumps([statement["id"] for statement in json.loads(body)]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(ids)))
            self.end_headers()
            self.wfile.write(ids)

    path = certificate(
        tmp_path / "lrs.pem", begins=NOW - timedelta(days=1), ends=NOW + timedelta(days=1)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.handle_error = lambda *_args: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.YELEN_LRS_URL = f"https://127.0.0.1:{server.server_port}/xapi"
    yield path, heard
    server.shutdown()
    server.server_close()


def test_an_lrs_that_nobody_vouches_for_hears_nothing(lrs, secured, record):
    _path, heard = secured
    record(1)

    with pytest.raises(LrsUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        forward()

    assert heard == []
    assert waiting_statements() == 1


def test_one_with_a_known_certificate_is_spoken_to(lrs, secured, record, monkeypatch):
    path, heard = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    record(2)

    forward()

    assert len(heard) == 1
    assert waiting_statements() == 0


def test_a_token_is_sent_as_a_token(lrs, secured, record, monkeypatch, settings):
    path, heard = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    settings.YELEN_LRS_USER = settings.YELEN_LRS_PASSWORD = ""
    settings.YELEN_LRS_TOKEN = "t0ken"
    record(1)

    forward()

    assert heard == ["Bearer t0ken"]


def test_what_is_written_of_the_access_holds_no_secret(lrs):
    access = lrs_access()

    assert PASSWORD not in repr(access)
    assert PASSWORD not in access.digest
    assert len(access.digest) == 64

"""The least that a telecentre takes for its centre: holds what comes, signs what it says."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from offline_pack.format.signing import SigningKey
from offline_pack.sync.envelope import ANSWER_CONTENT_TYPE, decode_batch, encode_answer
from offline_pack.sync.signing import (
    SIGNATURE_HEADER,
    answer_payload,
    request_payload,
    sign_answer,
)

KEY = SigningKey(b"\x09" * 32)


class PatientCentre:
    def __init__(self):
        self.facts = []  # lines, in the order they came, each once
        centre = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = encode_answer(centre.take(decode_batch(body)))
                payload = answer_payload(200, request_payload("POST", self.path, body), answer)
                self.send_response(200)
                self.send_header("Content-Type", ANSWER_CONTENT_TYPE)
                self.send_header("Content-Length", str(len(answer)))
                self.send_header(SIGNATURE_HEADER, sign_answer([KEY], payload))
                self.end_headers()
                self.wfile.write(answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, batch):
        new = len(self.facts) - (batch.header.first_seq - 1)
        self.facts += batch.lines[max(new, 0) :]
        return {
            "stored": len(self.facts),
            "durable": 0,
            "rejected": [],
            "server_time": int(time.time() * 1000),
            "down": [],
        }

    def close(self):
        self._server.shutdown()
        self._server.server_close()

"""A small strict LRS in a process of its own: ``python -m tests.offline_pack.lrs.server``.

It prints its port. ``/_control`` is for the test: what came, what is held, how it misbehaves.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.offline_pack.lrs import strict

USER, PASSWORD = "yelen", "s3cret-w0rd"
NOTHING = 204
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Store:
    def __init__(self):
        self.lock = threading.Lock()
        self.held = {}
        self.stored = Counter()  # how often each id was stored: once, or something is wrong
        self.posts = []  # how many statements each request brought
        self.headers = []
        self.faults = []  # one for each POST to come; "" is none
        self.rules = {"bad": [], "most_bytes": 10**9, "taken_is_conflict": False, "poison": ""}
        # As Ralph does: not a word of what it had, and one statement as a list.
        self.rules |= {"is_quiet": False, "lists_one": False}

    def take(self, statements):
        """The status for a batch, which is stored whole or not at all."""
        ids = [statement.get("id", "") for statement in statements]
        if self.rules["poison"] in ids:
            return 500, "NUL in a text"
        if len(set(ids)) < len(ids) or set(ids) & set(self.rules["bad"]):
            return 400, "a statement is bad"
        for statement in statements:
            try:
                strict.check(statement)
            except (strict.InvalidError, TypeError, ValueError, AttributeError) as error:
                return 400, f"not a statement: {error}"
        for statement in statements:
            before = self.held.get(statement["id"])
            if before and (
                self.rules["taken_is_conflict"]
                or strict.essence(before) != strict.essence(statement)
            ):
                return 409, "a statement with this id is held"
        if self.rules["is_quiet"] and set(ids) <= set(self.held):
            return 204, ""
        for statement in statements:
            if statement["id"] not in self.held:
                self.held[statement["id"]] = statement
                self.stored[statement["id"]] += 1
        return 200, ids


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_args):
        pass

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/_control":
            names = ("held", "stored", "posts", "headers")
            self.answer(200, {name: getattr(self.store, name) for name in names})
        elif not self.is_refused():
            held = self.store.held.get(parse_qs(url.query)["statementId"][0])
            if held and self.store.rules["lists_one"]:
                held = {"statements": [held]}
            self.answer(200 if held else 404, held or "")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/_control":
            self.obey(json.loads(body))
            return
        store = self.store  # what comes late is of the test that is over
        store.headers.append(dict(self.headers))
        with store.lock:
            fault = store.faults.pop(0) if store.faults else ""
        kind, _, value = fault.partition(" ")
        if kind == "slow":
            time.sleep(float(value))
        if kind == "cut":
            self.cut()
        elif kind.isdigit():
            self.answer(int(kind), PASSWORD + " is wrong", retry_after=value)
        elif not self.is_refused():
            self.store_all(body, store, kind)

    def obey(self, given):
        if given.pop("reset", False):
            Handler.store = Store()
        self.store.faults = given.pop("faults", self.store.faults)
        self.store.held |= given.pop("held", {})
        self.store.rules |= given
        self.answer(200, "")

    def store_all(self, body, store, kind):
        if len(body) > store.rules["most_bytes"]:
            self.answer(413, "too large")
            return
        if kind == "portal":
            self.say("nothing", NOTHING, "")
            return
        with store.lock:
            statements = json.loads(body)
            store.posts.append(len(statements))
            status, said = store.take(statements)
        self.say(kind, status, said)

    def say(self, kind, status, said):
        """It is stored by now; only the answer can still go wrong."""
        if kind == "lose":
            self.cut()
        elif kind == "half":
            self.send_response(200)
            self.send_header("Content-Length", "4000")
            self.end_headers()
            self.wfile.write(b'["')
            self.cut()
        elif kind == "page":
            self.answer(200, "<html>Sign in to the wireless network</html>", is_json=False)
        elif kind == "nothing" or status == NOTHING:
            self.send_response(NOTHING)
            self.end_headers()
        elif kind == "others":
            self.answer(200, ["00000000-0000-4000-8000-000000000000"])
        else:
            self.answer(status, said)

    def is_refused(self):
        if self.headers.get("Authorization") != BASIC:
            self.answer(401, f"who are you? {self.headers.get('Authorization')}")
        elif self.headers.get("X-Experience-API-Version") != "1.0.3":
            self.answer(400, "X-Experience-API-Version is missing")
        elif self.path.split("?")[0] != "/xapi/statements":
            self.answer(404, "nothing here")
        else:
            return False
        return True

    def answer(self, status, document, *, is_json=True, retry_after=""):
        body = json.dumps(document).encode() if is_json else document.encode()
        self.send_response(status)
        self.send_header("X-Experience-API-Version", "1.0.3")
        self.send_header("Content-Type", "application/json" if is_json else "text/html")
        self.send_header("Content-Length", str(len(body)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body)

    def cut(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()


class RealLrs:
    """The process, as a test holds it."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.offline_pack.lrs.server"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.url = f"{self.address}/xapi"
        return self

    def __exit__(self, *_error):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def control(self, **given):
        self._ask(json.dumps(given).encode())

    def state(self):
        return self._ask()

    def _ask(self, data=None):
        url = f"{self.address}/_control"  # http, ours
        with urllib.request.urlopen(url, data=data, timeout=10) as answer:  # noqa: S310
            return json.load(answer)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that was killed, or gave up waiting, is no news here."""


def main():
    Handler.store = Store()
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

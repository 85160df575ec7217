"""HTTP at the telecentre: only our own centre is believed, and nothing waits or grows for ever."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from offline_pack.format.signing import SigningKey, VerifyingKey
from offline_pack.sync.envelope import ANSWER_CONTENT_TYPE, encode_answer
from offline_pack.sync.errors import (
    BatchTooLargeError,
    CentreAddressError,
    CentreBusyError,
    CentreFaultError,
    CentreUnreachableError,
    NotTheCentreError,
    PairingRefusedError,
    RevokedError,
    StreamForkError,
)
from offline_pack.sync.signing import answer_payload, prove, request_payload, sign_answer
from offline_pack.transport import CentreConnection, clean_address

SYNC_KEY = SigningKey(bytes([1]) * 32)
BELIEVED = VerifyingKey(SYNC_KEY.public, "sync")
VERIFIER = b"v" * 32


class Site:
    """A server that answers each request as ``answer(handler, body)`` does."""

    def __init__(self, answer):
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.seen.append((self.path, dict(self.headers)))
                answer(self, body)

            def log_message(self, *_):
                pass

        self.seen = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def site():
    made = []

    def site(answer):
        made.append(Site(answer))
        return made[-1]

    yield site
    for each in made:
        each.server.shutdown()
        each.server.server_close()


def send(handler, status, body, headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def signed(document, *, status=200, key=SYNC_KEY, asked=None, verifier=None):
    def answer(handler, body):
        said = encode_answer(document)
        payload = answer_payload(
            status, request_payload("POST", handler.path, asked or body), said
        )
        headers = {
            "Content-Type": ANSWER_CONTENT_TYPE,
            "Yelen-Signature": sign_answer([key], payload),
        }
        if verifier:
            headers["Yelen-Proof"] = prove(verifier, payload)
        send(handler, status, said, headers)

    return answer


def plain(status, body=b"<h1>Wi-Fi</h1>", **headers):
    return lambda handler, _: send(handler, status, body, {"Content-Type": "text/html", **headers})


def send_to(address, **options):
    with CentreConnection(address, key=SigningKey.generate(), **options) as centre:
        return centre.send_batch(b"batch", centre=BELIEVED)


def test_a_signed_answer_is_read(site):
    assert send_to(site(signed({"stored": 3})).address) == {"stored": 3}


def test_an_address_below_a_folder_is_signed_with_it(site):
    made = site(signed({"stored": 3}))

    assert send_to(f"{made.address}/yelen/") == {"stored": 3}
    assert made.seen[0][0] == "/yelen/sync/v1/box"


NOT_OURS = {
    "captive portal": plain(200),
    "its redirect": plain(302, b"", Location="http://portal/"),
    "not found": plain(404),
    "unsigned": plain(200, encode_answer({"stored": 9}), **{"Content-Type": ANSWER_CONTENT_TYPE}),
    "another key": signed({"stored": 9}, key=SigningKey(bytes([2]) * 32)),
    "answer to another request": signed({"stored": 9}, asked=b"another"),
}


@pytest.mark.parametrize("answer", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_whatever_our_centre_did_not_sign_is_not_believed(site, answer):
    with pytest.raises(NotTheCentreError):
        send_to(site(answer).address)


def test_a_refusal_becomes_its_error(site):
    with pytest.raises(RevokedError):
        send_to(site(signed({"code": "revoked"}, status=403)).address)
    with pytest.raises(StreamForkError) as fork:
        send_to(site(signed({"code": "fork", "at": 7}, status=409)).address)
    with pytest.raises(BatchTooLargeError):
        send_to(site(signed({"code": "too_large", "limit": 1}, status=413)).address)
    with pytest.raises(CentreFaultError):
        send_to(site(signed({"code": "fork"}, status=409)).address)

    assert fork.value.at == 7


def test_a_refusal_somebody_else_wrote_is_not_believed(site):
    with pytest.raises(NotTheCentreError):
        send_to(site(plain(403)).address)


def test_a_failing_server_is_told_from_a_busy_one(site):
    with pytest.raises(CentreFaultError) as fault:
        send_to(site(plain(502)).address)
    with pytest.raises(CentreBusyError) as busy:
        send_to(site(plain(503, **{"Retry-After": "30"})).address)

    assert (fault.value.status, busy.value.retry_after) == (502, 30)


def test_an_answer_without_end_is_cut(site, monkeypatch):
    monkeypatch.setattr("offline_pack.transport.MAX_ANSWER", 1000)

    with pytest.raises(CentreUnreachableError):
        send_to(site(plain(200, bytes(200_000))).address)


def test_a_cut_answer_is_not_taken_for_a_whole_one(site):
    def cut(handler, _body):
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b"x" * 10)
        handler.close_connection = True

    with pytest.raises(CentreUnreachableError):
        send_to(site(cut).address)


def test_a_silent_server_is_waited_for_so_long(site):
    end = threading.Event()

    with pytest.raises(CentreUnreachableError) as silent:
        send_to(site(lambda *_: end.wait(5)).address, timeout=0.2)

    end.set()
    assert silent.value.reason == "no answer in time"


def test_nobody_there_is_told():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"

    with pytest.raises(CentreUnreachableError):
        send_to(address)


def test_a_kept_connection_that_the_server_gave_up_is_made_again(site):
    count = []

    def answer(handler, body):
        count.append(body)
        signed({"stored": len(count)})(handler, body)
        handler.close_connection = True

    with CentreConnection(site(answer).address, key=SigningKey.generate()) as centre:
        told = [centre.send_batch(b"batch", centre=BELIEVED)["stored"] for _ in range(3)]

    assert told == [1, 2, 3]


def pair_with(address):
    with CentreConnection(address, key=SigningKey.generate()) as centre:
        return centre.pair(b"request", verifier=VERIFIER)


def test_a_centre_that_proves_to_know_the_code_is_believed(site):
    document = {"sync_key": SYNC_KEY.public.hex()}

    assert pair_with(site(signed(document, verifier=VERIFIER)).address) == document


NOT_PAIRED = {
    "no proof": signed({"sync_key": SYNC_KEY.public.hex()}),
    "another code's proof": signed({"sync_key": SYNC_KEY.public.hex()}, verifier=b"x" * 32),
    "signed by another key": signed({"sync_key": "11" * 32}, verifier=VERIFIER),
    "no key": signed({}, verifier=VERIFIER),
    "a portal": plain(200),
}


@pytest.mark.parametrize("answer", NOT_PAIRED.values(), ids=NOT_PAIRED.keys())
def test_a_centre_that_does_not_know_the_code_is_not_believed(site, answer):
    with pytest.raises(NotTheCentreError):
        pair_with(site(answer).address)


def test_a_refused_code_is_told(site):
    with pytest.raises(PairingRefusedError):
        pair_with(site(signed({"code": "wrong_code"}, status=403)).address)


@pytest.mark.parametrize("status", [200, 403])
def test_what_anybody_may_have_written_is_read_if_it_is_small(site, status):
    large = signed({"code": "wrong_code", "state": "waiting", "more": [0] * 2000}, status=status)
    address = site(large).address

    with (
        pytest.raises(NotTheCentreError, match="values"),
        CentreConnection(address, key=SigningKey.generate()) as centre,
    ):
        centre.ask(b"request") if status == 200 else centre.pair(b"request", verifier=VERIFIER)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("centre.example.org", "https://centre.example.org"),
        (" https://centre.example.org/ ", "https://centre.example.org"),
        ("http://10.0.0.2:8000", "http://10.0.0.2:8000"),
        ("https://example.org/yelen/", "https://example.org/yelen"),
    ],
)
def test_an_address_is_understood(said, meant):
    assert clean_address(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "ftp://x",
        "http://",
        "http://a:b@c",
        "http://x?y",
        "file:///etc",
        "http://x:99999",
        "pas une adresse",
    ],
)
def test_what_is_no_address_is_refused(said):
    with pytest.raises(CentreAddressError):
        clean_address(said)

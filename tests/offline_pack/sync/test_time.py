"""A right time comes from the centre, over a line whose certificate a wrong clock refuses."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from lms.clock import ClockQuality, read_clock
from lms.models import ClockMark, Statement
from lms.moments import DAY, MINUTE
from lms.recording import own_device
from offline_pack.asking_time import ask_time
from offline_pack.format.signing import SYNC, SigningKey, VerifyingKey
from offline_pack.models import DeviceKey
from offline_pack.sync.answering import answer_batch
from offline_pack.sync.envelope import ANSWER_CONTENT_TYPE, encode_answer, encode_batch
from offline_pack.sync.errors import CentreBusyError, CentreDateError, NotTheCentreError
from offline_pack.sync.signing import answer_payload, request_payload, sign_answer
from offline_pack.timekeeping import heard_time
from offline_pack.transport import CentreConnection
from offline_pack.trust.keys import own_key
from offline_pack.words.explain import explain_error
from tests.offline_pack.remote.test_certificates import certificate
from tests.offline_pack.sync.devices import BOOT

pytestmark = pytest.mark.django_db


class Centre:
    """This process's own centre behind a real socket, with TLS if there is a certificate."""

    def __init__(self, certificate=None):
        centre = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                centre.asked.append(self.path)
                self.reply(*centre.answers(self.path))

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                centre.asked.append(self.path)
                self.reply(503, {"Retry-After": "5"}, b"")

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.asked, self.ahead = [], timedelta(0)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
            scheme = "https"
        self.address = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answers(self, path):
        return signed_time(path, ahead=self.ahead)


def signed_time(path, *, ahead=timedelta(0)):
    """As the centre's view answers, without its database: another thread has none here."""
    at = datetime.now(UTC) + ahead
    nonce = path.partition("nonce=")[2]
    body = encode_answer({"nonce": nonce, "server_time": int(at.timestamp() * 1000)})
    payload = answer_payload(200, request_payload("GET", path, b""), body)
    headers = {
        "Content-Type": ANSWER_CONTENT_TYPE,
        "Yelen-Signature": sign_answer([KEY], payload),
    }
    return 200, headers, body


KEY = SigningKey(bytes([7]) * 32)
BELIEVED = VerifyingKey(KEY.public, "sync")


@pytest.fixture(autouse=True)
def wrong_clock(settings, tmp_path):
    settings.YELEN_CLOCK_QUALITY = 0
    settings.YELEN_DATA_DIR = tmp_path / "data"


@pytest.fixture
def centre():
    made = []

    def start(certificate=None):
        made.append(Centre(certificate))
        return made[-1]

    yield start
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def test_the_centre_says_what_time_it_is_and_signs_it():
    answer = Client().get("/sync/v1/time?nonce=" + "ab" * 16)

    assert answer.status_code == 200
    assert own_key(SYNC).key_id in answer["Yelen-Signature"]


def test_a_signed_time_over_plain_http_is_gone_by(centre):
    assert ask_time(centre().address, centre=BELIEVED, timeout=5)

    clock = read_clock()
    assert clock.quality == ClockQuality.SYNCHRONISED
    assert abs(clock.now - datetime.now(UTC)) < timedelta(seconds=10)
    assert ClockMark.objects.get().device == own_device()


def test_a_time_signed_by_somebody_else_is_not(centre):
    other = VerifyingKey(SigningKey(bytes([8]) * 32).public, "sync")

    assert not ask_time(centre().address, centre=other, timeout=5)

    assert read_clock().quality < ClockQuality.CONFIRMED
    assert ClockMark.objects.count() == 0


def test_an_answer_to_an_earlier_question_is_not(centre):
    site = centre()
    kept = signed_time("/sync/v1/time?nonce=" + "ab" * 16)
    site.answers = lambda _path: kept

    assert not ask_time(site.address, centre=BELIEVED, timeout=5)


def test_a_refused_date_is_asked_about_and_a_certificate_that_ended_stays_refused(
    centre, tmp_path, monkeypatch
):
    now = datetime.now(UTC)
    path = certificate(
        tmp_path / "old.pem", begins=now - timedelta(days=2), ends=now - timedelta(days=1)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    site = centre(path)

    with (
        CentreConnection(site.address, key=KEY, timeout=5) as line,
        pytest.raises(CentreDateError) as refused,
    ):
        line.send_batch(b"", centre=BELIEVED)

    assert refused.value.clock == read_clock().now.date().isoformat()
    assert "date" in explain_error(refused.value).remedy
    assert [asked.partition("?")[0] for asked in site.asked] == ["/sync/v1/time"]
    assert read_clock().quality == ClockQuality.SYNCHRONISED


def test_a_certificate_nobody_vouches_for_is_somebody_else_s(centre, tmp_path):
    now = datetime.now(UTC)
    path = certificate(
        tmp_path / "portal.pem", begins=now - timedelta(days=1), ends=now + timedelta(days=1)
    )
    site = centre(path)

    with (
        CentreConnection(site.address, key=KEY, timeout=5) as line,
        pytest.raises(NotTheCentreError) as refused,
    ):
        line.send_batch(b"", centre=BELIEVED)

    assert "self-signed" in refused.value.reason
    assert site.asked == []


def test_where_the_system_clock_is_wrong_the_signed_time_opens_the_line(
    centre, tmp_path, monkeypatch
):
    """The certificate is of next year, and so is the centre's time."""
    year = timedelta(days=365)
    ahead = datetime.now(UTC) + year
    path = certificate(
        tmp_path / "next.pem", begins=ahead - timedelta(days=2), ends=ahead + timedelta(days=2)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    site = centre(path)
    site.ahead = year

    with (
        CentreConnection(site.address, key=KEY, timeout=5) as line,
        pytest.raises(CentreBusyError),
    ):
        line.send_batch(b"", centre=BELIEVED)

    assert [asked.partition("?")[0] for asked in site.asked] == ["/sync/v1/time", "/sync/v1/box"]


def test_a_batch_on_the_line_fixes_all_facts_of_its_boot(device, learner):
    """Whose wall clock shows 1970; on a stick the same batch tells no time."""
    for hour in (1, 2, 3):
        device.records(learner.pk, mono_ms=hour * 60 * MINUTE, wall_ms=hour)
    batch = device.batch(mono=4 * 60 * MINUTE, boot=BOOT)
    key = DeviceKey.objects.get(device_id=device.id)

    answer_batch(encode_batch(batch.header, batch.lines), key=key)
    unsure = list(Statement.objects.values_list("occurred_within_ms", flat=True))
    answer_batch(encode_batch(batch.header, batch.lines), key=key, is_live=True)

    now = timezone.now()
    rows = list(Statement.objects.order_by("sequence"))
    assert all(within > DAY for within in unsure)
    assert all(row.occurred_within_ms < 11 * MINUTE for row in rows)
    for row, hours in zip(rows, (3, 2, 1), strict=True):
        assert abs(now - timedelta(hours=hours) - row.occurred_at) < timedelta(minutes=1)
    assert [row.wall_ms for row in rows] == [1, 2, 3]


def test_a_full_disk_does_not_stop_a_sync_for_the_time(monkeypatch):
    def full(_memory):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lms.clock.store_memory", full)

    heard_time(timezone.now(), asked_ms=0, answered_ms=5)

    assert ClockMark.objects.count() == 0

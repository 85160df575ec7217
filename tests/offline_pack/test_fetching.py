"""A download cut short goes on where it stopped, and never mixes two packs."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from offline_pack.conf import received_folder
from offline_pack.errors import DownloadError, NotEnoughSpaceError
from offline_pack.fetching import fetch_pack
from tests.offline_pack.format.building import noise

CONTENT = noise(700_000, seed=21)


class Centre(BaseHTTPRequestHandler):
    """Serves ranges; cuts the first ``cuts`` answers in the middle."""

    content = CONTENT
    etag = '"one"'
    cuts = 0
    asked: list[str | None] = []

    def do_GET(self):
        wanted, cls = self.headers.get("Range"), type(self)
        cls.asked.append(wanted)
        start = 0
        if wanted and self.headers.get("If-Range") == cls.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            size = len(cls.content)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        else:
            self.send_response(200)
        body = cls.content[start:]
        self.send_header("Content-Length", str(len(body)))
        if cls.etag:
            self.send_header("ETag", cls.etag)
        self.end_headers()
        if cls.cuts:
            cls.cuts -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def centre():
    handler = type("Handler", (Centre,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    handler.address = f"http://127.0.0.1:{server.server_port}/cours.pack"
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_pack_is_fetched_with_progress(centre):
    seen = []

    path = fetch_pack(centre.address, progress=lambda *told: seen.append(told))

    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [entry.name for entry in received_folder().iterdir()] == [path.name]


def test_a_cut_fetch_asks_for_the_rest_only(centre):
    centre.cuts = 2

    path = fetch_pack(centre.address)

    assert path.read_bytes() == CONTENT
    assert centre.asked[0] is None
    assert centre.asked[1] == f"bytes={len(CONTENT) // 2}-"
    assert len(centre.asked) == 3


def test_a_fetch_that_failed_goes_on_another_day(centre):
    centre.cuts = 4
    with pytest.raises(DownloadError):
        fetch_pack(centre.address)

    path = fetch_pack(centre.address)

    assert path.read_bytes() == CONTENT
    assert centre.asked[-1] is not None


def test_another_pack_at_the_same_address_is_fetched_whole(centre):
    centre.cuts = 4
    with pytest.raises(DownloadError):
        fetch_pack(centre.address)
    centre.content, centre.etag = noise(300_000, seed=22), '"two"'

    path = fetch_pack(centre.address)

    assert path.read_bytes() == centre.content


def test_without_a_name_for_the_bytes_nothing_is_continued(centre):
    centre.etag, centre.cuts = "", 1

    path = fetch_pack(centre.address)

    assert path.read_bytes() == CONTENT
    assert centre.asked == [None, None]


def test_only_web_addresses_are_fetched():
    with pytest.raises(DownloadError):
        fetch_pack("file:///etc/passwd")


def test_a_full_disk_is_said_in_bytes(centre, settings):
    settings.YELEN_RESERVE_BYTES = 10**15

    with pytest.raises(NotEnoughSpaceError):
        fetch_pack(centre.address)

"""Proxies, portals, and servers that are not what they seem."""

from __future__ import annotations

import pytest

from courses.models import Course
from offline_pack.format.errors import NotAPackError
from offline_pack.remote.errors import (
    DownloadRefusedError,
    FileTooShortError,
    PackAddressError,
    PackGoneError,
    WebPageError,
)
from offline_pack.remote.importing import import_remote
from offline_pack.remote.lines import Patience
from offline_pack.store.arrivals import arriving_folder
from tests.offline_pack.format.building import TRUSTED
from tests.offline_pack.remote.server import Server

pytestmark = pytest.mark.django_db


def fetch(server, name="v1.pack", **options):
    return import_remote(server.address(name), trusted=TRUSTED, **options)


def cut(server, size):
    """A download that fails after about so many bytes of the files."""
    server.manners.cuts = [20_000, size, 0]
    with pytest.raises(Exception, match=r"cut|came"):
        fetch(server, "cours.pack", patience=Patience(attempts=2, sleep=lambda _: None))
    server.manners.cuts = []


def test_a_proxy_that_knows_no_ranges_is_read_through(server, offered):
    server.manners.ranges = False

    assert fetch(server).rev == 1
    assert set(server.asked) != {None}


def test_through_such_a_proxy_a_cut_download_keeps_what_came(server, offered):
    server.manners.ranges = False
    server.manners.cuts = [30_000, 60_000, 90_000]

    assert fetch(server, patience=Patience(sleep=lambda _: None)).rev == 1


def test_a_server_that_sends_other_ranges_is_asked_for_the_whole(server, offered):
    server.manners.wrong_after, server.manners.wrong_ranges = 1, 3

    assert fetch(server, patience=Patience(sleep=lambda _: None)).rev == 1


@pytest.mark.parametrize("portal", ["200", "302"])
def test_a_portal_is_known_at_once(server, offered, portal):
    server.manners.portal = portal

    with pytest.raises(WebPageError):
        fetch(server)

    assert len(server.asked) <= 2
    assert not Course.objects.exists()


def test_a_portal_that_comes_up_on_the_way_loses_nothing(server, offered):
    (server.folder / "cours.pack").write_bytes(offered[0].read_bytes())
    cut(server, 30_000)
    server.manners.portal = "302"
    with pytest.raises(WebPageError):
        fetch(server, "cours.pack")
    server.manners.portal = ""

    installed = fetch(server, "cours.pack")

    assert installed.rev == 1
    assert server.sent <= offered[0].stat().st_size + 2_000


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, PackGoneError), (410, PackGoneError), (403, DownloadRefusedError), (511, WebPageError)],
)
def test_a_no_is_taken_for_an_answer(server, offered, status, error):
    server.manners.status = status

    with pytest.raises(error):
        fetch(server)

    assert len(server.asked) == 1


def test_of_a_withdrawn_pack_nothing_is_kept(server, offered):
    (server.folder / "cours.pack").write_bytes(offered[0].read_bytes())
    cut(server, 30_000)
    server.manners.status = 410

    with pytest.raises(PackGoneError):
        fetch(server, "cours.pack")

    assert list(arriving_folder().iterdir()) == []


def test_another_pack_at_the_same_address_starts_over(server, offered):
    (server.folder / "cours.pack").write_bytes(offered[0].read_bytes())
    cut(server, 30_000)
    (server.folder / "cours.pack").write_bytes(offered[1].read_bytes())

    installed = fetch(server, "cours.pack")

    assert installed.rev == 2
    assert list(arriving_folder().iterdir()) == []


@pytest.mark.parametrize("etags", [True, False])
def test_the_same_pack_under_another_name_goes_on(server, offered, etags):
    (server.folder / "cours.pack").write_bytes(offered[0].read_bytes())
    cut(server, 30_000)
    server.manners.etags = etags
    (server.folder / "cours.pack").write_bytes(offered[0].read_bytes() + b"x")

    installed = fetch(server, "cours.pack")

    assert installed.rev == 1
    # One answer is wasted: the server sends the whole when the name is not the one it knows.
    assert server.sent <= 2 * offered[0].stat().st_size + 50_000


def test_two_servers_that_name_the_bytes_differently_do_not_matter(server, offered, monkeypatch):
    monkeypatch.setattr(
        "tests.offline_pack.remote.server.etag_of", lambda _: f'"{len(server.asked)}"'
    )

    assert fetch(server).rev == 1


def test_a_file_that_was_not_copied_whole_is_said_so(server, offered):
    content = offered[0].read_bytes()
    offered[0].write_bytes(content[: len(content) // 2])

    with pytest.raises(FileTooShortError):
        fetch(server, patience=Patience(attempts=3, sleep=lambda _: None))


def test_something_else_than_a_pack_is_refused(server):
    (server.folder / "v1.pack").write_bytes(b"PK\x03\x04" + bytes(100_000))

    with pytest.raises(NotAPackError):
        fetch(server)

    assert server.sent < 100_000


def test_a_redirection_is_followed_and_remembered(server, offered):
    front = Server(server.folder)
    front.manners.redirect_to = server.root

    installed = fetch(front)
    front.stop()

    assert installed.rev == 1
    assert len(front.asked) == 1


@pytest.mark.parametrize("target", ["file:///etc", "ftp://127.0.0.1", "http://[bad"])
def test_a_redirection_out_of_the_web_is_refused(server, offered, target):
    server.manners.redirect_to = target

    with pytest.raises(PackAddressError):
        fetch(server)


def test_redirections_in_a_circle_end(server, offered):
    server.manners.redirect_to = server.root

    with pytest.raises(PackAddressError):
        fetch(server)

    assert len(server.asked) <= 7


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "cours.pack", "http://", "https://x:0/"]
)
def test_only_web_addresses_are_fetched(address):
    with pytest.raises(PackAddressError):
        import_remote(address, trusted=TRUSTED)

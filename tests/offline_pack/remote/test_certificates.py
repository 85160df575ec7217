"""TLS: a clock that is wrong is told from somebody in the middle."""

from __future__ import annotations

import ssl
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils.formats import date_format

from offline_pack.remote.errors import CertificateError, CertificateTimeError
from offline_pack.remote.importing import import_remote
from offline_pack.words.explain import explain_error
from tests.offline_pack.format.building import TRUSTED

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def certificate(path, *, begins, ends):
    """A self-signed certificate for 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(begins).not_valid_after(ends)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(encoding) + private)
    return path


@pytest.fixture
def secured(server, tmp_path, monkeypatch):
    """Has the server speak TLS with such a certificate; ``believed`` adds it to the known ones."""

    def secure(*, begins=NOW - DAY, ends=NOW + DAY, believed=True):
        path = certificate(tmp_path / "centre.pem", begins=begins, ends=ends)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        if believed:
            monkeypatch.setenv("SSL_CERT_FILE", str(path))
        return server.address("v1.pack").replace("http:", "https:")

    return secure


def test_a_believed_server_is_asked(secured, server, offered):
    assert import_remote(secured(), trusted=TRUSTED).rev == 1


@pytest.mark.parametrize(
    "times",
    [{"begins": NOW + DAY, "ends": NOW + 2 * DAY}, {"begins": NOW - 2 * DAY, "ends": NOW - DAY}],
)
def test_a_wrong_clock_is_suspected(secured, server, offered, times):
    with pytest.raises(CertificateTimeError) as caught:
        import_remote(secured(**times), trusted=TRUSTED)

    today = date_format(date.fromisoformat(caught.value.clock), "DATE_FORMAT")
    assert today in explain_error(caught.value).problem
    assert server.asked == []


def test_a_stranger_in_the_middle_is_told_from_a_wrong_clock(secured, server, offered):
    with pytest.raises(CertificateError) as caught:
        import_remote(secured(believed=False), trusted=TRUSTED)

    assert not isinstance(caught.value, CertificateTimeError)
    assert server.asked == []

"""Every reason has its words, with a remedy."""

from __future__ import annotations

import errno
import socket
import ssl
from http.client import IncompleteRead

import pytest
from django.utils import translation

from offline_pack import errors
from offline_pack.format import errors as format_errors
from offline_pack.line_faults import LineFault, line_fault
from offline_pack.words.explain import Way, explain, explain_error
from offline_pack.words.line import WHY

UNREACHED = ("CentreUnreachableError", "LrsUnreachableError", "ServerUnreachableError")
BASES = {"PackFormatError", "OfflinePackError", "SignatureError", "TrustError"}
OURS = {  # faults of programs, which no person can mend
    "BlobNotInPackError",
    "KeyFileError",
    "SourceMismatchError",
    "StrictJSONError",
    "UnknownJobError",
}


def names(module):
    return {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", sorted((names(errors) | names(format_errors)) - BASES - OURS))
def test_every_refusal_has_words_of_its_own(name):
    facts = dict.fromkeys(
        [
            "actual",
            "expected",
            "free",
            "given",
            "installed",
            "keys",
            "least",
            "needed",
            "offered",
            "rev",
            "signed",
            "size",
            "threshold",
            "total",
            "version",
        ],
        1,
    ) | {
        "damaged": ["a"],
        "key_id": "a" * 64,
        "key": "abcd",
        "missing": ["a"],
        "name": "x.pack",
        "path": "x",
        "present": "1",
        "purpose": "packs",
        "reason": "x",
        "slug": "x",
        "title": "x",
        "what": "Yelen",
    }

    with translation.override("en"):
        words, unknown = explain(name, facts), explain("NoSuchError", {})

    assert words != unknown
    assert words.problem and words.remedy
    assert "%(" not in str(words)


def test_an_address_keeps_its_order_in_a_text_from_right_to_left():
    facts = {"address": "https://centre.example.org"}

    with translation.override("ar"):
        arabic = explain("CentreUnreachableError", facts)
    with translation.override("fr"):
        french = explain("CentreUnreachableError", facts)

    assert "(\u2068https://centre.example.org\u2069)" in arabic.problem
    assert "(https://centre.example.org)" in french.problem


@pytest.mark.parametrize("fault", LineFault)
def test_whoever_is_not_reached_is_told_of_in_words_that_say_why(fault):
    said = {"address": "https://x.example", "host": "x.example", "reason": "ECONN 111"}
    facts = said | {"fault": str(fault)}

    with translation.override("en"):
        told = [str(explain(code, facts)) for code in UNREACHED]
        of_old_rows = [str(explain(code, said)) for code in UNREACHED]
        why = str(WHY[fault])

    assert all(why in words for words in told)
    assert not any("ECONN" in words for words in told)
    assert all("the connection breaks" in words for words in of_old_rows)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ConnectionRefusedError(), LineFault.CLOSED),
        (ConnectionResetError(), LineFault.CUT),
        (IncompleteRead(b""), LineFault.CUT),
        (OSError(errno.ENETUNREACH, ""), LineFault.NO_WAY),
        (TimeoutError(), LineFault.SILENT),
        (socket.gaierror(), LineFault.NAME),
        (ssl.SSLCertVerificationError(), LineFault.CERTIFICATE),
        (ssl.SSLError(), LineFault.TLS),
    ],
)
def test_what_went_wrong_with_a_line_is_told_apart(error, fault):
    assert line_fault(error) == fault


def test_facts_of_another_version_do_not_break_the_page():
    with translation.override("en"):
        assert explain("OlderPackError", {}) == explain("NoSuchError", {})


def test_a_pack_that_is_too_long_is_not_called_cut_short():
    with translation.override("en"):
        short = explain_error(format_errors.PackSizeError(expected=2, actual=1))
        long = explain_error(format_errors.PackSizeError(expected=1, actual=2))

    assert "not complete" in short.problem
    assert "longer" in long.problem


@pytest.mark.parametrize(
    "error",
    [
        format_errors.PackSizeError(expected=2, actual=1),
        format_errors.PackReadError("cut"),
        errors.PackNotFoundError("a.pack"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_only_a_pack_from_a_stick_is_told_of_the_stick(error):
    with translation.override("en"):
        stick = explain_error(error)
        upload = explain_error(error, way=Way.UPLOAD)

    assert upload.problem == stick.problem
    assert "stick" in stick.remedy
    assert "stick" not in upload.remedy


def test_a_pack_from_the_network_is_downloaded_again():
    facts = {"damaged": ["a"], "total": 3}

    with translation.override("en"):
        told = explain("PackDamagedError", facts, way=Way.NETWORK)

    assert told.remedy.startswith("Download it again")

from __future__ import annotations

import time

from lms.identifiers import new_id


def test_ids_are_version_7_and_never_the_same():
    ids = [new_id() for _ in range(1000)]

    assert {(value.version, value.variant) for value in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 1000


def test_the_time_in_an_id_never_runs_backwards(monkeypatch):
    before = new_id()

    monkeypatch.setattr(time, "time_ns", lambda: 0)
    after = new_id()

    assert after.int >> 80 >= before.int >> 80

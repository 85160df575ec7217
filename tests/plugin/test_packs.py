"""``courses``, ``lms`` and ``offline_pack`` in somebody's Django site."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def seen(visit):
    return visit("packs")


def test_no_wagtail_is_loaded(seen):
    assert seen["loaded"] == ["courses", "lms", "offline_pack"]


def test_a_pack_made_here_brings_the_course_back_to_an_empty_site(seen):
    assert "Maintenance informatique" not in seen["lost"]["text"]
    assert "Maintenance informatique" in seen["catalogue"]["text"]
    assert seen["course"]["status"] == seen["lesson"]["status"] == 200
    assert "Awa veut réparer un poste." in seen["lesson"]["text"]
    assert seen["heard"] == ["installed 1"]


@pytest.mark.parametrize("name", ["centre", "reports", "packs"])
def test_staff_find_their_pages(seen, name):
    assert seen[name]["status"] == 200


def test_the_site_tells_telecentres_the_time_and_a_browser_that_it_is_no_telecentre(seen):
    assert seen["time"]["status"] == 200
    assert seen["box"]["status"] == 401
    assert "unknown_device" in seen["box"]["text"] or "bad_signature" in seen["box"]["text"]


def test_files_lie_where_the_host_said(seen):
    assert {"blobs", "keys"} <= set(seen["folders"])

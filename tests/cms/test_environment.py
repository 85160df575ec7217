from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.demo.instances import ROOT, Instance
from cms.settings import environment
from cms.settings.secret import secret_key


def test_a_missing_data_folder_stops_the_start_with_a_clear_sentence(tmp_path):
    instance = Instance(role="telecentre", data_dir=tmp_path)

    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=instance.environment() | {"YELEN_DATA_DIR": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "Set YELEN_DATA_DIR in the environment" in done.stderr


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("0", False), ("", True)])
def test_a_flag_reads_yes_no_and_nothing(monkeypatch, value, expected):
    monkeypatch.setenv("YELEN_X", value)

    assert environment.flag("YELEN_X", default=True) is expected


def test_a_flag_that_is_neither_yes_nor_no_is_refused(monkeypatch):
    monkeypatch.setenv("YELEN_X", "maybe")

    with pytest.raises(ImproperlyConfigured, match="YELEN_X must be yes or no"):
        environment.flag("YELEN_X")


@pytest.mark.parametrize("value", ["-1", "12.5", "many"])
def test_a_number_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("YELEN_X", value)

    with pytest.raises(ImproperlyConfigured, match="whole number"):
        environment.number("YELEN_X", 5)


def test_a_number_left_out_is_the_default(monkeypatch):
    monkeypatch.delenv("YELEN_X", raising=False)

    assert environment.number("YELEN_X", 5) == 5


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    first = secret_key(tmp_path)

    assert secret_key(tmp_path) == first
    assert len(first) >= 50
    assert (tmp_path / "keys" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_secret_left_empty_by_a_power_cut_is_made_anew(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").touch()

    assert len(secret_key(tmp_path)) >= 50

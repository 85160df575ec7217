from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError

import pytest

from courses import software


@pytest.fixture(autouse=True)
def asked_anew():
    software.software_version.cache_clear()
    yield
    software.software_version.cache_clear()


def not_installed(_name):
    raise PackageNotFoundError


def test_a_checkout_says_the_version_of_its_project_file(monkeypatch):
    monkeypatch.setattr(software, "version", not_installed)
    written = tomllib.loads(software.PROJECT.read_text())["project"]["version"]

    assert software.software_version() == written


def test_an_installed_package_says_its_own(monkeypatch):
    monkeypatch.setattr(software, "version", lambda name: {"yelen": "9.8.7"}[name])

    assert software.software_version() == "9.8.7"


@pytest.mark.parametrize(
    "text", ['[project]\nname = "other"\nversion = "3"', "[tool.ruff]", "= no toml"]
)
def test_what_another_project_says_is_not_believed(tmp_path, text):
    project = tmp_path / "pyproject.toml"
    project.write_text(text)

    assert software.checkout_version(project) == "0"
    assert software.checkout_version(tmp_path / "missing.toml") == "0"

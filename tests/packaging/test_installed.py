"""A telecentre from the wheel, in a folder that is not the project's."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cms.demo.instances import free_port
from tests.cms.site.test_serve import is_open, wait_for
from tests.packaging.conftest import run

pytestmark = pytest.mark.slow

MOST_ROOM = 120_000_000  # bytes, of a memory card


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def yelen(environment, place):
    """``yelen("migrate")``, with a data folder and nothing else said."""
    return lambda *words: run(
        environment / "bin" / "yelen", *words, cwd=place, YELEN_DATA_DIR=str(place / "data")
    )


@pytest.fixture(scope="module")
def address(environment, place, yelen):
    """A telecentre that answers, until the tests are done."""
    yelen("migrate", "--verbosity=0")
    port = free_port()
    with (place / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [environment / "bin" / "yelen", "serve", "--port", str(port)],
            cwd=place,
            env={"PATH": os.defpath, "YELEN_DATA_DIR": str(place / "data")},
            stdout=log,
            stderr=log,
        )
        wait_for(lambda: is_open(port) or process.poll() is not None)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
        return answer.read().decode()


def test_the_settings_of_a_telecentre_pass_every_check(yelen):
    assert "no issues" in yelen("check").stdout


def test_the_demo_of_a_telecentre_can_be_loaded(yelen, address):
    assert yelen("load_demo").stdout.splitlines()[-1] == "démo chargée au télécentre"


def test_the_catalogue_speaks_french_and_has_its_look(address):
    page = fetch(address)
    stylesheet = re.search(r'href="(/static/yelen_courses/yelen\.[0-9a-f]+\.css)"', page)

    assert "Pas encore de cours ici" in page
    assert '<svg class="icon icon-log-in"' in page
    assert "--" in fetch(address + stylesheet[1])


def test_the_player_of_exercises_is_served_from_here(address, place):
    manifest = json.loads((place / "data" / "static" / "staticfiles.json").read_text())
    player = manifest["paths"]["yelen_courses/vendor/h5p/frame.bundle.js"]

    assert "H5P" in fetch(f"{address}/static/{player}")


def test_an_address_that_is_not_there_is_said_in_our_words(address):
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(f"{address}/rien/")
    with refused.value as answer:
        page = answer.read().decode()

    assert answer.code == 404
    assert "yelen_courses/yelen." in page


def test_wagtail_is_not_installed(environment):
    python = environment / "bin" / "python"
    find = "import importlib.util as u; print(u.find_spec('wagtail'), u.find_spec('PIL'))"

    assert run(python, "-c", find).stdout.split() == ["None", "None"]


def test_an_installed_telecentre_takes_little_room(environment, yelen):
    run(environment / "bin" / "python", "-m", "compileall", "-q", environment / "lib")

    files = [path for path in environment.rglob("*") if path.is_file() and not path.is_symlink()]

    assert sum(path.stat().st_size for path in files) <= MOST_ROOM

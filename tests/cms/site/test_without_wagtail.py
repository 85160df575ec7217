"""A telecentre starts and serves without Wagtail (docs/adr/0002)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cms.demo.instances import ROOT, new_instance

VISIT = """
import json, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"wagtail", "PIL", "modelcluster", "taggit", "psycopg"}:
            raise ImportError(f"{name} is not installed at a telecentre")
sys.meta_path.insert(0, Refuse())
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
call_command("check")
names = sorted(name for name in get_resolver().namespace_dict)
status = Client(headers={"host": "cours.lan"}).get("/").status_code
loaded = sorted(name for name in sys.modules if name.split(".")[0] == "wagtail")
print(json.dumps({"status": status, "loaded": loaded, "names": names}))
"""


@pytest.mark.slow
def test_a_telecentre_serves_its_catalogue_with_wagtail_impossible_to_import(tmp_path):
    instance = new_instance("telecentre", tmp_path)
    instance.command("collectstatic", "--noinput", "--verbosity=0")

    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        env=instance.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["status"] == 200
    assert seen["loaded"] == []
    assert {"yelen_courses", "yelen_lms", "yelen_offline_pack"} <= set(seen["names"])

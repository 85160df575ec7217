"""The centre under test: a folder of its own, made anew for each run, cheap passwords."""

import os

from cms.settings.throwaway import throwaway_folder

if "YELEN_DATA_DIR" not in os.environ:
    os.environ["YELEN_DATA_DIR"] = throwaway_folder()

from cms.settings.central import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
YELEN_STRICT_TEMPLATES = True  # a missing icon is an error
CELERY_BROKER_URL = "memory://"

"""A second web process of the centre: it answers telecentres, and nobody else (docs/adr/0016).

Without Wagtail and without pages it takes little memory, and trainers' pages do not wait for it.
The ordinary ``serve`` stays beside it: it has the worker, and brings the database up to date.
"""

from cms.settings import base
from cms.settings.central import *  # noqa: F403

ROOT_URLCONF = "cms.urls_central_sync"
YELEN_RUNS_WORKER = False
YELEN_SPOOL_DIR = base.YELEN_DATA_DIR / "tmp-sync"

# The models that a sync reads and writes, without those of pages and their files.
_OF_PAGES = {"django.contrib.messages", "django.contrib.staticfiles"}
INSTALLED_APPS = [name for name in base.INSTALLED_APPS if name not in _OF_PAGES]
TEMPLATES = []
# A device signs each request: there are no sessions, forms or sign-ins.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# They miss the menu of pages, the learner of a request, and the lock on passwords.
SILENCED_SYSTEM_CHECKS = ["yelen_courses.W001", "yelen_lms.E001", "axes.W002"]

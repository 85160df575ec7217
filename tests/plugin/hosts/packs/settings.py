"""A host site with catalogue, learning records, packs and sync."""

from tests.plugin.hosts.startproject import *  # noqa: F403
from tests.plugin.hosts.startproject import (
    BASE_DIR,
    CONTEXT_PROCESSORS,
    INSTALLED_APPS,
    MIDDLEWARE,
)

INSTALLED_APPS += ["offline_pack", "lms", "courses"]
MIDDLEWARE += ["lms.middleware.LearnerMiddleware"]
CONTEXT_PROCESSORS += ["courses.context_processors.site"]
ROOT_URLCONF = "tests.plugin.hosts.packs.urls"
YELEN_DATA_DIR = BASE_DIR / "learning"

"""A host site with catalogue and learning records, and a kind of exercise of its own."""

from tests.plugin.hosts.startproject import *  # noqa: F403
from tests.plugin.hosts.startproject import CONTEXT_PROCESSORS, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS += ["lms", "courses", "tests.plugin.hosts.records.essays"]
MIDDLEWARE += ["lms.middleware.LearnerMiddleware"]
CONTEXT_PROCESSORS += ["courses.context_processors.site"]
ROOT_URLCONF = "tests.plugin.hosts.records.urls"
LOGIN_REDIRECT_URL = "yelen_lms:home"

"""What ``wagtail start`` writes, the town's own apps, and Yelen below."""

from tests.plugin.hosts.startproject import *  # noqa: F403
from tests.plugin.hosts.startproject import CONTEXT_PROCESSORS, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS += [
    "tests.plugin.hosts.town.home",
    "tests.plugin.hosts.town.courses",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
]
MIDDLEWARE += ["wagtail.contrib.redirects.middleware.RedirectMiddleware"]
ROOT_URLCONF = "tests.plugin.hosts.town.urls"
WAGTAIL_SITE_NAME = "Town"
WAGTAILADMIN_BASE_URL = "http://testserver"

INSTALLED_APPS += ["cms", "offline_pack", "lms", "courses"]
MIDDLEWARE += ["lms.middleware.LearnerMiddleware"]
CONTEXT_PROCESSORS += ["courses.context_processors.site"]

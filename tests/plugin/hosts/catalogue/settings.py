"""A host site with the catalogue alone."""

from tests.plugin.hosts.startproject import *  # noqa: F403
from tests.plugin.hosts.startproject import CONTEXT_PROCESSORS, INSTALLED_APPS

INSTALLED_APPS += ["courses"]
CONTEXT_PROCESSORS += ["courses.context_processors.site"]
ROOT_URLCONF = "tests.plugin.hosts.catalogue.urls"

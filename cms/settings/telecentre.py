"""A telecentre: courses and learning records from packs, no Wagtail."""

from cms.settings.base import *  # noqa: F403

YELEN_ROLE = "telecentre"
YELEN_CLOCK_QUALITY = 0  # no battery clock
ROOT_URLCONF = "cms.urls_telecentre"
WSGI_APPLICATION = "cms.wsgi.application"
# A telecentre's address is whatever the box is called on its network.
ALLOWED_HOSTS = environment.words("YELEN_HOSTS", ["*"])  # noqa: F405
# On plain http browsers ignore this header, and complain of it.
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
# Browsers tell hosts apart, not ports: a centre on the same machine keeps its own sessions.
SESSION_COOKIE_NAME = "telecentre_sessionid"
CSRF_COOKIE_NAME = "telecentre_csrftoken"

"""A telecentre: courses and learning records from packs, no Wagtail."""

from cms.settings.base import *  # noqa: F403
from cms.settings.base import CELERY_BROKER_URL, MIDDLEWARE, environment
from cms.settings.broker import rescue_schedule

YELEN_ROLE = "telecentre"
YELEN_CLOCK_QUALITY = environment.number("YELEN_CLOCK_QUALITY", 0)  # 2: a battery clock
ROOT_URLCONF = "cms.urls_telecentre"
WSGI_APPLICATION = "cms.wsgi.application"
# A telecentre's address is whatever the box is called on its network.
ALLOWED_HOSTS = environment.words("YELEN_HOSTS", ["*"])
# On plain http browsers ignore this header, and complain of it.
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
# Browsers tell hosts apart, not ports: a centre on the same machine keeps its own sessions.
SESSION_COOKIE_NAME = "telecentre_sessionid"
CSRF_COOKIE_NAME = "telecentre_csrftoken"

# Room for learners, which packs may not take; and what is given up on a disk that is full.
YELEN_RESERVE_BYTES = environment.number("YELEN_RESERVE_BYTES", 512 * 1024**2)
YELEN_BALLAST_BYTES = environment.number("YELEN_BALLAST_BYTES", 32 * 1024**2)
MIDDLEWARE.insert(0, "offline_pack.middleware.RoomToWrite")

# What keeps the store healthy. A message older than the next one is of no use.
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": f"offline_pack.tasks.{name}_task",
        "schedule": 60.0 * minutes,
        "options": {"expires": 60 * minutes},
    }
    for name, minutes in (
        ("sync", 1),
        ("keep_reserve", 5),
        ("remember_time", 10),
        ("scrub", 15),
        ("tidy_store", 30),
        ("count_uptime", 30),
    )
} | rescue_schedule(CELERY_BROKER_URL)

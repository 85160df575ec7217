"""The centre: authoring in Wagtail, and everything a telecentre has."""

from cms import media_types
from cms.settings.base import *  # noqa: F403
from cms.settings.base import (
    CELERY_BROKER_URL,
    DATABASES,
    INSTALLED_APPS,
    LANGUAGES,
    MIDDLEWARE,
    environment,
)
from cms.settings.broker import rescue_schedule

YELEN_ROLE = "central"
YELEN_CLOCK_QUALITY = 3  # network time
# How many telecentres' batches are taken at once, and how long the others wait at least.
YELEN_SYNC_AT_ONCE = environment.number("YELEN_SYNC_AT_ONCE", 3)
YELEN_SYNC_RETRY_SECONDS = environment.number("YELEN_SYNC_RETRY_SECONDS", 30)
ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
PUBLIC_URL = environment.optional("YELEN_PUBLIC_URL", "http://127.0.0.1:8000")

# Statements go to a Learning Record Store as well, when its xAPI address is given.
YELEN_LRS_URL = environment.optional("YELEN_LRS_URL", "")
YELEN_LRS_USER = environment.optional("YELEN_LRS_USER", "")
YELEN_LRS_PASSWORD = environment.optional("YELEN_LRS_PASSWORD", "")
YELEN_LRS_TOKEN = environment.optional("YELEN_LRS_TOKEN", "")
YELEN_LRS_HOME_PAGE = environment.optional("YELEN_LRS_HOME_PAGE", PUBLIC_URL)
YELEN_LRS_NAMES = environment.flag("YELEN_LRS_NAMES")

INSTALLED_APPS = [
    "cms",
    *INSTALLED_APPS,
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

# PostgreSQL for a large network; SQLite otherwise, as at a telecentre.
if _name := environment.optional("YELEN_POSTGRES_NAME", ""):
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _name,
        "HOST": environment.optional("YELEN_POSTGRES_HOST", ""),
        "PORT": environment.optional("YELEN_POSTGRES_PORT", ""),
        "USER": environment.optional("YELEN_POSTGRES_USER", ""),
        "PASSWORD": environment.optional("YELEN_POSTGRES_PASSWORD", ""),
        "CONN_MAX_AGE": 60,
    }

# The centre is on the Internet, behind TLS; the embedded default on a laptop is not.
if environment.flag("YELEN_HTTPS", default=PUBLIC_URL.startswith("https://")):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

WAGTAIL_SITE_NAME = "Yelen"
WAGTAILADMIN_USER_LOGIN_FORM = "cms.forms.SignInForm"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # or the editor proposes addresses that a course refuses
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = sorted(media_types.ALL)
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

MIDDLEWARE.insert(
    MIDDLEWARE.index("csp.middleware.CSPMiddleware") + 1,
    "cms.content_security.AdminContentSecurity",
)

# Once a minute; a message older than the next one is of no use.
CELERY_BEAT_SCHEDULE = {
    "publish-scheduled-pages": {
        "task": "cms.tasks.publish_scheduled_pages",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
} | rescue_schedule(CELERY_BROKER_URL)
if YELEN_LRS_URL:
    CELERY_BEAT_SCHEDULE["forward-xapi"] = {
        "task": "offline_pack.tasks.forward_xapi_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    }

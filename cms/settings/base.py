"""What the centre and a telecentre share; what differs a machine comes from the environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.conf import locale
from django.utils.translation import gettext_lazy as _

from cms.settings import environment
from cms.settings.broker import broker_options
from cms.settings.secret import secret_key

YELEN_DATA_DIR = environment.folder(
    "YELEN_DATA_DIR", "the folder that holds all this instance owns (database, blobs, keys)"
)
YELEN_USB_DIR = Path(environment.optional("YELEN_USB_DIR", str(YELEN_DATA_DIR / "usb")))
YELEN_SPOOL_DIR = YELEN_DATA_DIR / "tmp"  # emptied when its process starts
YELEN_LOCAL_FOLDERS = [YELEN_DATA_DIR / name for name in ("blobs", "keys", "packs", "usb")]

SECRET_KEY = environment.optional("YELEN_SECRET_KEY", "") or secret_key(YELEN_DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = environment.words("YELEN_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
YELEN_TRUSTED_PROXY = environment.optional("YELEN_TRUSTED_PROXY", "")
CSRF_TRUSTED_ORIGINS = environment.words("YELEN_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "cms.site",
    "offline_pack",
    "lms",
    "courses",
    "rest_framework",
    "axes",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.middleware.LearnerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "courses.context_processors.site",
            ],
        },
    },
]

# SQLite as a telecentre needs it: WAL with FULL lost no committed row in power cuts; NORMAL lost
# every row since the last checkpoint (docs/adr/0003).
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": YELEN_DATA_DIR / "db.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA cache_size=-4000;PRAGMA temp_store=MEMORY;"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "lms.backends.LearnerBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
# Both together: a whole telecentre may come from one address, and nobody can lock another out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_TEMPLATE = "yelen_lms/sign_in_locked.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
LOGIN_URL = "yelen_lms:sign_in"
LOGIN_REDIRECT_URL = "yelen_lms:home"

# Python's and Django's names for languages stop short of ours.
locale.LANG_INFO.update(
    {
        "mos": {"bidi": False, "code": "mos", "name": "Mooré", "name_local": "Mooré"},
        "dyu": {"bidi": False, "code": "dyu", "name": "Dioula", "name_local": "Julakan"},
        "ff": {"bidi": False, "code": "ff", "name": "Fulah", "name_local": "Fulfulde"},
        "so": {"bidi": False, "code": "so", "name": "Somali", "name_local": "Soomaali"},
        "aa": {"bidi": False, "code": "aa", "name": "Afar", "name_local": "Qafaraf"},
    }
)
LANGUAGE_CODE = environment.optional("YELEN_LANGUAGE", "fr")
LANGUAGES = [("fr", _("French")), ("en", _("English")), ("ar", _("Arabic"))]
# A telecentre has the commands of cms.site, not the app that holds their translations.
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
FORMAT_MODULE_PATH = ["cms.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.optional("YELEN_TIME_ZONE", "Africa/Ouagadougou")

STATIC_URL = "/static/"
STATIC_ROOT = YELEN_DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = YELEN_DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

# Celery: the filesystem broker unless the environment names another. The job's row in the
# database is the truth, so results are not kept.
CELERY_BROKER_URL = environment.optional("YELEN_BROKER_URL", "filesystem://")
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(CELERY_BROKER_URL, YELEN_DATA_DIR / "broker")
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
YELEN_RUNS_WORKER = True  # serve has one beside the web server
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # what a worker holds back dies with it
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": environment.optional("YELEN_LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # the filesystem broker has no host name
    },
}

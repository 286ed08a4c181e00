"""All settings of the site. What differs between machines comes from the environment (see README.md)."""

import hashlib
import os
from datetime import timedelta
from importlib.metadata import distribution
from pathlib import Path

from csp.constants import SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from ecc_site.env import (
    BadSetting,
    broker_url,
    database,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_path,
    env_patterns,
    env_price,
    env_site_url,
    env_str,
    env_time_zone,
    env_url_prefix,
    redis_url,
    require_own_server,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env_path("ECC_DATA_DIR", BASE_DIR / "var")
os.umask(0o077)  # database, uploads and logs hold what customers said: other accounts of the machine do not read them

# --- profile: `make run` uses development; production refuses to start with missing or unsafe settings
ECC_PROFILE = env_choice("ECC_PROFILE", "development", ("development", "production"))
PRODUCTION = ECC_PROFILE == "production"
DEVELOPMENT_KEY = "development-only-key-that-production-refuses"
SECRET_KEY = env_str("SECRET_KEY", DEVELOPMENT_KEY)
DEBUG = env_bool("DEBUG", False)
# Behind a proxy under a sub-path, which it takes off: /ecc leads to a site whose pages link to /ecc/…
URL_PREFIX = env_url_prefix("URL_PREFIX")
FORCE_SCRIPT_NAME = URL_PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{URL_PREFIX}/"
PORT = env_int("PORT", 8000, low=1, high=65535)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", [] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])
if not all(origin.startswith(("http://", "https://")) for origin in CSRF_TRUSTED_ORIGINS):
    raise BadSetting("CSRF_TRUSTED_ORIGINS", ",".join(CSRF_TRUSTED_ORIGINS), "addresses such as https://shop.example")
if PRODUCTION:
    if len(SECRET_KEY) < 50 or SECRET_KEY == DEVELOPMENT_KEY:
        raise BadSetting("SECRET_KEY", "(hidden)", "a secret of your own with at least 50 characters in production")
    if DEBUG:
        raise BadSetting("DEBUG", "true", "false in production")
    if not ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
        raise BadSetting("ALLOWED_HOSTS", ",".join(ALLOWED_HOSTS), "host names without a wildcard in production")

# --- models (names only; the processes that load them are the workers)
END_MODEL = env_str("END_MODEL", "embedded-end")
CLOUD_MODEL = env_str("CLOUD_MODEL", "recorded")
SIMILARITY_MODEL = env_str("SIMILARITY_MODEL", "embedded-simbert")
MATCH_MODEL = env_str("MATCH_MODEL", "embedded-rocketqa")
TRUST_REMOTE_CODE = env_list("TRUST_REMOTE_CODE", [])  # names of models whose own code may run
GEMINI_API_KEY = env_str("GEMINI_API_KEY")
GEMINI_ENDPOINT = env_str("GEMINI_ENDPOINT")
GEMINI_CLIENT = env_choice("GEMINI_CLIENT", "google-generativeai", ("google-generativeai", "google-genai"))
OPENAI_API_KEY = env_str("OPENAI_API_KEY")
OPENAI_API_HOSTS = env_list("OPENAI_API_HOSTS", [])  # host or host:port; empty: OpenAI's own and that of CLOUD_MODEL
# Other machines of the shop: an end model that is served there reads the customers' words as they are.
OWN_HOSTS = [host.lower() for host in env_list("OWN_HOSTS", [])]
require_own_server("SIMILARITY_MODEL", SIMILARITY_MODEL, OWN_HOSTS)
if MATCH_MODEL.startswith("openai:"):
    raise BadSetting("MATCH_MODEL", MATCH_MODEL, "a name or folder, since only a similarity scorer can be served")
REDACTION_PATTERNS = env_patterns("REDACTION_PATTERNS")  # {name: regular expression}, kinds of the shop's own
CLOUD_TOKENS_PER_DAY = env_int("CLOUD_TOKENS_PER_DAY", 2_000_000)
CLOUD_PRICE_PER_MILLION = env_price("CLOUD_PRICE_PER_MILLION")  # of tokens, question and reply together
CLOUD_TIMEOUT_S = env_int("CLOUD_TIMEOUT_S", 60, low=1, high=3600)
# Limits for each cloud model, shared by all workers; the recorded teacher has none.
CLOUD_CONCURRENCY = env_int("CLOUD_CONCURRENCY", 4, low=1, high=1000)
CLOUD_REQUESTS_PER_MINUTE = env_int("CLOUD_REQUESTS_PER_MINUTE", 60)  # 0: no limit
CLOUD_WINDOW_TOKENS = env_int("CLOUD_WINDOW_TOKENS", 0)  # 0: what is known about the provider

DEMO_DIALOGUES = env_int("ECC_DEMO_DIALOGUES", 1024, low=16, high=1024)  # a minute of answering; tests take fewer

# --- applications, lowest layer first
INSTALLED_APPS = [
    "ecc_site.core",
    "serving",
    "knowledge",
    "dialogues",
    "scoring",
    "review",
    "training",
    "ecc_site",
    "ecc_site.admin.ReviewSiteAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",
    "csp",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ecc_site.api.middleware.ApiResponses",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ecc_site.core.body_limit.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "ecc_site.urls"
WSGI_APPLICATION = "ecc_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ecc_site.core.presence.missing_workers",
                "serving.configured.end_model_banner",
                "ecc_site.core.roles.rank_of_visitor",
                "ecc_site.sections.sections_of_visitor",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- signing in
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "ecc_site.core.roles.AdminsMayDoAll"]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "login"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# How many proxies of ours a request passes: each adds the address that it saw to X-Forwarded-For.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 1 if PRODUCTION else 0, high=10)
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Only both together: a stranger must not be able to lock a person out, nor one person a whole office.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the page can say when it ends
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_CLIENT_IP_CALLABLE = "ecc_site.core.sign_in_limits.client_address"
AXES_USERNAME_CALLABLE = "ecc_site.core.sign_in_limits.attempted_name"
AXES_LOCKOUT_CALLABLE = "ecc_site.core.sign_in_limits.locked_out"

# --- database
DATABASE_URL = env_str("DATABASE_URL", f"sqlite:///{DATA_DIR / 'ecc.sqlite3'}")
DATABASES = {"default": database(DATABASE_URL)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN instead of failing later
        "timeout": 30,
        # The log is carried over at 32 MB, not at 4: an import writes to the same pages again and again.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;"
            " PRAGMA wal_autocheckpoint=8000;"
        ),
    }

# --- background work
REDIS_URL = redis_url(DATA_DIR)
# Sites that share a Redis must not take each other's jobs, and workers on other hosts must find those of their site.
INSTALLATION = hashlib.sha256(DATABASE_URL.encode()).hexdigest()[:8]
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"ecc-{INSTALLATION}:",
    # Longer than the longest job: Redis delivers a message again after this. Lost jobs are found by heartbeat.
    "visibility_timeout": 7 * 24 * 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "light"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TIMEZONE = "UTC"
# A job shows every few seconds that it lives; after a long silence its worker is taken for dead and it is queued again,
# and a job that still waits is sent again in case its message was lost. Tests shorten all three.
JOB_HEARTBEAT_S = env_int("JOB_HEARTBEAT_S", 5, low=1)
JOB_SILENCE_S = env_int("JOB_SILENCE_S", 45, low=3 * JOB_HEARTBEAT_S)
JOB_RESEND_S = env_int("JOB_RESEND_S", 120, low=1)
REAP_S = min(15, JOB_SILENCE_S / 3)
WATCH_S = env_int("WATCH_S", 900, low=1)  # how often it is looked whether enough is new to be measured
CELERY_BEAT_SCHEDULE = {
    "reap": {"task": "ecc_site.core.tasks.reap", "schedule": REAP_S, "options": {"expires": REAP_S}},
    "close-orphaned-calls": {"task": "serving.tasks.close_orphaned_calls", "schedule": 300},
    "forget-responses": {"task": "ecc_site.core.tasks.forget_responses", "schedule": 3600},
    "remove-old-uploads": {"task": "dialogues.tasks.remove_old_uploads", "schedule": 3600},
    "remove-old-exports": {"task": "review.tasks.remove_old_exports", "schedule": 3600},
    "close-due-rounds": {"task": "review.tasks.close_due_rounds", "schedule": 300},
    "sync-labels": {"task": "training.tasks.sync_labels", "schedule": 60, "options": {"expires": 60}},
    "refresh-overview": {"task": "ecc_site.tasks.refresh_overview", "schedule": 60, "options": {"expires": 60}},
    "watch": {"task": "ecc_site.tasks.watch", "schedule": WATCH_S, "options": {"expires": WATCH_S}},
    "deliver-due": {"task": "ecc_site.tasks.deliver_due", "schedule": 30, "options": {"expires": 30}},
    "follow-memory": {  # entries begin and cease to be valid by the day
        "task": "knowledge.tasks.follow",
        "schedule": 3600,
        "options": {"queue": "models", "expires": 3600},
    },
    "erase-expired": {"task": "ecc_site.tasks.erase_expired", "schedule": 3600},  # each dataset once a day
}

# --- telling people of alerts; without EMAIL_HOST no e-mail is sent, and more addresses are added on the page
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", bool(EMAIL_HOST) and not EMAIL_USE_SSL)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise BadSetting("EMAIL_USE_TLS", "true", "false where EMAIL_USE_SSL is true: a connection has one of the two")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "ecc@localhost")
ALERT_EMAILS = env_list("ALERT_EMAILS", [])
ALERT_WEBHOOK_URL = env_str("ALERT_WEBHOOK_URL")
ALERT_WEBHOOK_SECRET = env_str("ALERT_WEBHOOK_SECRET")
if ALERT_WEBHOOK_URL and len(ALERT_WEBHOOK_SECRET) < 24:
    raise BadSetting("ALERT_WEBHOOK_SECRET", "(hidden)", "a secret of at least 24 characters, which signs what is sent")
SITE_URL = env_site_url("SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{PORT}")

# --- languages and time
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["ecc_site.core.formats"]
USE_TZ = True
TIME_ZONE = env_time_zone("TIME_ZONE", "Asia/Shanghai")

# --- static files: everything from our own server
STATIC_URL = "static/"  # relative, so that URL_PREFIX comes before it
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None
PLOTLY_DIR = Path(str(distribution("plotly").locate_file("plotly/package_data")))
STATICFILES_DIRS = [("plotly", PLOTLY_DIR)]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "ecc_site.core.static_files.Storage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "uploads"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**21
# A verdict sooner after its item was painted is asked again; 0: none is.
DESK_QUICKEST_MS = env_int("DESK_QUICKEST_MS", 300)
IMPORT_MAX_BYTES = env_int("IMPORT_MAX_BYTES", 2 * 2**30)

# --- REST API
API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 600)  # of a token; 0: no limit

# --- browser security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],  # plotly sets style attributes
        "img-src": [SELF, "data:", "blob:"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ecc_site.views.csrf.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},  # failed attempts, not each step of one
        "celery.beat": {"level": "WARNING"},  # it would log three lines every 15 seconds
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "sentence_transformers": {"level": "WARNING"},
    },
}

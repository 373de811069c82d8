"""Settings. Everything that differs between installations comes from the environment.

``docs/reference/configuration.md`` lists every variable.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from hecang.config import static
from hecang.kernel import arrays, database

arrays.register()  # before the first connection copies psycopg's adapters

HOME = database.home()
DEBUG = os.environ.get("HECANG_DEBUG", "0") == "1"


def _secret_key() -> str:
    """The installation's secret: from the environment, else made once and kept in ``HECANG_HOME``."""
    if from_environment := os.environ.get("HECANG_SECRET_KEY"):
        return from_environment
    path = HOME / "secret-key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(64))
    return path.read_text()


def _database() -> dict[str, Any]:
    settings = database.connection_settings()
    settings["TEST"] = {**settings["TEST"], "TEMPLATE": "template0"}
    # Statements that come again are prepared (kernel.db binds on the server; the ORM does not).
    settings["OPTIONS"] = {**settings["OPTIONS"], "prepare_threshold": 2}
    # Threads of a server share a pool; commands and tests hold one connection each.
    if pool_size := int(os.environ.get("HECANG_DB_POOL", "0")):
        settings["OPTIONS"] = {
            **settings["OPTIONS"],
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
        }
    else:
        settings["CONN_MAX_AGE"] = None
    return settings


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("HECANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("HECANG_ORIGINS", "").split(",") if origin]
#: Behind a proxy that ends TLS: cookies only over HTTPS, HSTS, redirects.
HTTPS = os.environ.get("HECANG_HTTPS", "0") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "ninja",
    "procrastinate.contrib.django",
    "hecang.kernel",
    "hecang.accounts",
    "hecang.notifications",
    "hecang.rules",
    "hecang.quality",
    "hecang.tickets",
    "hecang.catalog",
    "hecang.partners",
    "hecang.facility",
    "hecang.shipping",
    "hecang.inventory",
    "hecang.orders",
    "hecang.purchasing",
    "hecang.work",
    "hecang.stockkeeping",
    "hecang.inbound",
    "hecang.outbound",
    "hecang.portal",
    "hecang.integrations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hecang.kernel.middleware.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hecang.accounts.middleware.ActorMiddleware",
    "hecang.kernel.middleware.IdempotencyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

ROOT_URLCONF = "hecang.config.urls"
WSGI_APPLICATION = "hecang.config.wsgi.application"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

#: accounts.middleware.ActorMiddleware asks for the token of every unsafe request that comes with a session.
SILENCED_SYSTEM_CHECKS = ["security.W003"]

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

STATIC_URL = "static/"
#: The API docs page brings its scripts along; nothing is fetched from elsewhere, nothing collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = static.immutable
WHITENOISE_ADD_HEADERS_FUNCTION = static.add_headers
#: The built web desk, served by WhiteNoise at the root.
WEB_ROOT = Path(os.environ.get("HECANG_WEB_ROOT", Path(__file__).resolve().parents[3] / "web" / "dist"))
if WEB_ROOT.is_dir():
    WHITENOISE_ROOT = WEB_ROOT
WHITENOISE_INDEX_FILE = True
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]

#: Proxies in front of the server whose X-Forwarded-For can be believed.
TRUSTED_PROXIES = int(os.environ.get("HECANG_PROXIES", "0"))

#: Largest request body, and largest file of an import.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
IMPORT_MAX_BYTES = int(os.environ.get("HECANG_IMPORT_MAX_MB", "500")) * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

APPEND_SLASH = False
LOGGING_CONFIG = None

#: Where people reach the desk, for links in messages; empty: messages go without links.
PUBLIC_URL = os.environ.get("HECANG_PUBLIC_URL", "").rstrip("/")
#: Let webhooks and robots be addresses of private networks, and plain http://.
ALLOW_PRIVATE_URLS = os.environ.get("HECANG_ALLOW_PRIVATE_URLS", "0") == "1"

#: Folders that channels may read orders from, and write to, lie below this one.
DROP_ROOT = Path(os.environ.get("HECANG_DROP_ROOT", "") or HOME / "drop")

#: The mail server; without one no e-mail is sent.
EMAIL_HOST = os.environ.get("HECANG_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("HECANG_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("HECANG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("HECANG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("HECANG_SMTP_SECURITY", "") == "starttls"
EMAIL_USE_SSL = os.environ.get("HECANG_SMTP_SECURITY", "") == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("HECANG_SMTP_FROM", "hecang@localhost")

#: Strategies by name; see docs/reference/strategies.md.
STRATEGIES: dict[str, str] = {}

#: What sourcing counts with money (see docs/reference/sourcing.md), how it looks at the whole open book, and what
#: customers are promised.
SOURCING: dict[str, Any] = {
    "costs": {
        name: float(os.environ[variable])
        for name, variable in (
            ("parcel", "HECANG_SOURCING_PARCEL"),
            ("line", "HECANG_SOURCING_LINE"),
            ("unit", "HECANG_SOURCING_UNIT"),
            ("split", "HECANG_SOURCING_SPLIT"),
            ("hour", "HECANG_SOURCING_HOUR"),
            ("late", "HECANG_SOURCING_LATE"),
        )
        if variable in os.environ
    },
    "every_minutes": int(os.environ.get("HECANG_SOURCING_EVERY", "5")),
    "gain": float(os.environ.get("HECANG_SOURCING_GAIN", "1")),
    "seconds": float(os.environ.get("HECANG_SOURCING_SECONDS", "60")),
    "promise": os.environ.get("HECANG_PROMISE", "1") == "1",
    "supply_days": int(os.environ.get("HECANG_SUPPLY_DAYS", "7")),
}

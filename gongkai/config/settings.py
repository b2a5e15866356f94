"""Django's settings, derived from the environment (config/env.py)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from gongkai.config import env, logs, sign_in

SECRET_KEY = env.secret_key()
DEBUG = env.DEBUG
_public = urlsplit(env.PUBLIC_URL)
_further_hosts = [name.strip() for name in env.ALLOWED_HOSTS.split(",") if name.strip()]
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", "127.0.0.1", "localhost", *_further_hosts]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

GROUND_APPS = ["organs", "calendars", "access", "rulebook", "files", "register", "gate"]
ENGINE_APPS = ["records", "reviews", "checks", "deadlines", "notices", "letters", "channels"]
DOMAIN_APPS = ["documents", "reposts", "workrecords"]
SURFACE_APPS = ["look", "portal", "workbench", "api", "exchange", "demo"]

INSTALLED_APPS = [
    *[f"gongkai.ground.{name}" for name in GROUND_APPS],
    *[f"gongkai.engine.{name}" for name in ENGINE_APPS],
    *[f"gongkai.domains.{name}" for name in DOMAIN_APPS],
    *[f"gongkai.surfaces.{name}" for name in SURFACE_APPS],
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
AUTH_USER_MODEL = "organs.Person"


def _database(url: str) -> dict[str, Any]:
    """SQLite in VAR_DIR, or PostgreSQL as the URL says."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": env.VAR_DIR / "gongkai.sqlite3",
            # Opening the file and setting its pragmas costs more than the queries of a page.
            "CONN_MAX_AGE": None,
            # IMMEDIATE is mandatory: without it five of six concurrent writers fail (libraries.md).
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
    }


DATABASES = {"default": _database(env.DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Rate limits and lock-outs must be seen by every process, hence never in process memory.
    "counters": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "counter_cache"},
}
if env.REDIS_URL:
    for _name in CACHES:
        CACHES[_name] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.REDIS_URL}

MIDDLEWARE = [
    "gongkai.config.requests.RequestNumber",
    "gongkai.config.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gongkai.surfaces.workbench.accounts.limits.SessionLimits",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "gongkai.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]
WSGI_APPLICATION = "gongkai.config.wsgi.application"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    *sign_in.directory_backends(),
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = sign_in.second_factors(env.PUBLIC_URL)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _public.hostname == "localhost"
MFA_TOTP_ISSUER = "Gongkai"
MFA_TOTP_TOLERANCE = 1
_accounts = "gongkai.surfaces.workbench.accounts"
ACCOUNT_ADAPTER, MFA_ADAPTER = f"{_accounts}.adapters.AccountAdapter", f"{_accounts}.adapters.CodeAdapter"
SOCIALACCOUNT_ADAPTER = f"{_accounts}.single.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = sign_in.oidc_providers()
CAS_URL = sign_in.cas_address()
# A form that is sent to us and redirected to the provider would need its address in the content security policy.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_FORMS = {"login": f"{_accounts}.forms.LoginForm", "reauthenticate": f"{_accounts}.forms.PasswordAgainForm"}
MFA_FORMS = {
    "authenticate": f"{_accounts}.forms.CodeForm",
    "reauthenticate": f"{_accounts}.forms.CodeAgainForm",
    "activate_totp": f"{_accounts}.forms.EnrolCodeForm",
    "authenticate_webauthn": f"{_accounts}.forms.KeyForm",
    "reauthenticate_webauthn": f"{_accounts}.forms.KeyAgainForm",
    "add_webauthn": f"{_accounts}.forms.EnrolKeyForm",
}
ACCOUNT_SESSION_REMEMBER = False
# A whole office may share one address; the lock of an account is the lock-out below.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip"}
PASSWORD_DAYS = env.PASSWORD_DAYS
SESSIONS_PER_PERSON = env.SESSIONS_PER_PERSON
REQUIRE_ADMIN_TOTP = env.REQUIRE_ADMIN_TOTP
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
# Trying again during a lock does not prolong it: strangers could keep a person out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = f"{_accounts}.adapters.locked_page"
AXES_CLIENT_IP_CALLABLE = f"{_accounts}.address.client_address"
AXES_RESET_ON_SUCCESS = True
# Locked by name alone, whatever the address: an attacker with many addresses gets no more attempts (axes.W006).
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_VERBOSE = False

SESSION_COOKIE_AGE = env.SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "gongkai_session", "gongkai_csrf"
CSRF_COOKIE_HTTPONLY = True
if env.BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if _public.scheme == "https":
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# No byte of an upload may reach a disk before the guard has looked at it: never a temporary file.
FILE_UPLOAD_HANDLERS = ["gongkai.ground.files.reception.InMemoryReception"]
# The guard checks size; Django's own limit only protects form fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = env.UPLOAD_LIMIT_MB * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = logs.configuration(env.LOG_LEVEL)

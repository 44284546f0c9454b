"""Settings: one file, read from the environment, safe by default (see README, "Settings")."""

import sqlite3
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from clinic.env import (
    BASE_DIR,
    LOCAL_HOSTS,
    VAR,
    env_database,
    env_hosts,
    env_key,
    env_keys,
    env_number,
    env_proxies,
    env_role,
    env_secret_key,
    env_sender,
    env_site_url,
    env_switch,
    env_text,
    read_local_env,
)

read_local_env()

SITE = env_site_url()
SITE_URL = SITE.url
DEBUG = env_switch("DEBUG", False)
if DEBUG and not SITE.is_local:
    raise ImproperlyConfigured("DEBUG is for this machine only: SITE_URL is not local.")

# Secrets ---------------------------------------------------------------------------------------
SECRET_KEY = env_secret_key()
# Newest first, separated by commas; each 32 random bytes in base64. The first one seals.
ANSWER_KEYS = env_keys("ANSWER_KEYS")
AUDIT_KEYS = env_keys("AUDIT_KEYS")
INDEX_KEY = env_key("INDEX_KEY")
BACKUP_KEYS = env_keys("BACKUP_KEY", required=False)
if len({*ANSWER_KEYS, *AUDIT_KEYS, INDEX_KEY, *BACKUP_KEYS}) < len([*ANSWER_KEYS, *AUDIT_KEYS, *BACKUP_KEYS]) + 1:
    raise ImproperlyConfigured("Two of ANSWER_KEYS, AUDIT_KEYS, INDEX_KEY and BACKUP_KEY are the same. Make each anew.")

# Hosts, https, cookies ---------------------------------------------------------------------------
ALLOWED_HOSTS = [SITE.host, *env_hosts("ALLOWED_HOSTS")]
if SITE.is_local:
    ALLOWED_HOSTS += [host for host in LOCAL_HOSTS if host not in ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env_proxies("TRUSTED_PROXIES")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

COOKIE_PREFIX = "__Host-" if SITE.is_https else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}staff"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
DRAFT_COOKIE_NAME = f"{COOKIE_PREFIX}draft"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE.is_https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # gone with the browser: it tells that the form was visited
SESSION_ENGINE = "clinic.staff.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = env_number("STAFF_IDLE_MINUTES", 30, 1, 24 * 60) * 60
STAFF_SESSION_HOURS = env_number("STAFF_SESSION_HOURS", 12, 1, 24)

SECURE_SSL_REDIRECT = SITE.is_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SITE.is_https
# Preloading binds a clinic's whole domain for years; that is theirs to decide, at their proxy.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()" for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Parts -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "clinic",
    "education",
    "intake",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.forms",  # FORM_RENDERER finds its widget templates there
    "crispy_forms",
    "csp",
]

MIDDLEWARE = [
    "clinic.web.public_pages.PublicPagesMiddleware",
    "clinic.web.middleware.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.web.middleware.PrivatePagesMiddleware",
    "clinic.web.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "clinic.web.middleware.RequestGuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "clinic.web.middleware.PathLanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.web.middleware.ClinicMiddleware",
    "clinic.web.middleware.StaffTimeZoneMiddleware",
]

ROOT_URLCONF = "clinic.urls"
CSRF_FAILURE_VIEW = "intake.journey.lost.csrf_failure"
WSGI_APPLICATION = "clinic.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.profile.context.clinic",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "previsit"  # templates/previsit/

# Database ------------------------------------------------------------------------------------------
SQLITE_OPTIONS: dict[str, Any] = {
    # A read that becomes a write fails at once unless the transaction is IMMEDIATE from its start.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # Before 3.51.3 two connections could corrupt a WAL file by checkpointing while one commits.
    "init_command": (
        f"PRAGMA journal_mode={'WAL' if sqlite3.sqlite_version_info >= (3, 51, 3) else 'DELETE'};"
        # EXTRA: a commit right before a power cut is there too, though its journal was deleted in that moment.
        "PRAGMA synchronous=EXTRA;PRAGMA mmap_size=0;"
        # Else INSERT OR REPLACE would delete a row without its DELETE trigger.
        "PRAGMA recursive_triggers=ON;"
        # What is deleted is written over, a key above all.
        "PRAGMA secure_delete=ON;"
    ),
}
DATABASES = {"default": env_database(f"sqlite:///{VAR / 'previsit.sqlite3'}")}
if DATABASES["default"]["NAME"] == str(VAR / "previsit.sqlite3"):
    VAR.mkdir(mode=0o700, exist_ok=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # Opening a file anew for each request costs more than most requests.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
else:
    # One connection a thread, tried before each request: nobody waits long for a database that is away, and none
    # meets a dead connection after it came back. (psycopg's pool tries its dead ones one by one, seconds apart.)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = 600
# PostgreSQL: the role that serves, if another than the one that migrates. See docs/deploying.md.
DATABASE_APP_ROLE = env_role("DATABASE_APP_ROLE")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that limits on guessing hold across workers and machines. Only limits are kept here.
CACHES = {"default": {"BACKEND": "clinic.web.limits.RateLimitCache"}}
# Not in a cookie: what staff did is said in messages.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# There is no upload anywhere; requests are small (see RequestGuardMiddleware).
FILE_UPLOAD_HANDLERS: list[str] = []

# Staff sign-in ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "clinic.staff.passwords.DecoratedCommonValidator"},
    {"NAME": "clinic.staff.passwords.PatternValidator"},
    {"NAME": "clinic.staff.passwords.ContextValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_ADAPTER = "clinic.staff.sign_in.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
SIGN_IN_TRIES = env_number("SIGN_IN_TRIES", 5, 3, 20)  # wrong ones in five minutes from one address
SIGN_IN_TRIES_AN_HOUR = env_number("SIGN_IN_TRIES_AN_HOUR", 20, 5, 100)  # and in an hour
# For one name from everywhere; an address that signed in with it lately is still let in.
SIGN_IN_TRIES_A_NAME = env_number("SIGN_IN_TRIES_A_NAME", 50, 10, 500)
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": f"{SIGN_IN_TRIES}/5m/ip,{SIGN_IN_TRIES_AN_HOUR}/h/ip"}

ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "clinic.staff.second_factor.StaffMFAAdapter"
MFA_FORMS = {
    "authenticate": "clinic.staff.second_factor.CodeForm",
    "reauthenticate": "clinic.staff.second_factor.CodeAgainForm",
    "add_webauthn": "clinic.staff.passkeys.AddForm",
    "authenticate_webauthn": "clinic.staff.passkeys.SecondStepForm",
    "login_webauthn": "clinic.staff.passkeys.SignInForm",
    "reauthenticate_webauthn": "clinic.staff.passkeys.AgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone is both factors: the device asks who holds it
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE.is_local

# Languages: the path alone decides. Spanish joins when its translation is signed off.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "clinic.web.finders.BootstrapFinder",
]
# How long a process may go on with what it has kept of the public pages before it looks for a change.
PUBLIC_VERSION_SECONDS = 1
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clinic.web.static_files.StaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # every process looks at each file when it starts

# Mail: to staff alone, with no name and nothing about health. Without a server a local site writes it to a folder.
EMAIL_HOST = env_text("EMAIL_HOST")
EMAIL_PORT = env_number("EMAIL_PORT", 587, 1, 65535)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_switch("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR / "mail"
if not EMAIL_HOST and SITE.is_local:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
MAIL_IS_SET = bool(EMAIL_HOST) or SITE.is_local
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_sender(f"previsit@{SITE.host.strip('[]')}")

# Intake ---------------------------------------------------------------------------------------------------
DRAFT_DAYS = env_number("DRAFT_DAYS", 7, 1, 30)  # on the person's own device, after the last save
DRAFT_SHARED_HOURS = 2
INTAKE_STARTS_AN_HOUR = env_number("INTAKE_STARTS_AN_HOUR", 30, 5, 1000)  # from one address
INTAKE_STARTS_SITE_AN_HOUR = env_number("INTAKE_STARTS_SITE_AN_HOUR", 600, 50, 20_000)  # from everywhere
DRAFT_IDLE_MINUTES = 20  # then the date of birth is asked before any answer is shown

# Log lines name a path, never a query, a body or a value.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"intake": {"()": "clinic.web.access_log.MaskingFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["intake"]}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Whoever scans the network asks for other hosts all day: the line of the request says 400.
        "django.security.DisallowedHost": {"level": "CRITICAL", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}

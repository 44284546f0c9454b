"""A project with no line of its own: Previsit's packages, middleware and static files, one page from a template."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse

CONTRIB = ("admin", "auth", "contenttypes", "sessions", "messages", "sitemaps", "staticfiles")
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
CONTEXT = ("django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages")
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY=os.urandom(32).hex(),
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        *(f"django.contrib.{app}" for app in CONTRIB),
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "django.forms",
        "crispy_forms",
        "csp",
    ],
    MIDDLEWARE=MIDDLEWARE,
    MFA_SUPPORTED_TYPES=["totp", "recovery_codes", "webauthn"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request", *CONTEXT]},
        }
    ],
    STATIC_URL="/static/",
    STATIC_ROOT=os.environ["STATIC_ROOT"],
    STORAGES={"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}},
)
application = get_wsgi_application()

from django.contrib import admin  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import include, path  # noqa: E402


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string("<h1>{{ request.path }}</h1>").render({}, request))


urlpatterns = [
    path("page/", page),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]

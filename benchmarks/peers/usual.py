"""What most Django pages are: the default middleware, one row of a database, one template."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

NAME = "django.contrib."
DATABASE = os.environ.get("PEER_DATABASE", ":memory:")
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY=os.urandom(32).hex(),
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    INSTALLED_APPS=[NAME + app for app in ("auth", "contenttypes", "sessions", "messages")],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
application = get_wsgi_application()


class Article(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        app_label = "peers"

    def __str__(self) -> str:
        return self.title


if Article._meta.db_table not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Article)
    Article.objects.create(slug="page", title="A page", body="x" * int(os.environ.get("BODY_BYTES", "20000")))

PAGE = engines["django"].from_string(
    "<!doctype html><html lang=en><title>{{ article.title }}</title><h1>{{ article.title }}</h1>{{ article.body }}"
)


def show(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(PAGE.render({"article": Article.objects.get(slug=slug)}, request))


urlpatterns = [path("<slug:slug>/", show)]

"""A django-formtools wizard with crispy forms, made from the pages of Previsit's own form; sessions in its database.

Plainer than Previsit: nothing is sealed, screened, branched or explained, and a quantity is one box.
"""

import json
import os
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

NAME = "django.contrib."
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY=os.urandom(32).hex(),
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["PEER_DATABASE"]}},
    SESSION_ENGINE="django.contrib.sessions.backends.db",
    INSTALLED_APPS=[
        *(NAME + app for app in ("auth", "contenttypes", "sessions", "messages")),
        "formtools",
        "crispy_forms",
        "crispy_bootstrap5",
    ],
    CRISPY_TEMPLATE_PACK="bootstrap5",
    CRISPY_ALLOWED_TEMPLATE_PACKS="bootstrap5",
    MIDDLEWARE=MIDDLEWARE,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "wizard_templates"],
            "APP_DIRS": True,
        }
    ],
)
application = get_wsgi_application()

from django.core.management import call_command  # noqa: E402
from formtools.wizard.views import SessionWizardView  # noqa: E402

call_command("migrate", verbosity=0)


def field_of(node: dict[str, Any]) -> forms.Field:
    """Return the plain field of a question."""
    words = {"label": node["label"], "help_text": node["help"], "required": node["required"]}
    choices = [tuple(choice) for choice in node["choices"]]
    if node["type"] == "choice" and node["repeats"]:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **words)
    if node["type"] == "choice":
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **words)
    if node["type"] == "boolean":
        return forms.BooleanField(**words)
    if node["type"] == "date":
        return forms.DateField(**words)
    if node["type"] in ("quantity", "decimal", "integer"):
        return forms.FloatField(**words)
    return forms.CharField(widget=forms.Textarea if node["type"] == "text" else forms.TextInput, **words)


def form_of(page: dict[str, Any]) -> type[forms.Form]:
    fields = {node["name"]: field_of(node) for node in page["fields"]}
    return type("StepForm", (forms.Form,), {"title": page["title"], **fields})


class Wizard(SessionWizardView):  # type: ignore[misc]
    template_name = "step.html"

    def done(self, form_list: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse("done")


STEPS = [(page["name"], form_of(page)) for page in json.loads(Path(os.environ["PEER_PAGES"]).read_text())]
view = Wizard.as_view(STEPS)


def wizard(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = view(request)
    return answer


urlpatterns = [path("wizard/", wizard)]

"""What is said when a draft, a page's token or the database is gone: help first, then what was typed."""

from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from clinic.staff.kept_forms import keep_without_token
from clinic.web.middleware import strip_language
from clinic.web.requests import Request
from clinic.web.views import csrf_failure as forbidden
from intake.definition.model import Answer, Definition, Item
from intake.definition.parse import parse_definition
from intake.journey.addresses import Addresses
from intake.journey.crisis_help import Panel, panels_for
from intake.journey.effort import minutes_of
from intake.journey.forms.builders import field_for
from intake.journey.forms.start import StartForm
from intake.journey.unsaved import read_typed
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import load_folder, shipped
from intake.response.response import Response

LONGEST_SHOWN = 4000


def lost_draft(request: Request, form: str) -> HttpResponse:
    """Show the start page and say why: what was here is not, or is not for this browser."""
    return show_start(request, form, is_lost=True, status=410)


def show_start(
    request: Request,
    form: str,
    *,
    bound: StartForm | None = None,
    is_lost: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show the start page of a form; with what was posted to a draft that is gone, and the help it calls for."""
    version = QuestionnaireVersion.objects.latest_published(form or request.clinic.main_form)
    urls = Addresses(form)
    if version is None:
        return render(request, "intake/not_open.html", {"urls": urls}, status=404 if form else 503)
    definition = version.definition(request.LANGUAGE_CODE)
    data = request.POST if is_lost and request.method == "POST" else QueryDict()
    context = {
        "form": bound or StartForm(None, definition),
        "definition": definition,
        "urls": urls,
        "is_lost": is_lost,
        "disclosure": definition.disclosure(request.clinic.unfinished_forms),
        "minutes": minutes_of(definition),
        "not_a_diagnosis": definition.words("not-a-diagnosis"),
        "panels": help_for_posted(definition.slug, data),
        "typed": typed_words(definition, data),
    }
    return render(request, "intake/start.html", {**context, **more}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a page that came without its token, which a browser loses with its cookies."""
    if not strip_language(request.path_info).startswith("/intake/"):
        kept = keep_without_token(request)
        return redirect(kept) if kept else forbidden(request, reason)
    return show_unsaved(request, status=403)


def not_saved(request: HttpRequest) -> HttpResponse:
    """Answer a page that could not be saved, with all that was typed and one button to send it again."""
    return show_unsaved(request, status=503)


def show_unsaved(request: HttpRequest, status: int) -> HttpResponse:
    """Show the page again without asking the database: nothing that was typed is lost while it is away."""
    context = {
        "panels": help_for_posted("", request.POST),
        "typed": [(name, value) for name, values in read_typed(request.POST).items() for value in values],
        "action": request.get_full_path(),
        "is_away": status == 503,
    }
    return render(request, "intake/not_saved.html", context, status=status)


def help_for_posted(slug: str, data: QueryDict) -> tuple[Panel, ...]:
    """Return the help that posted answers call for, by whichever version of a form asks such a question."""
    if not data:
        return ()
    opened = (panels_for(definition, read_answers(definition, data)) for definition in known_definitions(slug))
    return next((panels for panels in opened if panels), ())


def known_definitions(slug: str) -> list[Definition]:
    """Return the published versions, newest first; those that come with the program when the database is away."""
    try:
        versions = QuestionnaireVersion.objects.order_by("-version")
        return [version.definition() for version in (versions.filter(slug=slug) if slug else versions)]
    except DatabaseError:
        return list(shipped_definitions())


@cache
def shipped_definitions() -> tuple[Definition, ...]:
    return tuple(parse_definition(load_folder(folder)) for folder in reversed(shipped()))


def read_answers(definition: Definition, data: QueryDict) -> dict[str, Answer]:
    """Return what can be read of posted answers, question by question."""
    response = Response(definition, {})
    answers: dict[str, Answer] = {}
    for link_id, item in definition.questions.items():
        if not is_posted(item, data):
            continue
        field = field_for(item, response, date.max)
        try:
            answer = field.clean(field.widget.value_from_datadict(data, {}, link_id))
        except forms.ValidationError:
            continue
        if answer is not None:
            answers[link_id] = answer
    return answers


def is_posted(item: Item, data: QueryDict) -> bool:
    return any(name == item.link_id or name.startswith(f"{item.link_id}_") for name in data)


def typed_words(definition: Definition, data: QueryDict) -> list[tuple[str, str]]:
    """Return what was typed into boxes, beside its question: it is gone from the page that sent it."""
    found = []
    for name, values in read_typed(data).items():
        path = name.rpartition("_")[0] if name not in definition.questions else name
        item = definition.questions.get(path.rpartition(".")[2]) or definition.questions.get(name.rpartition(".")[2])
        words = ", ".join(value for value in values if value.strip())
        if item and item.type in ("string", "text", "quantity", "integer", "decimal") and words:
            found.append((item.text, words[:LONGEST_SHOWN]))
    return found

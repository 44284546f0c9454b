"""What every page of the patient's way does first: find this browser's draft, and put help on top."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.models import ClinicProfile
from intake.crisis_help import Help, find_help
from intake.drafts import asks_birth_date, definition_of, find_draft, mark_seen
from intake.flow import journey_ends
from intake.forms import DeviceForm
from intake.models import Draft, QuestionnaireVersion
from intake.saving import screen_draft

P = ParamSpec("P")
DraftView = Callable[Concatenate[HttpRequest, Draft, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs_draft(view: DraftView[P]) -> View[P]:
    """Give the view this browser's open draft; lead everyone else where they can go on.

    Who was away for long is asked for the date of birth; who is under 18 gets the page for them; who
    has sent the form gets its confirmation.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        now = timezone.now()
        draft = find_draft(request, now)
        if draft is None:
            return lost_draft(request)
        if draft.closed_at is not None:
            return redirect("intake:sent")
        if asks_birth_date(draft, now):
            return redirect("intake:confirm-birth-date")
        mark_seen(draft, now)
        if journey_ends(draft.answers, today=ClinicProfile.current().today()):
            return redirect("intake:adults-only")
        return view(request, draft, *args, **kwargs)

    return wrapped


def lost_draft(request: HttpRequest) -> HttpResponse:
    """Show the start page and say why: what was here is not, or is not for this browser."""
    return show_start(request, DeviceForm(), is_lost=True, status=410)


def show_start(
    request: HttpRequest, form: DeviceForm, *, draft: Draft | None = None, is_lost: bool = False, status: int = 200
) -> HttpResponse:
    version = QuestionnaireVersion.objects.latest_published("previsit")
    if version is None:
        return render(request, "intake/not_open.html", status=503)
    profile = ClinicProfile.current()
    definition = version.definition(request.LANGUAGE_CODE)
    context = {
        "form": form,
        "draft": draft,
        "is_lost": is_lost,
        "disclosure": definition.disclosure(profile.unfinished_forms),
    }
    return render(request, "intake/start.html", context, status=status)


def show(
    request: HttpRequest,
    draft: Draft,
    template: str,
    context: dict[str, Any],
    *,
    help_first: Help | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the form; help that was opened on the way stands first on it."""
    if help_first is None:
        help_first = find_help(draft.journey, screen_draft(draft, ClinicProfile.current(), timezone.now()))
    shared = {"draft": draft, "definition": definition_of(draft), "help_first": help_first}
    return render(request, template, {**shared, **context}, status=status)

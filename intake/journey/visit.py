"""What every page of the patient's way does first: find this browser's draft, and put help on top."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.models import Clinic
from intake.journey.crisis_help import Help, find_help
from intake.journey.drafts import (
    BIRTH_DATE,
    QUESTIONNAIRE,
    asks_birth_date,
    definition_of,
    find_draft,
    keep_cookie,
    mark_seen,
    page_seal,
    was_shown,
)
from intake.journey.forms.page import BirthDateForm, DeviceForm
from intake.journey.saving import screen_draft
from intake.models import Draft, QuestionnaireVersion
from intake.response.response import Response
from intake.screening.engine import journey_ends

P = ParamSpec("P")
DraftView = Callable[Concatenate[HttpRequest, Draft, P], HttpResponse]
View = Callable[..., HttpResponse]


def needs_draft(*, is_page: bool = False) -> Callable[[DraftView[P]], View]:
    """Give the view this browser's open draft; lead everyone else where they can go on.

    Who was away for long is asked for the date of birth, who is under 18 gets the page for them, who
    has sent the form gets its confirmation. A page of questions knows by itself what someone under 18 may
    still change, and gets late posts too: who spent half an hour on one page loses nothing, and the view
    answers without showing an answer. A late post must carry the page's seal, so that only a page that was
    shown before can be sent; and the date of birth, which opens the form again, cannot be changed by one.
    """

    def decorate(view: DraftView[P]) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            now = timezone.now()
            draft = find_draft(request, now)
            if draft is None:
                return lost_draft(request)
            if draft.closed_at is not None:
                return redirect("intake:sent")
            is_post = request.method == "POST"
            if not asks_birth_date(draft, now):
                mark_seen(draft, now)
            elif not (is_page and is_post and is_late_page(request, draft, str(kwargs.get("slug", "")))):
                return redirect("intake:confirm-birth-date")
            if not is_page and is_under_age(draft):
                return redirect("intake:adults-only")
            response = view(request, draft, *args, **kwargs)
            if is_post and draft.is_own_device:
                keep_cookie(response, draft, request.COOKIES[settings.DRAFT_COOKIE_NAME])
            return response

        return wrapped

    return decorate


def is_late_page(request: HttpRequest, draft: Draft, slug: str) -> bool:
    if slug == definition_of(draft).page_of[BIRTH_DATE].link_id:
        return False
    return was_shown(draft, slug, request.POST.get("seal", ""))


def is_under_age(draft: Draft) -> bool:
    return journey_ends(Response(definition_of(draft), draft.answers), as_of=Clinic.current().today())


def lost_draft(request: HttpRequest) -> HttpResponse:
    """Show the start page and say why: what was here is not, or is not for this browser."""
    return show_start(request, DeviceForm(), is_lost=True, status=410)


def show_start(
    request: HttpRequest, form: DeviceForm, *, draft: Draft | None = None, is_lost: bool = False, status: int = 200
) -> HttpResponse:
    version = QuestionnaireVersion.objects.latest_published(QUESTIONNAIRE)
    if version is None:
        return render(request, "intake/not_open.html", status=503)
    disclosure = version.definition(request.LANGUAGE_CODE).disclosure(Clinic.current().unfinished_forms)
    context = {
        "form": form,
        "draft": draft,
        "is_lost": is_lost,
        "disclosure": disclosure,
        "help_first": help_for_whom_we_know(draft),
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
        help_first = help_for(draft)
    if "page" in context:
        context = {"seal": page_seal(draft, context["page"].link_id), **context}
    shared = {"draft": draft, "definition": definition_of(draft), "help_first": help_first}
    return render(request, template, {**shared, **context}, status=status)


def help_for(draft: Draft) -> Help:
    return find_help(definition_of(draft), draft.journey, screen_draft(draft, Clinic.current(), timezone.now()))


def help_for_whom_we_know(draft: Draft | None) -> Help:
    """Give the help of a draft that is open, and nothing to who would first be asked for the date of birth."""
    if draft is None or draft.closed_at is not None or asks_birth_date(draft, timezone.now()):
        return Help()
    return help_for(draft)


def ask_birth_date(
    request: HttpRequest, draft: Draft, form: BirthDateForm, *, help_first: Help | None = None, slug: str = ""
) -> HttpResponse:
    """Ask for the date of birth, and show nothing that tells an answer.

    What was opened on the way is as secret as the answers, so help stands here only when the caller
    brings it: for what this very browser has just posted.
    """
    context = {"form": form, "tries": draft.birth_date_tries, "slug": slug}
    return show(request, draft, "intake/confirm_birth_date.html", context, help_first=help_first or Help())

"""The ways in and out: start, come back, leave, clear this device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Clinic
from intake.journey.drafts import (
    BIRTH_DATE,
    BIRTH_DATE_TRIES,
    QUESTIONNAIRE,
    asks_birth_date,
    close_to_browser,
    definition_of,
    drop_cookie,
    find_draft,
    keep_cookie,
    mark_seen,
    start_draft,
    try_birth_date,
)
from intake.journey.forms.page import BirthDateForm, DeviceForm
from intake.journey.start_limit import is_over_limit
from intake.journey.steps import page_url
from intake.journey.visit import (
    ask_birth_date,
    help_for_whom_we_know,
    is_under_age,
    lost_draft,
    show,
    show_start,
)
from intake.models import QuestionnaireVersion


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what the form is and who reads it; make a draft when the button is pressed."""
    now = timezone.now()
    draft = find_draft(request, now)
    form = DeviceForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return show_start(request, form, draft=draft)
    if draft is not None and draft.closed_at is None and "start_over" not in request.POST:
        return redirect("intake:tasks")  # pressed twice, or in a second tab: nothing is lost
    if not form.is_valid():
        return show_start(request, form, draft=draft)
    version = QuestionnaireVersion.objects.latest_published(QUESTIONNAIRE)
    if version is None:
        return show_start(request, form)
    if is_over_limit(request):
        return render(request, "intake/too_many.html", status=429)
    if draft is not None and draft.closed_at is None:
        close_to_browser(draft, now)  # started over: a copy of the old cookie finds nothing any more
    is_own = form.cleaned_data["device"] == "own"
    draft, token = start_draft(version, is_own_device=is_own, language=request.LANGUAGE_CODE, now=now)
    response = redirect("intake:tasks")
    keep_cookie(response, draft, token)
    return response


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_birth_date(request: HttpRequest) -> HttpResponse:
    """Ask who comes back after a while for the date of birth, before any answer is shown."""
    now = timezone.now()
    draft = find_draft(request, now)
    if draft is None:
        return lost_draft(request)
    if not asks_birth_date(draft, now):
        return redirect("intake:tasks")
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    slug = request.POST.get("page", "")
    if form.is_bound and form.is_valid():
        if try_birth_date(draft, form.cleaned_data["birth_date"], now):
            is_page = slug in definition_of(draft).section_of
            return redirect("intake:page", slug) if is_page else redirect("intake:tasks")
        draft.refresh_from_db(fields=["birth_date_tries"])
        if draft.birth_date_tries >= BIRTH_DATE_TRIES:
            response = render(request, "intake/closed_here.html", status=403)
            drop_cookie(response)
            return response
        form.add_error("birth_date", _("That is not the date of birth in this form. Check it and try again."))
    return ask_birth_date(request, draft, form, slug=slug if slug in definition_of(draft).section_of else "")


@never_cache
@require_http_methods(["GET", "HEAD"])
def leave(request: HttpRequest) -> HttpResponse:
    """Say that the answers are kept, how long, and how to come back."""
    now = timezone.now()
    draft = find_draft(request, now)
    if draft is None:
        return lost_draft(request)
    if draft.closed_at is not None:
        return redirect("intake:sent")
    # No answer is shown here, so nobody is asked for the date of birth.
    disclosure = definition_of(draft).disclosure(Clinic.current().unfinished_forms)
    help_first = help_for_whom_we_know(draft)
    return show(request, draft, "intake/leave.html", {"disclosure": disclosure}, help_first=help_first)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: HttpRequest) -> HttpResponse:
    """Make this device forget the form: GET says what that means, POST does it."""
    now = timezone.now()
    draft = find_draft(request, now)
    if request.method != "POST":
        is_sent = draft is not None and draft.closed_at is not None
        context = {"draft": draft, "is_sent": is_sent, "help_first": help_for_whom_we_know(draft)}
        return render(request, "intake/clear.html", context)
    if draft is not None:
        close_to_browser(draft, now)
    response = render(request, "intake/cleared.html", {"was_sent": draft is not None and draft.closed_at is not None})
    drop_cookie(response)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD"])
def adults_only(request: HttpRequest) -> HttpResponse:
    """End the journey of someone under 18, kindly; the birth date can be changed."""
    now = timezone.now()
    draft = find_draft(request, now)
    if draft is None:
        return lost_draft(request)
    if asks_birth_date(draft, now):
        return redirect("intake:confirm-birth-date")
    if draft.closed_at is not None or not is_under_age(draft):
        return redirect("intake:tasks")
    mark_seen(draft, now)
    definition = definition_of(draft)
    notice = definition.notice("under-age")
    context = {
        "paragraphs": notice.paragraphs[:-1],
        "question": notice.paragraphs[-1],
        "action": notice.action,
        "change_url": page_url(definition.page_of[BIRTH_DATE]),
    }
    return show(request, draft, "intake/adults_only.html", context)

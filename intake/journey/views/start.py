"""The ways in and out: start, come back, go on, leave, clear this device."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.web.requests import Request
from intake.journey.addresses import Addresses
from intake.journey.drafts import drop_cookies, keep_cookie, keep_part, start_draft
from intake.journey.forms.start import BirthDateForm, StartForm
from intake.journey.lost import lost_draft, show_start
from intake.journey.saving import take_unsaved
from intake.journey.start_limit import is_over_limit
from intake.journey.steps import part_number
from intake.journey.unsaved import find_posted
from intake.journey.views.pages import keeps_what_was_typed, receive, see, url_on
from intake.journey.visit import Visit, find_visit, needs_draft
from intake.models import Draft, DraftKey, QuestionnaireVersion
from intake.models.drafts import KEY_TRIES
from intake.response.journey import Agreement, Journey


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def start(request: Request, form: str = "") -> HttpResponse:
    """Say what the form is and who reads it; make a draft when the button is pressed."""
    if form and form == request.clinic.main_form:
        return redirect("intake:start")
    visit = find_visit(request, form)
    version = QuestionnaireVersion.objects.latest_published(form or request.clinic.main_form)
    if request.method != "POST" or version is None:
        return show_start(request, form, **offered(visit))
    if visit and not visit.draft.is_sent and "start_over" not in request.POST:
        return see(visit.urls["go_on"])  # pressed twice, or in a second tab: nothing is lost
    bound = StartForm(request.POST, version.definition(request.LANGUAGE_CODE))
    if not bound.is_valid():
        return show_start(request, form, bound=bound, **offered(visit))
    is_begun = visit is not None and not visit.draft.is_sent
    if is_over_limit(request, has_draft=is_begun):
        return render(request, "intake/too_many.html", {"urls": Addresses(form)}, status=429)
    if visit and is_begun:
        visit.draft.close(visit.now)  # started over: a copy of the old cookie finds nothing any more
    return begin(request, form, version, bound)


def offered(visit: Visit | None) -> dict[str, Any]:
    """Return what the start page may say of a form that this browser has begun or sent."""
    if visit is None:
        return {}
    part = part_number(visit.definition, visit.journey.next_page or first_page(visit)).split("-")
    return {"draft": visit.draft, "visit": visit, "part": part[0], "parts": part[1]}


def first_page(visit: Visit) -> str:
    return "" if visit.draft.revision else visit.definition.pages[0].link_id


def begin(request: Request, form: str, version: QuestionnaireVersion, bound: StartForm) -> HttpResponse:
    """Make the draft with what the pressed button said, and lead to its first page."""
    now = timezone.now()
    kind = DraftKey.Kind.SHARED if bound.cleaned_data["shared"] else DraftKey.Kind.OWN
    key, token = start_draft(version, kind=kind, language=request.LANGUAGE_CODE, now=now)
    visit = Visit(key.draft, request.clinic, now, key, form)
    answers = bound.answers()
    if answers:
        agreed = {act.link_id: Agreement(now.isoformat(), visit.response.text_of(act)) for act in bound.acts}
        visit.draft.answers, visit.draft.journey = answers, Journey(acknowledged=agreed).to_json()
        visit.draft.save(update_fields=["answers", "journey"])
    visit = Visit(visit.draft, request.clinic, now, key, form)
    first = visit.response.pages[0].link_id
    response = see(visit.urls.page(first))
    keep_cookie(response, key, version.slug, token)
    keep_part(response, key, part_number(visit.definition, first))
    return response


@require_http_methods(["GET", "HEAD"])
@needs_draft
def go_on(request: Request, visit: Visit) -> HttpResponse:
    """Lead to where the person was: a page that waits with errors, the next one, or the check page."""
    pages = {page.link_id for page in visit.response.pages}
    waiting = [name for name in visit.draft.unsaved if name in pages]
    if waiting:
        posted = find_posted(visit.draft, waiting[-1])
        return redirect(visit.urls.page(waiting[-1], posted.back if posted else ""))
    if visit.journey.next_page in pages or (visit.draft.revision and not visit.journey.next_page):
        return redirect(url_on(visit))
    page = visit.response.first_open
    return redirect(visit.urls.page(page.link_id) if page else visit.urls["check"])


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def confirm_birth_date(request: Request, form: str = "") -> HttpResponse:
    """Ask who comes back after a while for the date of birth, before any answer is shown."""
    again, urls = request.GET.get("again", ""), Addresses(form)
    visit = find_visit(request, form)
    if visit is None or visit.key is None:
        is_closed = again == "closed" and request.method != "POST"
        if is_closed:
            return render(request, "intake/closed_here.html", {"urls": urls}, status=403)
        return lost_draft(request, form)
    if not visit.asks_birth_date:
        return redirect(visit.urls["sent" if visit.draft.is_sent else "go_on"])
    if request.method != "POST":
        # Nothing here tells an answer: what was opened on the way is as secret.
        shown = BirthDateForm.again(again) if again else BirthDateForm()
        return visit.show(request, "intake/confirm_birth_date.html", {"form": shown, "tries": visit.key.tries})
    bound = BirthDateForm(request.POST)
    if not bound.is_valid():
        return see(f"{urls['birth_date']}?again=blank")
    if visit.key.try_birth_date(bound.cleaned_data["birth_date"], visit.now):
        return see(url_for_who_is_back(request, form, visit))
    is_closed = visit.key.tries >= KEY_TRIES
    response = see(f"{urls['birth_date']}?again={'closed' if is_closed else 'wrong'}")
    if is_closed:
        drop_cookies(response, visit.draft.version.slug)
    return response


def url_for_who_is_back(request: Request, form: str, visit: Visit) -> str:
    """Apply the pages that came while it was not known who sent them; return where the last of them leads."""
    if visit.draft.is_sent:
        return visit.urls["sent"]
    url = visit.urls["go_on"]
    try:
        late = take_unsaved(visit)
    except Draft.DoesNotExist:
        return visit.urls["sent"]
    for name, posted in late.items():
        visit = find_visit(request, form) or visit
        url = receive(visit, name, posted.data, posted.back)
    return url


@require_http_methods(["GET", "HEAD"])
def leave(request: Request, form: str = "") -> HttpResponse:
    """Say that the answers are kept, how long, and how to come back."""
    visit = find_visit(request, form)
    if visit is None:
        return lost_draft(request, form)
    if visit.draft.is_sent:
        return redirect(visit.urls["sent"])
    # No answer is shown here, so nobody is asked for the date of birth.
    disclosure = visit.definition.disclosure(visit.clinic.unfinished_forms)
    return visit.show(request, "intake/leave.html", {"disclosure": disclosure})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: Request, form: str = "") -> HttpResponse:
    """Make this device forget the form: GET says what that means, POST does it."""
    visit = find_visit(request, form)
    is_sent = visit is not None and visit.draft.is_sent
    urls, gone = Addresses(form), request.GET.get("gone", "")
    if request.method != "POST":
        if gone and visit is None:
            return render(request, "intake/cleared.html", {"urls": urls, "was_sent": gone == "sent"})
        return render(request, "intake/clear.html", {"is_sent": is_sent, "urls": urls, "visit": visit})
    if visit is not None:
        visit.draft.close(visit.now)
    response = see(f"{urls['clear']}?gone={'sent' if is_sent else 'yes'}")
    drop_cookies(response, form or request.clinic.main_form)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@require_http_methods(["GET", "HEAD"])
def adults_only(request: Request, form: str = "") -> HttpResponse:
    """End the journey of someone under 18, kindly; the birth date can be changed."""
    visit = find_visit(request, form)
    if visit is None:
        return lost_draft(request, form)
    if visit.asks_birth_date:
        return redirect(visit.urls["birth_date"])
    item = visit.definition.role("birth-date")
    if visit.draft.is_sent or not visit.is_under_age or item is None:
        return redirect(visit.urls["go_on"])
    visit.mark_seen()
    notice = visit.definition.notice("under-age")
    context = {
        "paragraphs": notice.paragraphs[:-1],
        "question": notice.paragraphs[-1],
        "action": notice.action,
        "change_url": visit.urls.page(visit.definition.page_of[item.link_id].link_id),
    }
    return visit.show(request, "intake/adults_only.html", context)

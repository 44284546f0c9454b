"""A page of questions: shown, received, led on from."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.web.links import learn_url
from clinic.web.requests import Request
from intake.definition.model import Definition, QuestionPage
from intake.journey.addresses import BACK_TO_CHECK, HELP, row_code
from intake.journey.forms.page import PageForm
from intake.journey.lost import lost_draft, not_saved
from intake.journey.saving import Page, keep_late, keep_page, posted_revision, save_page, take_unsaved
from intake.journey.signing import expected_signature, signs_otherwise
from intake.journey.steps import differences, must_come_first, page_as_shown, place_of
from intake.journey.teach_back import agrees_to_drive_not, can_sign, find_teach_back, is_teach_back
from intake.journey.unsaved import Posted, find_posted
from intake.journey.views.driving import receive_try, show_driving
from intake.journey.views.help import show_help, take_help_button
from intake.journey.visit import Visit, find_visit, needs_draft
from intake.models import Draft

View = Callable[..., HttpResponse]


def takes_late_posts(view: View) -> View:
    """Keep a page that comes after a long while, sealed and unapplied, until the date of birth is given.

    Who spent half an hour on one page loses nothing. An address is known only to who was led to it, so only a
    page that was shown before can be sent; one of no page was shown of a form that another tab started over. As
    sealed is what comes while another tab says that the person is under 18, until that is changed.
    """

    @wraps(view)
    def wrapped(request: Request, *, form: str = "", code: str) -> HttpResponse:
        visit = find_visit(request, form) if request.method == "POST" else None
        if visit is None or visit.draft.is_sent:
            return view(request, form=form, found=visit, code=code)
        name = visit.urls.name_of(code, visit.definition)
        if not name:
            return lost_draft(request, form)
        if name.startswith(HELP) or not (visit.asks_birth_date or visit.ends_before(name)):
            return view(request, form=form, found=visit, code=code)
        here = page_as_shown(visit.response, name, request.POST)
        posted = make_form(visit, here, request.POST)
        try:
            visit = keep_late(visit, name, request.POST, posted.valid_answers(), back_of(request))
        except Draft.DoesNotExist:
            return redirect(visit.urls["sent"])
        onward = "birth_date" if visit.asks_birth_date else "adults"
        return see(visit.urls.help(visit.due_panel) if visit.due_panel else visit.urls[onward])

    return wrapped


def keeps_what_was_typed(view: View) -> View:
    """Show a posted page again, with all that was typed, when the database did not answer."""

    @wraps(view)
    def wrapped(request: Request, **kwargs: str) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except (OperationalError, InterfaceError):
            if request.method != "POST":
                raise
            return not_saved(request)

    return wrapped


def see(url: str) -> HttpResponse:
    """Lead on from a POST: Back and refresh ask nothing again."""
    response = redirect(url)
    response.status_code = 303
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
@takes_late_posts
@needs_draft
def page(request: Request, visit: Visit, code: str) -> HttpResponse:
    """Ask one page of questions, keep the answers, go where they lead."""
    name = visit.page
    if name.startswith(HELP):
        panel = name.removeprefix(HELP)
        return take_help_button(request, visit, panel) if request.method == "POST" else show_help(request, visit, panel)
    if not name:
        raise Http404("No such page")
    if request.method == "POST":
        return see(receive(visit, name, request.POST, back_of(request)))
    here = visit.response.page(name)
    if here is None:
        return redirect(visit.urls["go_on"])  # another answer switched its questions off
    earlier = page_before_this(visit, here)
    if earlier is not None:
        return redirect(visit.urls.page(earlier.link_id))
    back, waiting = back_of(request), find_posted(visit.draft, name)
    if is_teach_back(visit.definition, here):
        return show_driving(request, visit, here, waiting, back)
    if waiting and waiting.conflicts:
        return show_conflict(request, visit, here, waiting)
    if waiting and waiting.asks_signature:
        return show_signature(request, visit, here, waiting)
    return show_page(request, visit, here, waiting, back)


def back_of(request: Request) -> str:
    return BACK_TO_CHECK if request.GET.get("back") == BACK_TO_CHECK else ""


def page_before_this(visit: Visit, here: QuestionPage) -> QuestionPage | None:
    """Return the page that must be done before this one is shown, when there is one."""
    return must_come_first(visit.response, here) or teach_back_before(visit, here)


def teach_back_before(visit: Visit, here: QuestionPage) -> QuestionPage | None:
    """Return the page that must be understood before what stands here can be agreed to."""
    definition = visit.definition
    if agrees_to_drive_not(definition, here) and not can_sign(definition, visit.draft.answers, visit.journey):
        return find_teach_back(definition)
    return None


def receive(visit: Visit, name: str, data: QueryDict, back: str) -> str:
    """Keep what is valid and screen it, whatever else is wrong; return where this leads."""
    if "keep" in data:
        with suppress(Draft.DoesNotExist):  # sent meanwhile: that address says so
            take_unsaved(visit, name)
        return visit.urls.page(name, back)
    here = page_as_shown(visit.response, name, data)
    if is_teach_back(visit.definition, here):
        return receive_try(visit, here, data, back)
    form = make_form(visit, here, data)
    changes = form.valid_answers()
    is_leaving = "leave" in data and form.has_only_blanks()
    is_growing = "add" in data or "change" in data
    asks = not (form.errors or is_leaving or "confirmed" in data) and signs_otherwise(form.after)
    asks_signature = asks and any(item.role == "signature" for item in here.items)
    if asks_signature or "change" in data:  # nothing is signed yet
        acts = {item.link_id for item in here.items if item.control == "act" or item.role == "signature"}
        changes = {path: value for path, value in changes.items() if path not in acts}
    is_valid = is_leaving or not (form.errors or is_growing or asks_signature)
    posted = Page(
        here,
        changes,
        posted_revision(data),
        data,
        back,
        is_valid,
        is_growing=is_growing,
        asks_signature=asks_signature and "change" not in data,
        is_left=is_leaving and bool(form.errors),
        after=form.after,
    )
    earlier = teach_back_before(visit, here)
    try:
        if earlier is not None:
            keep_page(visit, posted)
            return visit.urls.page(earlier.link_id)
        saved = save_page(visit, posted)
    except Draft.DoesNotExist:
        return visit.urls["sent"]
    if saved.visit.due_panel:
        return visit.urls.help(saved.visit.due_panel)
    if saved.conflicts or not is_valid:
        return visit.urls.page(name, back)
    return visit.urls["leave"] if is_leaving else url_on(saved.visit)


def url_on(visit: Visit) -> str:
    """Return where the last saved page led: onwards, or to the check page."""
    journey = visit.journey
    if journey.next_page:
        return visit.urls.page(journey.next_page, journey.back)
    if journey.back != BACK_TO_CHECK:
        return visit.urls["check"]
    changed = (path for path, revision in journey.changed.items() if revision == visit.draft.revision)
    return f"{visit.urls['check']}#row-{row_code(visit.draft.pk, next(changed, ''))}"


def make_form(visit: Visit, here: QuestionPage, data: QueryDict | None, more_rows: int = 0) -> PageForm:
    revision = visit.draft.revision
    return PageForm(data, here, visit.response, revision=revision, today=visit.today, more_rows=more_rows)


def show_page(request: Request, visit: Visit, here: QuestionPage, waiting: Posted | None, back: str) -> HttpResponse:
    """Show one page of questions: unanswered, answered, or as it was typed with its errors."""
    definition = visit.definition
    more_rows = 1 if waiting and waiting.is_growing else 0
    form = make_form(visit, here, waiting.data if waiting else None, more_rows)
    if waiting and waiting.is_growing:
        form.forgive_blanks()
    place = place_of(visit.response, here)
    section = definition.section_of[here.link_id]
    panels = {definition.help_panels.get(item.link_id) for item in here.items} - {None}
    tells_who_sees = here.has_disclosure or (
        section.has_disclosure and ((place is not None and place.is_first) or bool(panels))
    )
    notice = definition.driving_notice() if agrees_to_drive_not(definition, here) else None
    context = {
        "page": here,
        "form": form,
        "place": place,
        "learn_url": learn_url(here.learn) if here.learn else "",
        "back_url": back_url(visit, here, back),
        "disclosure": definition.disclosure(visit.clinic.unfinished_forms) if tells_who_sees else "",
        "long_text_line": definition.words("long-text"),
        "short_panel": "emergency" if "emergency" in panels else next(iter(panels), ""),
        "driving_notice": notice,
        "button": button_of(definition, here),
        "is_helper": visit.response.role("helper") == "proxy",
        "is_signature": any(item.role == "signature" for item in here.items),
    }
    return visit.show(request, "intake/page.html", context)


def button_of(definition: Definition, here: QuestionPage) -> str:
    """Return the words of a button that agrees or signs; empty for one that only leads on."""
    use = "sign" if here.kind == "sign" else "agreement" if agrees_to_drive_not(definition, here) else ""
    return definition.notice(use).action if use in definition.notices_by_use else ""


def back_url(visit: Visit, here: QuestionPage, back: str) -> str:
    if back == BACK_TO_CHECK:
        return visit.urls["check"]
    before = visit.response.before(here)
    return visit.urls.page(before.link_id) if before else visit.urls["tasks"]


def show_signature(request: Request, visit: Visit, here: QuestionPage, waiting: Posted) -> HttpResponse:
    """Ask, gently, whether a name that is not the legal one is meant as the signature. It is never a bar."""
    signature = next(item for item in here.items if item.role == "signature")
    context = {
        "page": here,
        "typed": waiting.data.get(signature.link_id, ""),
        "legal": expected_signature(visit.response),
        "posted": [(name, value) for name, values in waiting.data.lists() for value in values],
    }
    return visit.show(request, "intake/signature.html", context)


def show_conflict(request: Request, visit: Visit, here: QuestionPage, waiting: Posted) -> HttpResponse:
    """Show the kept answers and the posted ones beside each other; nothing was changed yet."""
    whole = page_as_shown(visit.response, here.link_id, waiting.data)
    posted = make_form(visit, whole, waiting.data).valid_answers()
    context = {
        "page": here,
        "rows": differences(visit.response, posted, waiting.conflicts),
        "posted": [(name, value) for name, values in waiting.data.lists() for value in values],
    }
    return visit.show(request, "intake/conflict.html", context)

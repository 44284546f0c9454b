"""The questions: the task list and a page of questions."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Clinic
from clinic.web.links import learn_url
from intake.definition.model import QuestionPage
from intake.journey.crisis_help import Help, find_help
from intake.journey.drafts import BIRTH_DATE, asks_birth_date, definition_of
from intake.journey.forms.page import BirthDateForm, PageForm
from intake.journey.saving import SIGNATURE, Saved, save_answers, screen_posted
from intake.journey.steps import (
    BACK_TO_CHECK,
    differences,
    must_come_first,
    page_as_shown,
    page_url,
    place_of,
    url_after,
)
from intake.journey.teach_back import ACK_DRIVING, can_sign, find_teach_back, is_teach_back
from intake.journey.views.driving import driving_rule
from intake.journey.visit import ask_birth_date, is_under_age, needs_draft, show
from intake.models import Draft
from intake.response.response import Response


@never_cache
@require_http_methods(["GET", "HEAD"])
@needs_draft()
def tasks(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show the sections and how far each is."""
    definition = definition_of(draft)
    states = Response(definition, draft.answers).sections
    done = sum(state.is_done for state in states)
    context = {
        "states": states,
        "done": done,
        "is_started": bool(draft.answers),
        "is_open": states[0].is_done,
        "is_complete": done == len(states),
        "next_state": next((state for state in states if not state.is_done), None),
    }
    return show(request, draft, "intake/tasks.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs_draft(is_page=True)
def page(request: HttpRequest, draft: Draft, slug: str) -> HttpResponse:
    """Ask one page of questions, keep the answers, go where they lead."""
    definition = definition_of(draft)
    here = Response(definition, draft.answers).page(slug)
    if here is None:
        if slug not in definition.section_of:
            raise Http404("No such page")
        return redirect("intake:tasks")  # another answer switched its questions off
    if is_under_age(draft) and not asks(here, BIRTH_DATE):
        return redirect("intake:adults-only")
    first = must_come_first(definition, draft.answers, here)
    if first is not None:
        return redirect(page_url(first))
    if is_teach_back(definition, here):
        return driving_rule(request, draft, here)
    if asks(here, ACK_DRIVING) and not can_sign(definition, draft.answers, draft.journey.get("tries", [])):
        return redirect(page_url(find_teach_back(definition)))
    if request.method != "POST":
        return show_page(request, draft, here, make_form(draft, here))
    return receive_page(request, draft, page_as_shown(definition, here, request.POST))


def receive_page(request: HttpRequest, draft: Draft, here: QuestionPage) -> HttpResponse:
    """Keep what is valid and screen it, whatever else is wrong; then show errors, or lead on."""
    now, profile = timezone.now(), Clinic.current()
    form = PageForm(
        request.POST, here, definition_of(draft), draft.answers, revision=draft.revision, today=profile.today()
    )
    changes = form.valid_answers()
    try:
        saved = save_answers(draft, changes, revision=form.posted_revision(), profile=profile, now=now)
    except Draft.DoesNotExist:
        return redirect("intake:sent")
    if asks_birth_date(draft, now):
        posted = screen_posted(draft, changes, profile, now)
        help_now = find_help(definition_of(draft), {}, posted)
        return ask_birth_date(request, draft, BirthDateForm(), help_first=help_now, slug=here.link_id)
    if saved.conflicts:
        return show_conflict(request, saved, form)
    if "leave" in request.POST and form.has_only_blanks():
        return redirect("intake:leave")
    if form.errors:
        form.show_at(saved.draft.revision)
        return show_page(
            request, saved.draft, here, form, find_help(definition_of(draft), saved.draft.journey, saved.screening)
        )
    back = request.GET.get("back", "")
    return redirect(url_after(definition_of(draft), draft.answers, saved.draft.answers, here, back))


def make_form(draft: Draft, here: QuestionPage) -> PageForm:
    today = Clinic.current().today()
    return PageForm(None, here, definition_of(draft), draft.answers, revision=draft.revision, today=today)


def show_page(
    request: HttpRequest, draft: Draft, here: QuestionPage, form: PageForm, help_first: Help | None = None
) -> HttpResponse:
    """Show one page of questions, unanswered, answered or with errors."""
    definition, profile = definition_of(draft), Clinic.current()
    place = place_of(definition, draft.answers, here)
    section = definition.section_of[here.link_id]
    tells_who_sees = section.has_disclosure and (
        place.is_first or any(item.link_id in definition.help_panels for item in here.items)
    )
    context = {
        "page": here,
        "form": form,
        "place": place,
        "learn_url": learn_url(here.learn) if here.learn else "",
        "back_url": back_url(request, draft, here),
        "disclosure": definition.disclosure(profile.unfinished_forms) if tells_who_sees else "",
        "long_text_line": definition.words("long-text"),
        "is_agreement": asks(here, ACK_DRIVING),
        "agree_label": definition.notice("agreement").action,
        "driving_notice": definition.driving_notice(),
        "is_helper": draft.answers.get("filled-by") == "proxy",
        "is_signature": asks(here, SIGNATURE),
    }
    return show(request, draft, "intake/page.html", context, help_first=help_first)


def back_url(request: HttpRequest, draft: Draft, here: QuestionPage) -> str:
    if request.GET.get("back") == BACK_TO_CHECK:
        return reverse("intake:check-answers")
    before = Response(definition_of(draft), draft.answers).before(here)
    return page_url(before) if before else reverse("intake:tasks")


def show_conflict(request: HttpRequest, saved: Saved, form: PageForm) -> HttpResponse:
    """Show the kept answers and the posted ones beside each other; nothing was changed yet."""
    draft, definition = saved.draft, definition_of(saved.draft)
    context = {
        "page": form.page,
        "rows": differences(definition, draft.answers, form.valid_answers(), saved.conflicts),
        "posted": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "revision", "leave")
            for value in values
        ],
        "keep_url": request.get_full_path(),
    }
    return show(
        request,
        draft,
        "intake/conflict.html",
        context,
        help_first=find_help(definition, draft.journey, saved.screening),
        status=409,
    )


def asks(here: QuestionPage, link_id: str) -> bool:
    return any(item.link_id == link_id for item in here.items)

"""Check the answers, send them, and say what happens now."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.web.requests import Request
from intake.definition.model import QuestionPage
from intake.journey.addresses import BACK_TO_CHECK
from intake.journey.check_page import read_parts
from intake.journey.confirmation import read_confirmation
from intake.journey.crisis_help import sent_panels
from intake.journey.drafts import drop_part
from intake.journey.effort import minutes_by_part
from intake.journey.lost import lost_draft
from intake.journey.reading import reading_links
from intake.journey.sending import ChangedMeanwhile, NotComplete, submit
from intake.journey.steps import acts_on_check
from intake.journey.unsaved import find_posted
from intake.journey.views.pages import keeps_what_was_typed, make_form, see
from intake.journey.visit import Visit, find_visit, needs_draft
from intake.models import Draft


@require_http_methods(["GET", "HEAD"])
@needs_draft
def tasks(request: Request, visit: Visit) -> HttpResponse:
    """Show the parts and how far each is."""
    states = visit.response.sections
    done = sum(state.is_done for state in states)
    minutes = minutes_by_part(visit.definition)
    context = {
        "states": [
            (state, visit.urls.page(state.next_page.link_id), minutes.get(state.section.link_id, 1)) for state in states
        ],
        "done": done,
        "is_started": bool(visit.draft.answers),
        "is_open": states[0].is_done,
        "is_complete": done == len(states),
        "first_title": states[0].section.title,
    }
    return visit.show(request, "intake/tasks.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
@needs_draft
def check_answers(request: Request, visit: Visit) -> HttpResponse:
    """Show every answer like a letter; send the form when the whole definition is satisfied."""
    if request.method != "POST":
        return show_check(request, visit)
    try:
        submit(visit, seen=request.POST.get("revision", ""))
    except ChangedMeanwhile:
        return see(f"{visit.urls['check']}?again=changed")
    except NotComplete:
        return see(f"{visit.urls['check']}?again=open")
    except Draft.DoesNotExist:
        return lost_draft(request, visit.form)
    response = see(visit.urls["sent"])
    drop_part(response)
    return response


def show_check(request: Request, visit: Visit) -> HttpResponse:
    parts = read_parts(visit)
    open_rows = [row for part in parts for row in part.open if row.is_missing]
    again = request.GET.get("again", "")
    context = {
        "parts": parts,
        "open_rows": open_rows,
        "waiting": [(page, visit.urls.page(page.link_id, BACK_TO_CHECK)) for page in waiting_pages(visit)],
        "is_refused": again == "open" and bool(open_rows),
        "is_changed": again == "changed",
        "revision": visit.draft.revision,
        "send_words": definition_action(visit, "send"),
        "acts": [visit.response.text_of(item) for item in acts_on_check(visit.definition)],
    }
    return visit.show(request, "intake/check.html", context)


def waiting_pages(visit: Visit) -> Iterator[QuestionPage]:
    """Yield the pages on which something was typed that could not be kept: it would go when the form is sent."""
    for page in visit.response.pages:
        posted = find_posted(visit.draft, page.link_id)
        if posted and (posted.is_unapplied or not make_form(visit, page, posted.data).has_only_blanks()):
            yield page


def definition_action(visit: Visit, use: str) -> str:
    """Return the words of a button, when the version has its own."""
    return visit.definition.notice(use).action if use in visit.definition.notices_by_use else ""


@require_http_methods(["GET", "HEAD"])
def sent(request: Request, form: str = "") -> HttpResponse:
    """Confirm: the reference, what happens now, what we will talk about, what to read."""
    visit = find_visit(request, form)
    if visit is None:
        return lost_draft(request, form)
    submission = visit.draft.submission() if visit.draft.is_sent else None
    if submission is None:
        return redirect(visit.urls["go_on"])
    if visit.asks_birth_date:
        return redirect(visit.urls["birth_date"])
    visit.mark_seen()
    definition = visit.definition
    by_rule = {flag.rule: flag.evidence for flag in submission.flags.worst_first()}
    panels = sent_panels(definition, submission.record, by_rule)
    said = [panel.words for panel in panels]
    context = {
        "submission": submission,
        "panels": panels,
        "confirmation": read_confirmation(definition, by_rule, said),
        "thanks": "" if by_rule else definition.words("no-rule-fired"),
        "reading": reading_links((one["learn"] for one in by_rule.values()), request.build_absolute_uri),
        "team_will_call": submission.record.get("team_will_call", False),
        "call_words": definition.words("team-calls"),
        "has_driving_rule": bool(definition.teach_back),
    }
    return visit.show(request, "intake/sent.html", context)

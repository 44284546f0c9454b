"""Check the answers, send them, and say what happens now."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.web.requests import Request
from intake.definition.model import IN_PERSON, NOT_SURE, Item
from intake.journey.addresses import BACK_TO_CHECK, row_code
from intake.journey.confirmation import read_confirmation
from intake.journey.crisis_help import sent_panels
from intake.journey.drafts import drop_part
from intake.journey.effort import minutes_by_part
from intake.journey.lost import lost_draft
from intake.journey.reading import reading_links
from intake.journey.sending import ChangedMeanwhile, NotComplete, submit
from intake.journey.steps import acts_on_check
from intake.journey.views.pages import keeps_what_was_typed, see
from intake.journey.visit import Visit, find_visit, needs_draft
from intake.models import Draft
from intake.response.response import AnswerRow


@dataclass(frozen=True)
class Row:
    """One line of the check page: question, answer in words, and where it is changed."""

    code: str
    question: str
    answers: list[str]
    change_url: str
    is_missing: bool
    is_changed: bool


@dataclass(frozen=True)
class Part:
    """One part of the form: what stands open, and what is folded away because it says no."""

    title: str
    number: int
    open: list[Row]
    folded: list[Row]


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
    parts = [part for part in read_parts(visit) if part.open or part.folded]
    open_rows = [row for part in parts for row in part.open if row.is_missing]
    again = request.GET.get("again", "")
    context = {
        "parts": parts,
        "open_rows": open_rows,
        "is_refused": again == "open" and bool(open_rows),
        "is_changed": again == "changed",
        "revision": visit.draft.revision,
        "send_words": definition_action(visit, "send"),
        "acts": [visit.response.text_of(item) for item in acts_on_check(visit.definition)],
    }
    return visit.show(request, "intake/check.html", context)


def definition_action(visit: Visit, use: str) -> str:
    """Return the words of a button, when the version has its own."""
    return visit.definition.notice(use).action if use in visit.definition.notices_by_use else ""


def read_parts(visit: Visit) -> list[Part]:
    """Return the answers by part, with what says no folded away."""
    acts = {item.link_id for item in acts_on_check(visit.definition)}
    parts = []
    for number, section in enumerate(visit.response.rows(), start=1):
        opened: list[Row] = []
        folded: list[Row] = []
        for row in section.rows:
            if row.item.link_id not in acts:
                (folded if is_quiet(row, visit.draft.answers.get(row.path)) else opened).append(row_of(visit, row))
        parts.append(Part(section.section.title, number, opened, folded))
    return parts


def row_of(visit: Visit, row: AnswerRow) -> Row:
    journey = visit.journey
    is_changed = journey.back == BACK_TO_CHECK and journey.changed.get(row.path) == visit.draft.revision
    return Row(
        code=row_code(visit.draft.pk, row.path),
        question=row.question,
        answers=[row.words] if row.words else [],
        change_url=change_url(visit, row) if row.page.is_counted else "",
        is_missing=row.is_missing,
        is_changed=is_changed,
    )


def change_url(visit: Visit, row: AnswerRow) -> str:
    """Return the address of the very question."""
    return f"{visit.urls.page(row.page.link_id, BACK_TO_CHECK)}#div_id_{row.path}"


def is_quiet(row: AnswerRow, value: object) -> bool:
    """Say whether an answer says no, or nothing at all where nothing was asked for: it need not stand open."""
    item = row.item
    if item.is_acknowledgment:
        return bool(value)
    if row.is_missing or item.type != "choice" or not value:
        return not row.is_missing and not value and not item.required
    codes = value if isinstance(value, list) else [value]
    return all(says_no(item, str(code)) for code in codes)


def says_no(item: Item, code: str) -> bool:
    if code in (NOT_SURE, IN_PERSON):
        return False
    option = item.option_by_code.get(code)
    return code in ("no", "none") or (option is not None and (option.score == 0 or option.is_exclusive))


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
    evidence = list(by_rule.values())
    panels = sent_panels(definition, submission.record, by_rule)
    said = [panel.words for panel in panels]
    context = {
        "submission": submission,
        "panels": panels,
        "confirmation": read_confirmation(definition, evidence, said),
        "thanks": "" if evidence else definition.words("no-rule-fired"),
        "reading": reading_links(one["learn"] for one in evidence),
        "team_will_call": submission.record.get("team_will_call", False),
        "call_words": definition.words("team-calls"),
        "has_driving_rule": bool(definition.teach_back),
    }
    return visit.show(request, "intake/sent.html", context)

"""Check the answers, send them, and say what happens now."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Clinic
from intake.journey.crisis_help import Help, find_sent_help
from intake.journey.drafts import asks_birth_date, definition_of, find_draft, find_submission, mark_seen
from intake.journey.reading import reading_links
from intake.journey.sending import ChangedMeanwhile, NotComplete, submit
from intake.journey.steps import BACK_TO_CHECK, page_url
from intake.journey.visit import lost_draft, needs_draft, show
from intake.models import Draft
from intake.response.response import AnswerRow, Response


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs_draft()
def check_answers(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show every answer like a letter; send the form when the whole definition is satisfied."""
    if request.method != "POST":
        return show_check(request, draft)
    try:
        submit(draft, profile=Clinic.current(), now=timezone.now(), seen=request.POST.get("revision", ""))
    except ChangedMeanwhile as changed:
        return show_check(request, changed.draft, is_changed=True, status=409)
    except NotComplete as error:
        return show_check(request, draft, missing=error.missing, status=422)
    except Draft.DoesNotExist:
        return lost_draft(request)
    return redirect("intake:sent")


def show_check(
    request: HttpRequest,
    draft: Draft,
    *,
    missing: tuple[str, ...] = (),
    is_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    definition = definition_of(draft)
    sections = Response(definition, draft.answers).rows()
    rows = [row for section in sections for row in section.rows]
    open_rows = [row for row in rows if row.is_missing or row.item.link_id in missing]
    context = {
        "letter": [(part.section, [letter_row(row) for row in part.rows]) for part in sections],
        "open_rows": [letter_row(row) for row in open_rows],
        "is_refused": bool(missing),
        "is_changed": is_changed,
        "revision": draft.revision,
    }
    return show(request, draft, "intake/check.html", context, status=status)


def letter_row(row: AnswerRow) -> dict[str, object]:
    """Give one line of the letter: question, answer in words, and where it is changed."""
    return {
        "question": row.question,
        "answers": [row.words] if row.words else [],
        "change_url": page_url(row.page, BACK_TO_CHECK),
        "is_optional": not row.item.required,
    }


@never_cache
@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest) -> HttpResponse:
    """Confirm: the reference, what happens now, what we will talk about, what to read."""
    now = timezone.now()
    draft = find_draft(request, now)
    if draft is None:
        return lost_draft(request)
    submission = find_submission(draft)
    if submission is None:
        return redirect("intake:tasks")
    if asks_birth_date(draft, now):
        return redirect("intake:confirm-birth-date")
    mark_seen(draft, now)
    definition = definition_of(draft)
    evidence = {flag.rule: flag.evidence for flag in submission.flags.worst_first()}
    help_first = find_sent_help(definition, submission.record, evidence)
    context = {
        "submission": submission,
        "wordings": wordings(evidence.values(), help_first),
        "thanks": "" if evidence else definition.words("no-rule-fired"),
        "reading": reading_links(one["learn"] for one in evidence.values()),
        "team_will_call": submission.record.get("team_will_call", False),
        "call_words": definition.words("team-calls"),
    }
    return show(request, draft, "intake/sent.html", context, help_first=help_first)


def wordings(evidence: Iterable[Mapping[str, Any]], help_first: Help) -> list[str]:
    """Give each rule's neutral words once, worst first; those that stand with a help panel are said there."""
    said = {sentence for panel in help_first.panels for sentence in panel.words}
    return [words for words in dict.fromkeys(one["patient"] for one in evidence) if words not in said]

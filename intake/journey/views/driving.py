"""The no-driving rule: the notice in its exact words, then three questions about it."""

from dataclasses import replace
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from clinic.models import Clinic
from intake.definition.model import BY_PHONE, QuestionPage
from intake.journey.drafts import asks_birth_date, definition_of
from intake.journey.forms.page import BirthDateForm, TeachBackForm
from intake.journey.saving import Changes, note_notice_shown, save_answers
from intake.journey.steps import BACK_TO_CHECK, page_url, place_of
from intake.journey.teach_back import by_phone, can_sign, needs_call, questions, still_asked
from intake.journey.visit import ask_birth_date, show
from intake.models import Draft
from intake.response.response import Response


def driving_rule(request: HttpRequest, draft: Draft, here: QuestionPage) -> HttpResponse:
    """Show the notice, take a try, say what was right; the next step opens as the rule allows."""
    definition = definition_of(draft)
    here = replace(here, items=tuple(still_asked(definition, draft.answers)))
    if request.method != "POST":
        if request.method == "GET":
            notice = definition.driving_notice()
            digest = sha256(notice.text.encode()).hexdigest()
            try:
                note_notice_shown(draft, notice, digest, timezone.now())
            except Draft.DoesNotExist:  # sent from another tab a moment ago
                return redirect("intake:sent")
        return show_driving(request, draft, here, make_form(draft, here, None))

    form = make_form(draft, here, request.POST)
    if "by_phone" in request.POST:
        changes: Changes = by_phone(definition, draft.answers)
    elif form.is_valid():
        changes = form.valid_answers()
    elif asks_birth_date(draft, timezone.now()):
        return ask_birth_date(request, draft, BirthDateForm(), slug=here.link_id)
    else:
        return show_driving(request, draft, here, form)  # a blank is no try
    return keep_try(request, draft, here, changes, form.posted_revision())


def keep_try(request: HttpRequest, draft: Draft, here: QuestionPage, changes: Changes, revision: int) -> HttpResponse:
    """Log the try and come back to the page, which says what was right. A button pressed twice is one try."""
    now = timezone.now()
    if changes:
        profile = Clinic.current()
        try:
            save_answers(draft, changes, revision=revision, profile=profile, now=now, is_try=True)
        except Draft.DoesNotExist:
            return redirect("intake:sent")
    if asks_birth_date(draft, now):
        return ask_birth_date(request, draft, BirthDateForm(), slug=here.link_id)
    return redirect(page_url(here, BACK_TO_CHECK if request.GET.get("back") == BACK_TO_CHECK else ""))


def show_driving(request: HttpRequest, draft: Draft, here: QuestionPage, form: TeachBackForm) -> HttpResponse:
    definition, tries = definition_of(draft), draft.journey.get("tries", [])
    following = Response(definition, draft.answers).after(here)
    back_to_check = request.GET.get("back") == BACK_TO_CHECK
    before = Response(definition, draft.answers).before(here)
    rows = questions(definition, draft.answers, tries)
    context = {
        "page": here,
        "form": form,
        "place": place_of(definition, draft.answers, here),
        "notice": definition.driving_notice(),
        "rows": [(row, form[row.item.link_id] if row.item.link_id in form.fields else None) for row in rows],
        "is_tried": bool(tries),
        "left": len(here.items),
        "is_open": can_sign(definition, draft.answers, tries),
        "is_by_phone": any(draft.answers.get(row.item.link_id) == BY_PHONE for row in rows),
        "needs_call": needs_call(definition, draft.answers, tries),
        "next_url": page_url(following) if following and not back_to_check else reverse("intake:check-answers"),
        "back_url": reverse("intake:check-answers") if back_to_check else page_url(before) if before else "",
        "by_phone_label": definition.notice("by-phone").action,
    }
    return show(request, draft, "intake/driving.html", context)


def make_form(draft: Draft, here: QuestionPage, posted: QueryDict | None) -> TeachBackForm:
    return TeachBackForm(
        posted,
        here,
        definition_of(draft),
        draft.answers,
        revision=draft.revision,
        today=Clinic.current().today(),
    )

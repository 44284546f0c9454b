"""The no-driving rule: the notice in its exact words, then three questions about it."""

from django.http import HttpResponse, QueryDict
from msgspec.structs import replace

from clinic.web.requests import Request
from intake.definition.model import BY_PHONE, QuestionPage
from intake.journey.addresses import BACK_TO_CHECK
from intake.journey.forms.page import TeachBackForm
from intake.journey.saving import Page, keep_page, posted_revision, save_page
from intake.journey.steps import place_of
from intake.journey.teach_back import by_phone, can_sign, needs_call, questions, still_asked
from intake.journey.unsaved import Posted
from intake.journey.visit import Visit
from intake.models import Draft


def receive_try(visit: Visit, here: QuestionPage, data: QueryDict, back: str) -> str:
    """Log the try, which says what was right; return where it leads. A blank is no try, nor is leaving."""
    here = open_questions(visit, here)
    form = make_form(visit, here, data)
    changes = dict(by_phone(visit.definition, visit.draft.answers)) if "by_phone" in data else form.valid_answers()
    posted = Page(here, changes, posted_revision(data), data, back, is_valid="by_phone" in data or not form.errors)
    try:
        if "leave" in data:
            if changes:
                keep_page(visit, replace(posted, is_growing=True))  # nothing is wrong with what is not chosen yet
            return visit.urls["leave"]
        if not posted.is_valid:
            keep_page(visit, posted)
            return visit.urls.page(here.link_id, back)
        saved = save_page(visit, replace(posted, is_try=True)) if changes else None
    except Draft.DoesNotExist:
        return visit.urls["sent"]
    after = saved.visit if saved else visit
    if still_asked(after.definition, after.draft.answers):
        return visit.urls.page(here.link_id, back)
    return next_url(after, here, back)


def next_url(visit: Visit, here: QuestionPage, back: str) -> str:
    following = visit.response.after(here)
    return visit.urls.page(following.link_id) if following and back != BACK_TO_CHECK else visit.urls["check"]


def open_questions(visit: Visit, here: QuestionPage) -> QuestionPage:
    return replace(here, items=tuple(still_asked(visit.definition, visit.draft.answers)))


def make_form(visit: Visit, here: QuestionPage, data: QueryDict | None) -> TeachBackForm:
    return TeachBackForm(data, here, visit.response, revision=visit.draft.revision, today=visit.today)


def show_driving(request: Request, visit: Visit, here: QuestionPage, waiting: Posted | None, back: str) -> HttpResponse:
    definition, answers, journey = visit.definition, visit.draft.answers, visit.journey
    here = open_questions(visit, here)
    form = make_form(visit, here, waiting.data if waiting else None)
    if waiting and waiting.is_growing:
        form.forgive_blanks()
    before = visit.response.before(here)
    rows = questions(definition, answers, journey)
    to_check = back == BACK_TO_CHECK
    context = {
        "page": here,
        "form": form,
        "place": place_of(visit.response, here),
        "notice": definition.driving_notice(),
        "rows": [(row, form[row.item.link_id] if row.item.link_id in form.fields else None) for row in rows],
        "is_tried": bool(journey.tries),
        "left": len(here.items),
        "is_open": can_sign(definition, answers, journey),
        "is_by_phone": any(answers.get(row.item.link_id) == BY_PHONE for row in rows),
        "needs_call": needs_call(definition, answers, journey),
        "next_url": next_url(visit, here, back),
        "back_url": visit.urls["check"] if to_check else visit.urls.page(before.link_id) if before else "",
        "by_phone_label": definition.notice("by-phone").action,
    }
    return visit.show(request, "intake/driving.html", context)

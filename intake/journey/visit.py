"""What one request of the patient's way knows, and what must hold before a view shows anything."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.models import Clinic
from clinic.web.requests import Request
from intake.definition.model import Definition
from intake.journey.addresses import HELP, DraftAddresses
from intake.journey.crisis_help import due_panel, line_panel
from intake.journey.drafts import find_key, keep_cookie, keep_part, token_of
from intake.journey.lost import help_for_posted, lost_draft
from intake.journey.steps import part_number
from intake.models import Draft, DraftKey
from intake.response.journey import Journey, Warned
from intake.response.response import Response
from intake.screening.engine import journey_ends

SAFE = ("GET", "HEAD")


@dataclass
class Visit:
    """What one request knows: the draft, the clinic, the time. All else is made from these, and once."""

    draft: Draft
    clinic: Clinic
    now: datetime
    key: DraftKey | None = None
    form: str = ""  # the slug in the address; empty for the clinic's main form
    page: str = ""  # what the code in the address names; empty when it names no page of this draft

    @property
    def definition(self) -> Definition:
        return self.draft.definition

    @cached_property
    def response(self) -> Response:
        return Response(self.definition, self.draft.answers)

    @cached_property
    def journey(self) -> Journey:
        return Journey.from_json(self.draft.journey)

    @cached_property
    def urls(self) -> DraftAddresses:
        return DraftAddresses(self.form, self.draft.pk)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.clinic.time_zone)).date()

    @cached_property
    def is_under_age(self) -> bool:
        return journey_ends(self.response, as_of=self.today)

    def ends_before(self, page: str) -> bool:
        """Say whether somebody under 18 is asked nothing more: only the page with the date of birth stays open."""
        item = self.definition.role("birth-date")
        return self.is_under_age and (item is None or self.definition.page_of[item.link_id].link_id != page)

    @cached_property
    def asks_birth_date(self) -> bool:
        """Say whether who is here must first give the date of birth."""
        return self.key is not None and self.key.was_away(self.now) and self.draft.birth_date() is not None

    @property
    def is_own_device(self) -> bool:
        return self.key is not None and self.key.is_own_device

    @property
    def due_panel(self) -> str:
        return due_panel(self.journey, self.today)

    @property
    def line_panel(self) -> str:
        return line_panel(self.journey)

    @property
    def warnings(self) -> list[Warned]:
        """Return what is said once: above the page that follows the answer."""
        return [one for one in self.journey.warned if one.revision == self.draft.revision]

    def at(self, draft: Draft, walked: Response | None = None) -> "Visit":
        """Return the visit with a draft that was read again or changed, keeping what still holds."""
        visit = Visit(draft, self.clinic, self.now, self.key, self.form)
        visit.__dict__["response"] = (walked or self.response).with_answers(draft.answers)
        return visit

    def take(self, saved: "Visit") -> None:
        """Know from now on what was saved."""
        self.__dict__.update({"draft": saved.draft, "response": saved.response, "journey": saved.journey})

    def mark_seen(self) -> None:
        with suppress(DatabaseError):  # a database that cannot be written still shows what it holds
            if self.key:
                self.key.mark_seen(self.now)

    def show(self, request: Request, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shared = {"visit": self, "draft": self.draft, "definition": self.definition, "urls": self.urls}
        return render(request, template, {**shared, **context}, status=status)


VisitView = Callable[..., HttpResponse]  # of a request and a visit
View = Callable[..., HttpResponse]


def find_visit(request: Request, form: str) -> Visit | None:
    """Find what this browser opens; None when there is nothing, or it may not be opened again.

    Without a question for the date of birth nobody can show who comes back: such a draft is closed.
    """
    now, slug = timezone.now(), form or request.clinic.main_form
    key = find_key(request, slug, now)
    if key is None:
        return None
    visit = Visit(key.draft, request.clinic, now, key, form)
    if not visit.draft.is_sent and key.was_away(now) and visit.definition.role("birth-date") is None:
        visit.draft.close(now)
        return None
    return visit


def needs_draft(view: VisitView) -> View:
    """Give the view the visit to an open draft; lead everyone else where they can go on.

    Who was away for long is asked for the date of birth; help that is due comes before any other page, and then
    the page for those under 18, who may still change the page that asks for the date of birth.
    """

    @wraps(view)
    def wrapped(request: Request, form: str = "", found: Visit | None = None, **kwargs: Any) -> HttpResponse:
        visit = found or find_visit(request, form)
        if visit is None:
            return lost_draft(request, form)
        if visit.draft.is_sent:
            return sent_already(request, visit)
        name = visit.page = visit.urls.name_of(str(kwargs.get("code", "")), visit.definition)
        is_late_help = name.startswith(HELP) and any(kept["is_late"] for kept in visit.draft.unsaved.values())
        if visit.asks_birth_date and not is_late_help:
            return redirect(visit.urls["birth_date"])
        if not visit.asks_birth_date:
            visit.mark_seen()
        if request.method in SAFE and visit.due_panel and name != HELP + visit.due_panel:
            return redirect(visit.urls.help(visit.due_panel))
        if not name.startswith(HELP) and visit.ends_before(name):
            return redirect(visit.urls["adults"])
        response = view(request, visit, **kwargs)
        if request.method == "POST":
            keep_cookies(request, response, visit)
        return response

    return wrapped


def sent_already(request: Request, visit: Visit) -> HttpResponse:
    """Lead to the confirmation; help first when a page came late that calls for it."""
    panels = help_for_posted(visit.draft.version.slug, request.POST)
    if not panels:
        return redirect(visit.urls["sent"])
    context = {"panels": panels, "urls": visit.urls}
    return render(request, "intake/sent_already.html", context, status=410)


def keep_cookies(request: Request, response: HttpResponse, visit: Visit) -> None:
    """Let the cookies live as long as the draft, and say how far it is."""
    if visit.key and visit.key.is_own_device:
        slug = visit.draft.version.slug
        keep_cookie(response, visit.key, slug, token_of(request, slug))
        keep_part(response, visit.key, part_number(visit.definition, visit.journey.next_page))

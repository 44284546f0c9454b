"""The worklist's pages: the list, what finds a person in it, and its quiet refresh."""

from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import REFRESH, site
from clinic.web.limits import count_up
from clinic.web.requests import Request
from intake.definition.rules import Severity
from intake.models import Message
from intake.review.actions import is_clinical, require
from intake.review.forms import ClinicalFilterForm, FilterForm, FindForm
from intake.review.rows import make_rows
from intake.review.search import forget, hashes_for, remember, remembered_search
from intake.review.views import user_of
from intake.review.worklist import Tab, Worklist, new_ones, rules_to_filter_by, wake_due

MOST_BIRTH_DATES = 10  # searches in five minutes: more is guessing
ONE_READ_ROW = 3600  # seconds: refreshing writes no more than one row in an hour


def worklist(request: Request, *, find_form: FindForm | None = None) -> HttpResponse:
    """Show the worklist; what is not one of its own filters is refused with 400, an order too."""
    require(request.user, "intake.view_submission")
    clinical = is_clinical(request.user)
    filters = ClinicalFilterForm(request.GET, rules=rules_to_filter_by()) if clinical else FilterForm(request.GET)
    asked = read_query(request, {*filters.fields})
    if asked is None or not filters.is_valid():
        record(request, Action.ACCESS_REFUSED, "submission:list")
        raise SuspiciousOperation("Not a filter of this list.")
    tab, after = asked
    chosen = tuple((name, value) for name, value in filters.cleaned_data.items() if value)
    refresh = note_reading(request, is_filtered=bool(chosen))
    wake_due(request.clinic.today())

    found = remembered_search(request)
    part = Worklist(user_of(request), clinical, tab, chosen, found)
    entries, has_more = part.page(after)
    query = request.GET.copy()
    for name in ("after", REFRESH):
        query.pop(name, None)
    new = new_ones(is_clinical=clinical)
    context = {
        **site.each_context(request),
        "title": _("Worklist"),
        "is_clinical": clinical,
        "tabs": [(one, counted) for one, counted in zip(Tab, part.counts().values(), strict=True)],
        "tab": tab,
        "filters": filters,
        "is_filtered": bool(chosen),
        "find_form": find_form or FindForm(),
        "was_searched": found is not None,
        "rows": make_rows(entries, is_clinical=clinical),
        "has_more": has_more,
        "is_first": after is None,
        "last": entries[-1].pk if entries else None,
        "query": query.urlencode(),
        "refresh": refresh,
        "new": new,
        "mail_is_late": clinical and Message.objects.late(timezone.now()).exists(),
        "crisis": Severity.CRISIS,
    }
    return TemplateResponse(request, "admin/intake/worklist.html", context)


def read_query(request: HttpRequest, filters: set[str]) -> tuple[Tab, UUID | None] | None:
    """Return the tab and the place in the list; None when the address says anything else."""
    if set(request.GET) - filters - {"tab", "after", REFRESH}:
        return None
    try:
        after = request.GET.get("after")
        return Tab(request.GET.get("tab", Tab.OPEN)), UUID(after) if after else None
    except ValueError:
        return None


def note_reading(request: HttpRequest, *, is_filtered: bool) -> str:
    """Write the read row, once an hour for a page that refreshes itself; return what its next refresh says."""
    signer = signing.TimestampSigner(salt=f"worklist:{request.user.pk}")
    token = request.GET.get(REFRESH, "")
    try:
        signer.unsign(token, max_age=ONE_READ_ROW)
    except signing.BadSignature:
        record(request, Action.SUBMISSION_FILTERED if is_filtered else Action.SUBMISSION_LISTED, "submission")
        return signer.sign("read")
    return token


def find(request: Request) -> HttpResponse:
    """Keep what was searched for as keyed hashes and go to the list, with no typed word in its address."""
    require(request.user, "intake.view_submission")
    form = FindForm(request.POST)
    if not form.is_valid():
        return worklist(request, find_form=form)
    if form.cleaned_data["birth_date"] and count_up("search-birth", str(request.user.pk), 300) > MOST_BIRTH_DATES:
        record(request, Action.ACCESS_REFUSED, "submission:search")
        form.add_error("birth_date", _("Too many searches with a date of birth. Try again in five minutes."))
        return worklist(request, find_form=form)
    record(request, Action.SUBMISSION_SEARCHED, "submission")
    remember(request, hashes_for(form.cleaned_data))
    return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))


def show_all(request: HttpRequest) -> HttpResponse:
    """Forget what was searched for."""
    require(request.user, "intake.view_submission")
    forget(request)
    messages.info(request, _("Showing all forms."))
    return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))

"""The worklist: which forms wait, worst first, and finding one without a name in any address or log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.sealing.lookup import hash_name, hash_name_and_birth
from clinic.staff.site import site
from intake.definition.rules import Severity
from intake.models import Flag, Submission, SubmissionQuerySet, UnfinishedForm
from intake.review.actions import name_of
from intake.review.forms import ClinicalFilterForm, FilterForm, FindForm

PAGE_SIZE = 50
FOUND = "found_submissions"
FRESH = "found_just_now"
RULES_SHOWN = 4


@dataclass(frozen=True)
class Row:
    """One form as the worklist shows it; the front desk's rows have no severity and no rules."""

    submission: Submission
    name: str
    preferred_name: str
    age: str
    assigned: str
    phone: str
    phone_link: str
    email: str
    escort_name: str
    escort_phone: str
    severity: Severity | None = None
    was: Severity | None = None
    rules: tuple[str, ...] = ()
    more_rules: int = 0
    is_superseded: bool = False


@dataclass(frozen=True)
class UnfinishedRow:
    """A crisis answer in a form that is not sent: rules, time, name and telephone."""

    form: UnfinishedForm
    name: str
    phone: str
    phone_link: str
    age: str
    reasons: tuple[tuple[str, str], ...]
    opened_by: str


def worklist(request: HttpRequest, *, find_form: FindForm | None = None) -> HttpResponse:
    """Show the worklist; what is not one of its own filters is refused with 400, an order too."""
    is_clinical = request.user.has_perm("intake.read_clinical")
    filters = (ClinicalFilterForm if is_clinical else FilterForm)(request.GET)
    known = {*filters.fields, "page"}
    if set(request.GET) - known or not filters.is_valid():
        record(request, Action.ACCESS_REFUSED, "submission:list")
        raise SuspiciousOperation("Not a filter of this list.")
    chosen = {name: value for name, value in filters.cleaned_data.items() if value}
    record(request, Action.SUBMISSION_FILTERED if chosen else Action.SUBMISSION_LISTED, "submission")

    submissions = Submission.objects.for_worklist()
    submissions = submissions.worst_first() if is_clinical else submissions.oldest_first()
    submissions = narrowed(submissions, chosen, request)
    found = what_was_found(request)
    if found is not None:
        submissions = submissions.filter(pk__in=found)
    if is_clinical:
        submissions = with_rules(submissions)
    page = Paginator(submissions, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **site.each_context(request),
        "title": _("Worklist"),
        "is_clinical": is_clinical,
        "filters": filters,
        "is_filtered": bool(chosen),
        "find_form": find_form or FindForm(),
        "found_words": found_words(found),
        "page": page,
        "query": query.urlencode(),
        "rows": [make_row(submission, is_clinical) for submission in page],
        "crisis": Severity.CRISIS,
        "unfinished": unfinished_rows() if is_clinical else [],
    }
    return TemplateResponse(request, "admin/intake/worklist.html", context)


def narrowed(submissions: SubmissionQuerySet, chosen: dict[str, str], request: HttpRequest) -> SubmissionQuerySet:
    """Keep the rows that every chosen filter fits."""
    if "status" in chosen:
        submissions = submissions.filter(work_item__status=chosen["status"])
    if "assigned" in chosen:
        submissions = submissions.filter(work_item__assigned_to=request.user if chosen["assigned"] == "me" else None)
    if "submitted" in chosen:
        submissions = submissions.filter(**days(chosen["submitted"]))
    if "severity" in chosen:
        worst = None if chosen["severity"] == "none" else Severity[chosen["severity"].upper()]
        submissions = submissions.filter(work_item__worst_unresolved=worst)
    if "rule" in chosen:
        submissions = submissions.filter(flags__rule=chosen["rule"])
    return submissions


def days(period: str) -> dict[str, datetime]:
    """Give the limits of a period in days of the clinic's clock."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "today":
        return {"submitted_at__gte": midnight}
    if period == "older":
        return {"submitted_at__lt": midnight - timedelta(days=30)}
    return {"submitted_at__gte": midnight - timedelta(days=int(period.removesuffix("-days")))}


def with_rules(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """Fetch rule ids and severities of the open flags, never what they rest on."""
    flags = Flag.objects.unresolved().worst_first().only("submission_id", "rule", "severity", "position")
    newer = Exists(Submission.objects.filter(supersedes=OuterRef("pk")))
    open_flags = Prefetch("flags", flags, to_attr="open_flags")
    rows: SubmissionQuerySet = submissions.annotate(is_superseded=newer).prefetch_related(open_flags)
    return rows


def make_row(submission: Submission, is_clinical: bool) -> Row:
    identity = submission.identity
    plain = {
        "submission": submission,
        "name": identity.get("legal-name", ""),
        "preferred_name": identity.get("preferred-name", ""),
        "age": age_of(submission.submitted_at),
        "assigned": name_of(submission.work_item.assigned_to) if submission.work_item.assigned_to else "",
        "phone": identity.get("phone-number", ""),
        "phone_link": phone_link(identity.get("phone-number", "")),
        "email": identity.get("email-address", ""),
        "escort_name": identity.get("escort-name", ""),
        "escort_phone": identity.get("escort-phone", ""),
    }
    if not is_clinical:
        return Row(**plain)
    rules = [flag.rule for flag in submission.open_flags]  # type: ignore[attr-defined]
    worst = submission.work_item.worst_unresolved
    return Row(
        **plain,
        severity=Severity(worst) if worst else None,
        was=Severity(submission.severity) if submission.severity and submission.severity != worst else None,
        rules=tuple(rules[:RULES_SHOWN]),
        more_rules=max(0, len(rules) - RULES_SHOWN),
        is_superseded=submission.is_superseded,  # type: ignore[attr-defined]
    )


def unfinished_rows() -> list[UnfinishedRow]:
    waiting = UnfinishedForm.objects.waiting().with_version().select_related("opened_by")
    return [make_unfinished_row(form) for form in waiting]


def make_unfinished_row(form: UnfinishedForm) -> UnfinishedRow:
    """Read a form's rules with their staff reasons; no answer is opened for it."""
    definition = form.version.definition()
    reasons = tuple((rule, definition.rules[rule].reason) for rule in form.rules if rule in definition.rules)
    contact = form.contact
    opened_by = name_of(form.opened_by) if form.opened_by else ""
    phone = contact.get("phone", "")
    return UnfinishedRow(
        form, contact.get("name", ""), phone, phone_link(phone), age_of(form.first_at), reasons, opened_by
    )


def age_of(at: datetime) -> str:
    """Say how long ago something was, in one unit."""
    if timezone.now() - at < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, depth=1)}


def phone_link(number: str) -> str:
    """Give the address that dials a number as somebody typed it; empty when it has too few digits."""
    digits = "".join(char for char in number if char.isascii() and char.isdigit())
    plus = "+" if number.strip().startswith("+") else ""
    return f"tel:{plus}{digits}" if len(digits) >= 7 else ""


def found_words(found: Iterable[str] | None) -> str:
    """Say how many forms the last search found; empty when there was none."""
    if found is None:
        return ""
    count = len(list(found))
    if not count:
        return _("Nobody was found. Check the spelling: a name must be the full legal name.")
    return ngettext("Showing %(count)d found form.", "Showing %(count)d found forms.", count) % {"count": count}


def find(request: HttpRequest) -> HttpResponse:
    """Keep the ids that fit in the staff session and go to the list, with no typed word in its address."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return worklist(request, find_form=form)
    record(request, Action.SUBMISSION_SEARCHED, "submission")
    request.session[FRESH] = True
    request.session[FOUND] = [str(pk) for pk in matching(form.cleaned_data).values_list("pk", flat=True)]
    return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))


def what_was_found(request: HttpRequest) -> list[str] | None:
    """Give the ids the last search found: on the page after it, and while that list is filtered or turned over.

    Coming back to the plain list shows everyone again: a search that sticks would hide a crisis.
    """
    if not request.session.pop(FRESH, False) and not request.GET:
        request.session.pop(FOUND, None)
    found: list[str] | None = request.session.get(FOUND)
    return found


def show_all(request: HttpRequest) -> HttpResponse:
    """Forget what was found."""
    request.session.pop(FOUND, None)
    messages.info(request, _("Showing all forms."))
    return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))


def matching(typed: dict[str, Any]) -> SubmissionQuerySet:
    """Give the submissions that fit everything that was typed, by keyed hash."""
    submissions = Submission.objects.order_by("-submitted_at")
    if typed["reference"]:
        submissions = submissions.found_by_reference(typed["reference"])
    if typed["name"] and not hash_name(typed["name"]):
        return submissions.none()  # no letter in it
    if typed["name"] and typed["birth_date"]:
        by_both = hash_name_and_birth(typed["name"], typed["birth_date"].isoformat())
        submissions = submissions.filter(name_birth_hash=by_both)
    elif typed["name"]:
        submissions = submissions.filter(name_hash=hash_name(typed["name"]))
    return submissions

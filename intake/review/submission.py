"""The page of one submission: made for reading, with small forms that add rows and change none."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import site
from intake.definition.rules import Severity
from intake.models import CLEARING, Flag, Submission
from intake.review.actions import (
    Refused,
    add_note,
    assign,
    decide,
    name_of,
    require,
    resolve_flag,
    subject_of,
    uncleared,
)
from intake.review.forms import AssignForm, DecideForm, NoteForm, ResolveForm
from intake.review.presenter import FlagReading, Reading, driving, read, scores, timeline
from intake.review.worklist import age_of, phone_link

CONTACTS = (
    ("legal-name", gettext_lazy("Legal name")),
    ("preferred-name", gettext_lazy("Likes to be called")),
    ("phone-number", gettext_lazy("Phone")),
    ("phone-message-ok", gettext_lazy("Message or text is fine")),
    ("email-address", gettext_lazy("Email")),
    ("home-address", gettext_lazy("Address")),
    ("emergency-contact-name", gettext_lazy("Emergency contact")),
    ("emergency-contact-phone", gettext_lazy("Emergency contact's phone")),
    ("escort-name", gettext_lazy("Adult who takes them home")),
    ("escort-phone", gettext_lazy("That adult's phone")),
)
PHONES = ("phone-number", "emergency-contact-phone", "escort-phone")
FACTS = (
    ("phone-number", gettext_lazy("Phone")),
    ("date-of-birth", gettext_lazy("Date of birth")),
    ("age", gettext_lazy("Age")),
    ("sex-assigned", gettext_lazy("Sex at birth")),
    ("weight-value", gettext_lazy("Weight")),
    ("height-value", gettext_lazy("Height")),
    ("bmi", gettext_lazy("BMI")),
    ("visit-reason", gettext_lazy("Wants help with")),
    ("filled-by", gettext_lazy("Filled in by")),
    ("escort-arranged", gettext_lazy("Ride home")),
    ("escort-name", gettext_lazy("Adult who takes them home")),
    ("escort-phone", gettext_lazy("That adult's phone")),
)
LONG_FACTS = (
    ("med-list", gettext_lazy("Medicines")),
    ("other-allergies", gettext_lazy("Allergies")),
    ("other-conditions", gettext_lazy("Other health problems")),
    ("visit-reason-other", gettext_lazy("In their own words")),
)


def submission_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one submission, and do what one of its forms asks."""
    user = user_of(request)
    require(user, "intake.view_submission")
    submissions = Submission.objects.with_version().select_related("work_item__assigned_to")
    submission = get_object_or_404(submissions, pk=pk)
    if not user.has_perm("intake.read_clinical"):
        if request.method == "POST":
            require(user, "intake.read_clinical")
        record(request, Action.CONTACTS_READ, subject_of(submission))
        return TemplateResponse(request, "admin/intake/contacts.html", contacts_context(request, submission))
    if request.method == "POST":
        return act(request, submission)
    record(request, Action.SUBMISSION_READ, subject_of(submission))
    return show(request, submission)


def act(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Do one deed and come back; with an error show the page again, with what was typed."""
    deed = DEEDS.get(request.POST.get("action", ""))
    if deed is None:
        raise SuspiciousOperation("Not a form of this page.")
    form, done = deed(request, submission)
    if form.is_valid():
        try:
            message, place = done(form.cleaned_data)
        except Refused as refused:
            record(request, REFUSED[request.POST["action"]], subject_of(submission))
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, message)
            return HttpResponseRedirect(f"{reverse('admin:intake_submission_page', args=[submission.pk])}#{place}")
    record(request, Action.SUBMISSION_READ, subject_of(submission))
    return show(request, submission, form)


Done = Callable[[dict[str, Any]], tuple[str, str]]
Deed = Callable[[HttpRequest, Submission], tuple[forms.Form, Done]]


def resolve_deed(request: HttpRequest, submission: Submission) -> tuple[forms.Form, Done]:
    rule = request.POST.get("rule", "").replace("\x00", "")
    flag = get_object_or_404(Flag, submission=submission, rule=rule)

    def done(data: dict[str, Any]) -> tuple[str, str]:
        resolve_flag(flag, by=user_of(request), outcome=data["outcome"], reason=data["reason"], request=request)
        return _("%(rule)s is resolved.") % {"rule": flag.rule}, f"flag-{flag.rule}"

    return ResolveForm(request.POST, prefix=flag.rule), done


def decide_deed(request: HttpRequest, submission: Submission) -> tuple[forms.Form, Done]:
    def done(data: dict[str, Any]) -> tuple[str, str]:
        review = decide(submission, by=user_of(request), request=request, **data)
        return _("Your decision is saved: %(decision)s.") % {"decision": review.get_decision_display()}, "timeline"

    return DecideForm(request.POST, prefix="decide"), done


def assign_deed(request: HttpRequest, submission: Submission) -> tuple[forms.Form, Done]:
    def done(data: dict[str, Any]) -> tuple[str, str]:
        given = assign(
            submission, data["to"], user_of(request), assignments_seen=data["assignments_seen"], request=request
        )
        words = {"who": name_of(given.to) if given.to else _("nobody")}
        return _("This form is now with %(who)s.") % words, "top"

    return AssignForm(request.POST, prefix="assign"), done


def note_deed(request: HttpRequest, submission: Submission) -> tuple[forms.Form, Done]:
    def done(data: dict[str, Any]) -> tuple[str, str]:
        add_note(submission, by=user_of(request), text=data["text"], note_id=data["note_id"], request=request)
        return _("The note is saved."), "timeline"

    return NoteForm(request.POST, prefix="note"), done


DEEDS: dict[str, Deed] = {
    "resolve": resolve_deed,
    "decide": decide_deed,
    "assign": assign_deed,
    "note": note_deed,
}
REFUSED = {
    "resolve": Action.FLAG_REFUSED,
    "decide": Action.DECISION_REFUSED,
    "assign": Action.ASSIGNMENT_REFUSED,
    "note": Action.NOTE_REFUSED,
}


def show(request: HttpRequest, submission: Submission, bound: forms.Form | None = None) -> HttpResponse:
    """Render the page; `bound` is the one form that has errors."""
    user, reading = user_of(request), read(submission)
    work = submission.work_item
    events = timeline(reading)
    decided = [event for event in events if event.kind == "decided"]
    given = sum(event.kind == "assigned" for event in events)
    context = {
        **contacts_context(request, submission),
        "reading": reading,
        "severity": Severity(work.worst_unresolved) if work.worst_unresolved else None,
        "was": Severity(submission.severity) if submission.severity else None,
        "flags": [(flag, resolve_form(flag, user, bound)) for flag in reading.flags],
        "open_flags": [flag for flag in reading.flags if flag.resolution is None],
        "scores": scores(reading),
        "driving": driving(reading),
        "sections": reading.sections(),
        "facts": facts(reading, FACTS),
        "long_facts": facts(reading, LONG_FACTS),
        "blood_pressure": blood_pressure(reading),
        "same_person": same_person(submission),
        "superseded_by": getattr(submission, "superseded_by", None),
        "timeline": events,
        "latest_decision": decided[0] if decided else None,
        "bound": bound,
        "uncleared": "" if submission.can_be_cleared() else uncleared(submission),
        "clearing": [str(decision) for decision in CLEARING],
        "note_form": pick(bound, NoteForm) or NoteForm(prefix="note", initial={"note_id": uuid4()}),
        "assign_form": pick(bound, AssignForm)
        or AssignForm(prefix="assign", initial={"to": work.assigned_to_id, "assignments_seen": given}),
        "decide_form": None,
        "may_resolve": user.has_perm("intake.resolve_flag"),
    }
    if user.has_perm("intake.decide"):
        context["decide_form"] = pick(bound, DecideForm) or DecideForm(
            prefix="decide", initial={"decisions_seen": len(decided)}
        )
    if isinstance(bound, DecideForm):
        seen_now(bound, "decisions_seen", len(decided))
    if isinstance(bound, AssignForm):
        seen_now(bound, "assignments_seen", given)
    return TemplateResponse(request, "admin/intake/submission.html", context)


def contacts_context(request: HttpRequest, submission: Submission) -> dict[str, Any]:
    """Give what everyone with a worklist may see: identity, status, when, and who has it."""
    identity = submission.identity
    yes_no = {"yes": _("Yes"), "no": _("No")}
    words = {**identity, "phone-message-ok": yes_no.get(identity.get("phone-message-ok"), "")}
    return {
        **site.each_context(request),
        "title": submission.reference,
        "submission": submission,
        "work": submission.work_item,
        "name": identity.get("legal-name", ""),
        "age_of_form": age_of(submission.submitted_at),
        "assigned": name_of(submission.work_item.assigned_to) if submission.work_item.assigned_to else "",
        "contacts": [
            (label, words[link_id], phone_link(words[link_id]) if link_id in PHONES else "")
            for link_id, label in CONTACTS
            if words.get(link_id)
        ],
    }


def resolve_form(flag: FlagReading, user: User, bound: forms.Form | None) -> forms.Form | None:
    """Give the form that settles a flag, to who may settle it."""
    permission = "intake.resolve_stop" if flag.severity >= Severity.STOP else "intake.resolve_flag"
    if flag.resolution is not None or not user.has_perm(permission):
        return None
    if isinstance(bound, ResolveForm) and bound.prefix == flag.flag.rule:
        return bound
    return ResolveForm(prefix=flag.flag.rule)


def seen_now(form: forms.Form, name: str, count: int) -> None:
    """Let a form that is shown again count from what stands on this page."""
    typed = cast(QueryDict, form.data).copy()
    typed[form.add_prefix(name)] = str(count)
    form.data = typed


def pick(bound: forms.Form | None, kind: type[forms.Form]) -> forms.Form | None:
    return bound if isinstance(bound, kind) else None


def facts(reading: Reading, asked: tuple[tuple[str, Any], ...]) -> list[tuple[Any, str]]:
    """Give what was answered, under short names."""
    return [(label, reading.words(link_id)) for link_id, label in asked if reading.words(link_id)]


def blood_pressure(reading: Reading) -> str:
    """Give both numbers as they are said; empty when neither was given."""
    upper, lower = (
        str(reading.answers[link_id]["value"]) if isinstance(reading.answers.get(link_id), dict) else "?"  # type: ignore[index,call-overload]
        for link_id in ("bp-systolic", "bp-diastolic")
    )
    return "" if upper == lower == "?" else f"{upper}/{lower} mmHg"


def same_person(submission: Submission) -> list[Submission]:
    """Give the other forms of the same name and birth date, the newest first."""
    others = Submission.objects.filter(name_birth_hash=submission.name_birth_hash).exclude(pk=submission.pk)
    return list(others.select_related("work_item").order_by("-submitted_at"))


def user_of(request: HttpRequest) -> User:
    """Give the signed-in member of staff; the admin site lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user

"""One address a verb: each checks who asks, does its one thing, and leads back to the page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import site
from clinic.web.requests import clinic_of
from intake.definition.rules import Severity
from intake.models import Flag, FlagResolution, Submission
from intake.review.actions import (
    Refused,
    add_note,
    assign,
    find_submission,
    is_as_written,
    is_clinical,
    make_appointment,
    mark_read,
    name_of,
)
from intake.review.contacts import contacts_context
from intake.review.deciding import TOLD, decide, match, uncleared
from intake.review.forms import (
    AppointmentForm,
    AssignForm,
    ContactForm,
    DecideForm,
    LogForm,
    NoteForm,
    ReopenForm,
    ResolveForm,
)
from intake.review.people import likely_same, newer_confirmed
from intake.review.presence import others_here
from intake.review.presenter import SubmissionPresenter
from intake.review.settling import close_notes, countersign, log_contact, reopen_flag, resolve_flag

Forms = dict[str, forms.Form]


def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one submission, to a front desk its contacts alone."""
    submission = find_submission(request.user, pk, "intake.view_submission")
    return show(request, submission, {})


def decide_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.decide")
    form = DecideForm(request.POST, prefix="decide")

    def done(data: dict[str, Any]) -> str:
        review = decide(submission, by=user_of(request), request=request, **data)
        return _("Your decision is saved: %(decision)s.") % {"decision": review.get_decision_display()}

    return act(request, submission, "decide", form, done, "timeline")


def resolve_view(request: HttpRequest, pk: UUID, rule: str) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.resolve_flag")
    flag = get_object_or_404(submission.flags, rule=rule)
    form = ResolveForm(request.POST, prefix=rule)

    def done(data: dict[str, Any]) -> str:
        resolve_flag(flag, by=user_of(request), outcome=data["outcome"], reason=data["reason"], request=request)
        return _("%(rule)s is resolved.") % {"rule": rule}

    return act(request, submission, f"resolve-{rule}", form, done, f"flag-{rule}")


def reopen_view(request: HttpRequest, pk: UUID, rule: str) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.resolve_flag")
    flag = get_object_or_404(submission.flags, rule=rule)
    form = ReopenForm(request.POST, prefix=rule)

    def done(data: dict[str, Any]) -> str:
        reopen_flag(flag, by=user_of(request), reason=data["reason"], request=request)
        return _("%(rule)s is open again.") % {"rule": rule}

    return act(request, submission, f"reopen-{rule}", form, done, f"flag-{rule}")


def countersign_view(request: HttpRequest, pk: UUID, rule: str) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.resolve_stop")
    waiting = FlagResolution.objects.filter(flag__rule=rule, needs_second=True, reopening=None)
    resolution = get_object_or_404(waiting.select_related("flag"), submission=submission)

    def done(data: dict[str, Any]) -> str:
        countersign(resolution, by=user_of(request), request=request)
        return _("You agreed that %(rule)s is settled.") % {"rule": rule}

    return act(request, submission, f"countersign-{rule}", forms.Form(request.POST), done, f"flag-{rule}")


def contact_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.log_contact")
    clinical = is_clinical(request.user)
    form = (ContactForm if clinical else LogForm)(request.POST, prefix="contact")

    def done(data: dict[str, Any]) -> str:
        settles = ticked_flags(request, submission) if clinical else []
        log_contact(submission, by=user_of(request), settles=settles, request=request, **data)
        if not settles:
            return _("The contact is logged.")
        words = ngettext(
            "The contact is logged, %(n)d flag settled.", "The contact is logged, %(n)d flags settled.", len(settles)
        )
        return words % {"n": len(settles)}

    return act(request, submission, "contact", form, done, "top")


def ticked_flags(request: HttpRequest, submission: Submission) -> list[Flag]:
    """Return the open flags that were ticked one by one, and those of a severity ticked as a whole."""
    ticked, groups = set(request.POST.getlist("flag")), set(request.POST.getlist("all"))
    grouped = {Severity.REVIEW.word: Severity.REVIEW, Severity.NOTE.word: Severity.NOTE}
    whole = {severity for word, severity in grouped.items() if word in groups}
    return [flag for flag in submission.flags.unresolved() if flag.rule in ticked or flag.severity in whole]


def close_notes_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.resolve_flag")

    def done(data: dict[str, Any]) -> str:
        number = close_notes(submission, by=user_of(request), request=request)
        return ngettext("%(n)d note is closed.", "%(n)d notes are closed.", number) % {"n": number}

    return act(request, submission, "close-notes", forms.Form(request.POST), done, "flags")


def note_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.write_note")

    def done(data: dict[str, Any]) -> str:
        add_note(submission, by=user_of(request), text=data["text"], note_id=data["note_id"], request=request)
        return _("The note is saved.")

    return act(request, submission, "note", NoteForm(request.POST, prefix="note"), done, "timeline")


def assign_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk)

    def done(data: dict[str, Any]) -> str:
        seen = data["assignments_seen"]
        given = assign(submission, data["to"], user_of(request), assignments_seen=seen, request=request)
        return _("This form is now with %(who)s.") % {"who": name_of(given.to) if given.to else _("nobody")}

    return act(request, submission, "assign", AssignForm(request.POST, prefix="assign"), done, "top")


def read_section_view(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    submission = find_submission(request.user, pk)
    part = next((part for part in submission.definition.sections if part.link_id == section), None)
    if part is None:
        raise Http404

    def done(data: dict[str, Any]) -> str:
        mark_read(submission, section, by=user_of(request), request=request)
        return _("You have read: %(part)s.") % {"part": part.title}

    return act(request, submission, "read-part", forms.Form(request.POST), done, f"part-{section}")


def appointment_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.log_contact")

    def done(data: dict[str, Any]) -> str:
        make_appointment(submission, by=user_of(request), request=request, **data)
        return _("The visit is noted.") if data["starts_at"] else _("It is noted that the visit is called off.")

    return act(request, submission, "appointment", AppointmentForm(request.POST, prefix="appointment"), done, "top")


def match_view(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    submission = find_submission(request.user, pk, "intake.match_person")
    another = find_submission(request.user, other, "intake.match_person")
    is_same = request.POST.get("is_same") == "yes"

    def done(data: dict[str, Any]) -> str:
        match(submission, another, by=user_of(request), is_same=is_same, request=request)
        if is_same:
            return _("The two forms are kept as one person's.")
        return _("The two forms are kept as two people's.")

    return act(request, submission, "match", forms.Form(request.POST), done, "same")


REFUSALS = {
    "decide": Action.DECISION_REFUSED,
    "contact": Action.CONTACT_REFUSED,
    "note": Action.NOTE_REFUSED,
    "assign": Action.ASSIGNMENT_REFUSED,
    "appointment": Action.APPOINTMENT_REFUSED,
    "match": Action.MATCH_REFUSED,
}


def act(
    request: HttpRequest,
    submission: Submission,
    name: str,
    form: forms.Form,
    done: Callable[[dict[str, Any]], str],
    place: str,
) -> HttpResponse:
    """Do one thing and come back; with an error show the page again, with what was typed."""
    if form.is_valid():
        try:
            message = done(form.cleaned_data)
        except Refused as refused:
            record(request, REFUSALS.get(name, Action.FLAG_REFUSED), submission.subject)
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, message)
            return HttpResponseRedirect(f"{reverse('admin:intake_submission_page', args=[submission.pk])}#{place}")
    return show(request, submission, {name: form})


def show(request: HttpRequest, submission: Submission, bound: Forms) -> HttpResponse:
    """Write the read row, then make the page; `bound` holds the one form that has errors."""
    if not is_clinical(request.user):
        record(request, Action.CONTACTS_READ, submission.subject)
        context = {**site.each_context(request), **contacts_context(submission, user_of(request), bound)}
        return TemplateResponse(request, "admin/intake/contacts.html", context)
    record(request, Action.SUBMISSION_READ, submission.subject)
    context = {**site.each_context(request), **submission_context(submission, user_of(request), bound)}
    context["is_as_written"] = is_as_written(submission, clinic_of(request).today())
    return TemplateResponse(request, "admin/intake/submission.html", context)


def submission_context(submission: Submission, user: User, bound: Forms) -> dict[str, Any]:
    shown = SubmissionPresenter(submission, user, bound)
    decisions, given = len(shown.history.reviews), len(shown.history.assignments)
    for name, field, count in (("decide", "decisions_seen", decisions), ("assign", "assignments_seen", given)):
        if name in bound:
            seen_now(bound[name], field, count)
    assigned = {"to": submission.work_item.assigned_to_id, "assignments_seen": given}
    return {
        **contacts_context(submission, user, bound),
        "shown": shown,
        "same_person": likely_same(submission),
        "newer": newer_confirmed(submission),
        "others_here": others_here(submission, user),
        "bound": next(iter(bound.values()), None),
        "uncleared": "" if submission.can_be_cleared() else uncleared(submission),
        "told": [(decision.value, decision.label, words) for decision, words in TOLD.items()],
        "contact_form": bound.get("contact") or ContactForm(prefix="contact"),
        "note_form": bound.get("note") or NoteForm(prefix="note", initial={"note_id": uuid4()}),
        "assign_form": bound.get("assign") or AssignForm(prefix="assign", initial=assigned),
        "decide_form": bound.get("decide") or DecideForm(prefix="decide", initial={"decisions_seen": decisions}),
        "may_decide": user.has_perm("intake.decide"),
        "may_resolve": user.has_perm("intake.resolve_flag"),
    }


def seen_now(form: forms.Form, name: str, count: int) -> None:
    """Let a form that is shown again count from what stands on this page."""
    typed = form.data.copy()  # type: ignore[attr-defined]
    typed[form.add_prefix(name)] = str(count)
    form.data = typed


def user_of(request: HttpRequest) -> User:
    """Return the signed-in member of staff; the admin site lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user

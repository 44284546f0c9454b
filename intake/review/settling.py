"""Flags are settled: one by one, or those that one contact settled, in one go; and opened again."""

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.models import User
from clinic.web.requests import clinic_of
from intake.definition.rules import Severity
from intake.models import (
    Contact,
    Countersignature,
    Flag,
    FlagResolution,
    Outcome,
    Reached,
    Reopening,
    Submission,
    WorkItem,
)
from intake.review.actions import (
    Refused,
    format_time,
    is_clinical,
    name_of,
    refuse_if_changed,
    require,
    require_text,
    write,
)


@transaction.atomic(durable=True)
def resolve_flag(
    flag: Flag, *, by: User, outcome: str, reason: str, request: HttpRequest | None = None
) -> FlagResolution:
    """Settle one flag. `stop` and `crisis` are for clinicians, the others for nurses too."""
    require(by, permission_for(flag))
    require_text(reason, "reason", _("Say what you did or found."))
    work = WorkItem.lock(flag.submission)
    refuse_if_changed(work.submission)
    resolution = settle(work, flag, by=by, outcome=outcome, reason=reason, request=request)
    work.refresh(clinic_of(request).today())
    return resolution


@transaction.atomic(durable=True)
def log_contact(
    submission: Submission,
    *,
    by: User,
    reached: str,
    means: str,
    text: str,
    settles: Iterable[Flag] = (),
    outcome: str = Outcome.TALKED,
    request: HttpRequest | None = None,
) -> Contact:
    """Log a try to reach the patient, and settle what it settled. A flag somebody settled meanwhile stays as it is."""
    require(by, "intake.log_contact")
    flags = list(settles)
    for flag in flags:
        require(by, permission_for(flag))
    if flags and reached != Reached.REACHED:
        raise Refused(
            _("Only a contact with the patient settles a flag. Untick the flags, or choose 'Reached'."), "reached"
        )
    if flags:
        require_text(text, "text", _("Say in a few words what you did or found."))
    if outcome == Outcome.AGAINST and any(flag.severity >= Severity.STOP for flag in flags):
        raise Refused(_("Going on against a stop needs a reason of its own: settle that flag by itself."), "outcome")
    work = WorkItem.lock(submission)
    if flags:
        refuse_if_changed(submission)
    contact = Contact(submission=submission, by=by, reached=reached, means=means, is_clinical=is_clinical(by))
    write(request, Action.CONTACT_LOGGED, contact, by, text=text)
    open_now = set(submission.flags.unresolved().values_list("pk", flat=True))
    for flag in flags:
        if flag.pk in open_now:
            settle(work, flag, by=by, outcome=outcome, contact=contact, request=request)
    work.refresh(clinic_of(request).today())
    return contact


@transaction.atomic(durable=True)
def close_notes(submission: Submission, *, by: User, request: HttpRequest | None = None) -> int:
    """Settle every open flag that is only a note, as read; return how many."""
    require(by, "intake.resolve_flag")
    work = WorkItem.lock(submission)
    refuse_if_changed(submission)
    notes = list(submission.flags.unresolved().filter(severity=Severity.NOTE))
    for flag in notes:
        settle(work, flag, by=by, outcome=Outcome.CHECKED, request=request)
    work.refresh(clinic_of(request).today())
    return len(notes)


def settle(
    work: WorkItem,
    flag: Flag,
    *,
    by: User,
    outcome: str,
    reason: str = "",
    contact: Contact | None = None,
    request: HttpRequest | None = None,
) -> FlagResolution:
    """Add the row that settles a flag of a locked submission, and say so in the trail."""
    before = FlagResolution.objects.filter(flag=flag, reopening=None).select_related("by").first()
    if before is not None:
        raise Refused(
            _("%(who)s resolved %(rule)s before you, %(when)s. Nothing was changed.")
            % {"who": name_of(before.by), "rule": flag.rule, "when": format_time(before.at)}
        )
    against = outcome == Outcome.AGAINST and flag.severity >= Severity.STOP
    resolution = FlagResolution(
        submission=work.submission,
        flag=flag,
        contact=contact,
        outcome=outcome,
        needs_second=against and clinic_of(request).four_eyes,
        by=by,
    )
    write(request, Action.FLAG_RESOLVED, resolution, by, detail=flag.rule, reason=reason)
    return resolution


@transaction.atomic(durable=True)
def countersign(resolution: FlagResolution, *, by: User, request: HttpRequest | None = None) -> Countersignature:
    """Agree, as the second clinician, that a flag is settled against its rule."""
    require(by, "intake.resolve_stop")
    work = WorkItem.lock(resolution.submission)
    refuse_if_changed(work.submission)
    if resolution.by == by:
        raise Refused(_("A second clinician must agree: this is your own."))
    first = Countersignature.objects.filter(resolution=resolution).select_related("by").first()
    if first is not None:
        raise Refused(_("%(who)s agreed before you.") % {"who": name_of(first.by)})
    signature = Countersignature(submission=work.submission, resolution=resolution, by=by)
    write(request, Action.FLAG_COUNTERSIGNED, signature, by, detail=resolution.flag.rule)
    work.refresh(clinic_of(request).today())
    return signature


@transaction.atomic(durable=True)
def reopen_flag(flag: Flag, *, by: User, reason: str, request: HttpRequest | None = None) -> Reopening:
    """Open a settled flag again, with a reason."""
    require(by, permission_for(flag))
    require_text(reason, "reason", _("Say why it is open again."))
    work = WorkItem.lock(flag.submission)
    resolution = FlagResolution.objects.filter(flag=flag, reopening=None).first()
    if resolution is None:
        raise Refused(_("%(rule)s is open already.") % {"rule": flag.rule})
    reopening = Reopening(submission=work.submission, resolution=resolution, by=by)
    write(request, Action.FLAG_REOPENED, reopening, by, detail=flag.rule, reason=reason)
    work.refresh(clinic_of(request).today())
    return reopening


def permission_for(flag: Flag) -> str:
    return "intake.resolve_stop" if flag.severity >= Severity.STOP else "intake.resolve_flag"

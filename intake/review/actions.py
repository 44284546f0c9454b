"""What staff do with a submission: settle flags, decide, assign, note; each one transaction with its audit row.

Rows are only added. The work item is computed anew from them each time, under its lock, so that of
two people at the same moment the second is told what the first did.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Clinic, User
from intake.definition.rules import Severity
from intake.models import (
    CLEARING,
    OPEN,
    Assignment,
    Decision,
    Flag,
    FlagResolution,
    Note,
    Review,
    Status,
    Submission,
    UnfinishedForm,
    WorkItem,
)
from intake.screening.engine import worklist_rank

STATUS_AFTER = {
    Decision.CLEARED: Status.CLEARED,
    Decision.CLEARED_WITH_CONDITIONS: Status.CLEARED_WITH_CONDITIONS,
    Decision.MORE_INFORMATION: Status.WAITING,
    Decision.DELAYED: Status.DELAYED,
    Decision.NOT_SUITABLE: Status.NOT_SUITABLE,
}


class Refused(Exception):
    """Say in plain words why something cannot be done now; `field` names the input it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@transaction.atomic
def resolve_flag(
    flag: Flag, *, by: User, outcome: str, reason: str, request: HttpRequest | None = None
) -> FlagResolution:
    """Settle one flag. `stop` and `crisis` are for clinicians, the others for nurses too."""
    require(by, "intake.resolve_stop" if flag.severity >= Severity.STOP else "intake.resolve_flag")
    require_text(reason, "reason", _("Say what you did or found."))
    work = lock(flag.submission)
    settled = FlagResolution.objects.filter(flag=flag).select_related("by").first()
    if settled is not None:
        raise Refused(
            _("%(who)s resolved %(rule)s before you, %(when)s. Nothing was changed.")
            % {"who": name_of(settled.by), "rule": flag.rule, "when": moment(settled.at)}
        )
    resolution = FlagResolution(flag=flag, outcome=outcome, reason=reason.strip(), by=by)
    resolution.save()
    keep_work_right(work)
    record(request, Action.FLAG_RESOLVED, f"{subject_of(flag.submission)} {flag.rule}", actor=by.get_username())
    return resolution


@transaction.atomic
def decide(
    submission: Submission,
    *,
    by: User,
    decision: str,
    reason: str,
    conditions: str = "",
    delayed_until: date | None = None,
    decisions_seen: int | None = None,
    request: HttpRequest | None = None,
) -> Review:
    """Write a decision. Clearing is refused while a `stop` or `crisis` flag is unresolved.

    `decisions_seen` is how many there were when the page was made; more by now means somebody else
    decided in between.
    """
    require(by, "intake.decide")
    require_text(reason, "reason", _("Give the reason for your decision."))
    if decision == Decision.CLEARED_WITH_CONDITIONS:
        require_text(conditions, "conditions", _("Write the conditions."))
    if decision == Decision.DELAYED and (delayed_until is None or delayed_until <= Clinic.current().today()):
        raise Refused(_("Give the date it is delayed until, after today."), "delayed_until")
    if decision != Decision.DELAYED and delayed_until is not None:
        raise Refused(_("A date goes with 'Delayed' only."), "delayed_until")
    work = lock(submission)
    if decisions_seen is not None and submission.reviews.count() != decisions_seen:
        latest = submission.reviews.select_related("by").order_by("at").last()
        if latest is None:
            raise Refused(_("This page is out of date. Read it again, then decide."))
        raise Refused(
            _("%(who)s decided '%(decision)s' %(when)s, after you opened this page. Read it, then decide again.")
            % {"who": name_of(latest.by), "decision": latest.get_decision_display(), "when": moment(latest.at)}
        )
    if decision in CLEARING and not submission.can_be_cleared():
        raise Refused(uncleared(submission), "decision")
    if decision != Decision.CLEARED_WITH_CONDITIONS and conditions.strip():
        raise Refused(_("Conditions go with 'Cleared with conditions' only."), "conditions")
    review = Review(
        submission=submission,
        decision=decision,
        reason=reason.strip(),
        conditions=conditions.strip() if decision == Decision.CLEARED_WITH_CONDITIONS else None,
        delayed_until=delayed_until if decision == Decision.DELAYED else None,
        by=by,
    )
    review.save()
    keep_work_right(work)
    record(request, Action.DECIDED, subject_of(submission), actor=by.get_username())
    return review


def uncleared(submission: Submission) -> str:
    """Say which flags stand between a submission and its clearance."""
    rules = submission.flags.unresolved().filter(severity__gte=Severity.STOP).worst_first()
    return _("This form cannot be cleared yet. A clinician must first resolve: %(rules)s.") % {
        "rules": ", ".join(flag.rule for flag in rules)
    }


@transaction.atomic
def assign(
    submission: Submission,
    to: User | None,
    by: User,
    *,
    assignments_seen: int | None = None,
    request: HttpRequest | None = None,
) -> Assignment:
    """Give a submission to a colleague who may read it, or hand it back (`to` is None)."""
    require(by, "intake.read_clinical")
    if to is not None and not (to.is_active and to.has_perm("intake.read_clinical")):
        raise Refused(_("%(who)s may not read submissions.") % {"who": name_of(to)}, "to")
    work = lock(submission)
    if assignments_seen is not None and submission.assignments.count() != assignments_seen:
        latest = submission.assignments.select_related("to", "by").order_by("at").last()
        if latest is None:
            raise Refused(_("This page is out of date. Read it again, then choose."), "to")
        who = {"who": name_of(latest.by), "to": name_of(latest.to) if latest.to else _("nobody")}
        raise Refused(_("%(who)s gave this form to %(to)s after you opened this page.") % who, "to")
    assignment = Assignment(submission=submission, to=to, by=by)
    assignment.save()
    keep_work_right(work)
    record(request, Action.ASSIGNED, subject_of(submission), actor=by.get_username())
    return assignment


@transaction.atomic
def add_note(
    submission: Submission, *, by: User, text: str, note_id: UUID | None = None, request: HttpRequest | None = None
) -> Note:
    """Write a note; the same `note_id` sent twice is one note."""
    require(by, "intake.write_note")
    require_text(text, "text", _("Write the note."))
    work = lock(submission)
    if note_id is not None:
        kept: Note | None = Note.objects.filter(pk=note_id, submission=submission, by=by).first()
        if kept is not None:
            return kept
        if Note.objects.filter(pk=note_id).exists():
            raise Refused(_("This page is out of date. Read it again, then write the note."), "text")
    note = Note(submission=submission, text=text.strip(), by=by)
    if note_id is not None:
        note.pk = note_id
    note.save()
    keep_work_right(work)
    record(request, Action.NOTED, subject_of(submission), actor=by.get_username())
    return note


@transaction.atomic
def open_unfinished(form: UnfinishedForm, by: User, *, request: HttpRequest | None = None) -> UnfinishedForm:
    """Say that a member of staff has opened it; the first one stands."""
    require(by, "intake.read_clinical")
    form = UnfinishedForm.objects.select_for_update().get(pk=form.pk)
    if form.opened_at is None:
        form.opened_at, form.opened_by = timezone.now(), by
        form.save(update_fields=["opened_at", "opened_by"])
    record(request, Action.UNFINISHED_OPENED, f"unfinished:{form.pk}", actor=by.get_username())
    return form


@transaction.atomic
def close_unfinished(
    form: UnfinishedForm, by: User, reason: str, *, request: HttpRequest | None = None
) -> UnfinishedForm:
    """Take it off the worklist with a reason."""
    require(by, "intake.close_unfinished")
    require_text(reason, "reason", _("Say why it can be closed."))
    form = UnfinishedForm.objects.select_for_update().get(pk=form.pk)
    if form.settled_at is not None and form.reference:
        raise Refused(_("The form was sent meanwhile: see submission %(reference)s.") % {"reference": form.reference})
    if form.settled_at is not None and form.closed_by is not None:
        raise Refused(
            _("%(who)s closed it before you, %(when)s.")
            % {"who": name_of(form.closed_by), "when": moment(form.settled_at)}
        )
    form.settled_at, form.closed_by, form.closed_reason = timezone.now(), by, reason.strip()
    form.save(update_fields=["settled_at", "closed_by", "closed_reason"])
    record(request, Action.UNFINISHED_CLOSED, f"unfinished:{form.pk}", actor=by.get_username())
    return form


def lock(submission: Submission) -> WorkItem:
    """Hold the submission's work item until the transaction ends."""
    work: WorkItem = WorkItem.objects.select_for_update().get(submission=submission)
    return work


def work_of(submission: Submission) -> dict[str, Any]:
    """Compute the work item's columns from the rows that are only ever added."""
    unresolved = list(submission.flags.unresolved())
    latest = submission.reviews.order_by("-at").first()
    given = submission.assignments.order_by("-at").first()
    status = Status.NEW
    if latest is not None:
        status = STATUS_AFTER[Decision(latest.decision)]
    elif given is not None or submission.notes.exists() or submission.flags.exclude(resolution=None).exists():
        status = Status.IN_REVIEW
    return {
        "status": status,
        "is_open": status in OPEN,
        "assigned_to": given.to if given else None,
        "worst_unresolved": max((flag.severity for flag in unresolved), default=None),
        "rank": worklist_rank(submission.version.definition(submission.language), unresolved),
        "due_on": latest.delayed_until if latest else None,
        "submitted_at": submission.submitted_at,
    }


def keep_work_right(work: WorkItem) -> bool:
    """Bring a locked work item up to date; say whether anything was different."""
    columns = work_of(work.submission)
    changed = [name for name, value in columns.items() if getattr(work, name) != value]
    for name in changed:
        setattr(work, name, columns[name])
    if changed:
        work.save(update_fields=changed)
    return bool(changed)


def subject_of(submission: Submission) -> str:
    """Name a submission in the audit trail."""
    return f"submission:{submission.reference}"


def require(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied(permission)


def require_text(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise Refused(message, field)


def name_of(user: User) -> str:
    """Give a colleague's name as staff know it."""
    return user.get_full_name() or user.get_username()


def moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "M j, g:i a")

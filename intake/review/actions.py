"""What every verb of review shares, and the small ones: who may, the lock, the second person told who was first."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.binding import BoundRow, RowsChanged, check_subject, record_rows
from clinic.models import User
from clinic.web.requests import clinic_of
from intake.models import (
    Appointment,
    Assignment,
    Countersignature,
    Deletion,
    FlagResolution,
    Note,
    Reopening,
    Review,
    Screening,
    SectionRead,
    Submission,
    WorkItem,
)
from intake.models.integrity import wrong_on_worklist
from intake.models.submissions import WithSealedPart


class Refused(Exception):
    """Say in plain words why something cannot be done now; `field` names the input it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def find_submission(user: Any, pk: UUID, permission: str = "intake.read_clinical") -> Submission:
    """Return a submission to who has the permission: the one gate of every staff page about one."""
    require(user, permission)
    rows = Submission.objects.with_version()
    rows = (
        rows.select_related("content__data_key", "work_item__assigned_to")
        if is_clinical(user)
        else rows.for_front_desk()
    )
    submission: Submission | None = rows.filter(pk=pk).first()
    if submission is None:
        raise Http404
    return submission


def is_clinical(user: Any) -> bool:
    """Say whether somebody may see answers and what is derived from them."""
    return bool(user.has_perm("intake.read_clinical"))


@transaction.atomic(durable=True)
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
    if to is not None and not (to.is_active and is_clinical(to)):
        raise Refused(_("%(who)s may not read submissions.") % {"who": name_of(to)}, "to")
    work = WorkItem.lock(submission)
    if assignments_seen is not None and submission.assignments.count() != assignments_seen:
        latest = submission.assignments.select_related("to", "by").order_by("at").last()
        if latest is None:
            raise Refused(_("This page is out of date. Read it again, then choose."), "to")
        who = {"who": name_of(latest.by), "to": name_of(latest.to) if latest.to else _("nobody")}
        raise Refused(_("%(who)s gave this form to %(to)s after you opened this page.") % who, "to")
    assignment = Assignment(submission=submission, to=to, by=by)
    write(request, Action.ASSIGNED, assignment, by)
    work.refresh(clinic_of(request).today())
    return assignment


@transaction.atomic(durable=True)
def add_note(
    submission: Submission, *, by: User, text: str, note_id: UUID | None = None, request: HttpRequest | None = None
) -> Note:
    """Write a note; the same `note_id` sent twice is one note."""
    require(by, "intake.write_note")
    require_text(text, "text", _("Write the note."))
    work = WorkItem.lock(submission)
    note = Note(submission=submission, by=by)
    if note_id is not None:
        kept: Note | None = Note.objects.filter(pk=note_id, submission=submission, by=by).first()
        if kept is not None:
            return kept
        if Note.objects.filter(pk=note_id).exists():
            raise Refused(_("This page is out of date. Read it again, then write the note."), "text")
        note.pk = note_id
    write(request, Action.NOTED, note, by, text=text)
    work.refresh(clinic_of(request).today())
    return note


@transaction.atomic(durable=True)
def mark_read(submission: Submission, section: str, *, by: User, request: HttpRequest | None = None) -> None:
    """Note that a colleague has read one part of the answers; said twice it is one row."""
    require(by, "intake.read_clinical")
    WorkItem.lock(submission)
    if not submission.sections_read.filter(section=section, by=by).exists():
        write(
            request, Action.SECTION_READ, SectionRead(submission=submission, section=section, by=by), by, detail=section
        )


@transaction.atomic(durable=True)
def make_appointment(
    submission: Submission,
    *,
    by: User,
    starts_at: datetime | None,
    companion: str = "",
    request: HttpRequest | None = None,
) -> Appointment:
    """Note down a visit that was agreed on and who comes along; without a time, that it is called off."""
    require(by, "intake.log_contact")
    if starts_at is not None and starts_at < timezone.now():
        raise Refused(_("Give a time that is still to come."), "starts_at")
    WorkItem.lock(submission)
    appointment = Appointment(submission=submission, by=by, starts_at=starts_at)
    write(request, Action.APPOINTMENT_MADE, appointment, by, companion=companion)
    return appointment


def write(
    request: HttpRequest | None, action: Action, row: BoundRow, by: User, *, detail: str = "", **words: str
) -> None:
    """Add a row about a submission, vouched for by the trail, and seal its words beside it."""
    submission: Submission = row.submission  # type: ignore[attr-defined]
    if Deletion.objects.filter(submission=submission).exists():
        raise Refused(_("What this form said was deleted. Nothing more is written about it."))
    record_rows(request, action, submission.subject, [row], actor=by.get_username(), detail=detail)
    if isinstance(row, WithSealedPart):
        row.seal(**{name: text.strip() for name, text in words.items()})


def refuse_if_changed(submission: Submission) -> None:
    """Refuse what rests on rows that were changed, added or taken away outside the application."""
    kinds: tuple[type[BoundRow], ...] = (Screening, FlagResolution, Countersignature, Reopening, Review)
    rows = [row for kind in kinds for row in kind._default_manager.filter(**{"submission": submission})]
    try:
        check_subject(submission.subject, [submission, *rows])
    except RowsChanged:
        raise Refused(_("Rows of this form were changed outside the application. Tell the owner.")) from None


def is_as_written(submission: Submission, today: date) -> bool:
    """Say whether a form, what was done with it and its place on the worklist are as the application wrote them."""
    try:
        refuse_if_changed(submission)
    except Refused:
        return False
    return not wrong_on_worklist(submission, today)


def require(by: Any, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied(permission)


def require_text(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise Refused(message, field)


def name_of(user: User) -> str:
    """Return a colleague's name as staff know it."""
    return user.get_full_name() or user.get_username()


def format_time(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")

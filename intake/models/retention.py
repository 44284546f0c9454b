"""What a submission says can be deleted, its key first; that it was sent, screened and decided on stays."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from clinic.audit.actions import Action
from clinic.audit.binding import record_rows
from clinic.audit.trail import record
from clinic.models import Clinic, DataKey
from clinic.sealing.keys import has_its_key
from intake.models.contacts import Contact
from intake.models.decisions import Deletion, Hold
from intake.models.drafts import Draft, UnfinishedForm
from intake.models.messages import Message
from intake.models.submissions import LookupHash, SealedPart, Submission, SubmissionContent
from intake.models.work_items import WorkItem


class Held(Exception):
    """A legal hold stands: nothing is deleted."""


def is_held(submission: Submission) -> bool:
    latest = submission.holds.order_by("-at").first()
    return latest is not None and latest.is_held


@transaction.atomic
def hold(submission: Submission, *, held: bool, by: str, request: HttpRequest | None = None) -> Hold:
    """Forbid that anything of a submission is deleted, or allow it again."""
    WorkItem.lock(submission)  # not in the middle of a deletion
    row = Hold(submission=submission, is_held=held, by=by)
    record_rows(request, Action.HELD if held else Action.RELEASED, submission.subject, [row], actor=by)
    return row


@transaction.atomic
def delete_contents(
    submission: Submission, *, reason: str, by: str, request: HttpRequest | None = None
) -> Deletion | None:
    """Delete what a submission says and leave a tombstone; None if that was done before."""
    WorkItem.lock(submission)
    if Deletion.objects.filter(submission=submission).exists():
        return None
    if is_held(submission):
        raise Held(submission.reference)
    return take_away(submission, reason=reason, by=by, request=request)


def take_away(submission: Submission, *, reason: str, by: str, request: HttpRequest | None = None) -> Deletion:
    """Write the tombstone, delete the key, then all that it opened."""
    tombstone = Deletion(submission=submission, reason=reason, by=by)
    record_rows(request, Action.CONTENTS_DELETED, submission.subject, [tombstone], actor=by, detail=reason)
    shred([submission.draft_id])
    Draft.objects.filter(pk=submission.draft_id).delete()
    SealedPart.objects.filter(pk__in=Contact.before_sending(submission).values("pk")).delete()
    for model in (SubmissionContent, LookupHash, SealedPart, Message):
        model._default_manager.filter(submission=submission).delete()
    for form in UnfinishedForm.objects.filter(reference=submission.reference).select_for_update():
        empty(form)
    WorkItem.lock(submission).refresh(Clinic.current().today())
    return tombstone


def shred(forms: Iterable[UUID]) -> None:
    """Delete the keys of forms: nothing sealed under them opens again, here or in a backup."""
    DataKey.objects.filter(pk__in=forms).delete()


def shred_unsent(drafts: Iterable[UUID]) -> None:
    """Delete drafts and their keys; a form that was sent, or is shown as unfinished, keeps its own."""
    pks = set(drafts)
    kept = {
        *Submission.objects.filter(draft_id__in=pks).values_list("draft_id", flat=True),
        *UnfinishedForm.objects.filter(draft__in=pks).values_list("data_key_id", flat=True),
    }
    shred(pks - kept)
    Draft.objects.filter(pk__in=pks).delete()


def empty(form: UnfinishedForm) -> None:
    """Take name, telephone and words out of an unfinished form; that it was there and who closed it stays."""
    form.contact, form.closed_reason, form.data_key_id = None, None, None
    form.save(update_fields=["contact", "closed_reason", "data_key"])


@transaction.atomic
def bury_shredded() -> str:
    """Delete anew what a restored backup holds of forms whose key was deleted after it was made; say how many."""
    by, no_key = "command restore", ~Exists(DataKey.objects.filter(pk=OuterRef("draft_id")))
    submissions = list(Submission.objects.filter(no_key, deletion=None))
    for submission in submissions:
        take_away(submission, reason="deleted after the backup", by=by)
    for form in UnfinishedForm.objects.exclude(has_its_key()).exclude(data_key=None):
        empty_for_good(form, "deleted after the backup", by)
    Draft.objects.exclude(has_its_key()).delete()
    return f"{len(submissions)} forms were deleted after this backup was made: they are restored as deleted."


def empty_for_good(form: UnfinishedForm, reason: str, by: str) -> None:
    """Empty a form that was never sent, its key first."""
    shred(filter(None, [form.data_key_id]))
    Draft.objects.filter(unfinished_form=form).delete()
    SealedPart.objects.filter(pk__in=form.contacts.values("pk")).delete()
    empty(form)
    record(None, Action.CONTENTS_DELETED, form.subject, actor=by, detail=reason)

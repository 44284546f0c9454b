"""What a submission says can be deleted; that it was sent, screened and decided on stays."""

from django.http import HttpRequest

from clinic.audit.actions import Action
from clinic.audit.binding import record_rows
from intake.models.decisions import Deletion
from intake.models.messages import Message
from intake.models.submissions import LookupHash, SealedPart, Submission, SubmissionContent


def delete_contents(
    submission: Submission, *, reason: str, by: str, request: HttpRequest | None = None
) -> Deletion | None:
    """Delete what a submission says and leave a tombstone; None if that was done before."""
    if Deletion.objects.filter(submission=submission).exists():
        return None
    tombstone = Deletion(submission=submission, reason=reason, by=by)
    record_rows(request, Action.CONTENTS_DELETED, submission.subject, [tombstone], actor=by, detail=reason)
    for model in (SubmissionContent, LookupHash, SealedPart, Message):
        model._default_manager.filter(submission=submission).delete()
    return tombstone

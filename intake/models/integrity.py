"""What `verify_audit` compares besides bound rows: what is made from them, and who took a form off the worklist."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef

from clinic.audit.actions import Action
from clinic.models import AuditEntry, Clinic
from clinic.sealing.keys import changed_keys, lost_keys
from intake.models.contacts import Contact
from intake.models.drafts import Draft, UnfinishedForm
from intake.models.submissions import SealedPart, Submission, SubmissionContent
from intake.models.versions import QuestionnaireVersion
from intake.models.work_items import Status, columns_of


def lost_or_changed() -> Iterator[str]:
    """Yield each work item that is not what the rows it is made from give. One that only waits for its day is right."""
    today = Clinic.current().today()
    for submission in Submission.objects.select_related("work_item", "deletion").iterator(chunk_size=500):
        if wrong := wrong_on_worklist(submission, today):
            yield f"{submission.subject}: {wrong}"


def lost_words() -> Iterator[str]:
    """Yield what says nothing any more, or never again, though nobody deleted it."""
    for reference in Submission.objects.filter(content=None, deletion=None).values_list("reference", flat=True):
        yield f"submission:{reference}: what it said is gone, and nobody deleted it"
    yield from lost_keys()
    yield from changed_keys()
    yield from foreign_keys()


def foreign_keys() -> Iterator[str]:
    """Yield each row that names the key of another form: it does not open, and would not be shredded with its own."""
    parts = SealedPart.objects.filter(submission=None)
    of_the_form = Contact.objects.filter(pk=OuterRef("pk"), unfinished__data_key=OuterRef("data_key"))
    for rows in (
        Draft.objects.exclude(data_key=F("pk")),
        UnfinishedForm.objects.exclude(draft=None).exclude(data_key=F("draft")),
        SubmissionContent.objects.exclude(data_key=F("submission__draft_id")),
        SealedPart.objects.exclude(submission=None).exclude(data_key=F("submission__draft_id")),
        parts.exclude(Exists(of_the_form)),
    ):
        for pk in rows.values_list("pk", flat=True).iterator():
            yield f"{rows.model._meta.label}:{pk}: it names the key of another form"


def changed_documents() -> Iterator[str]:
    """Yield each version whose documents are not those that its hash, which the trail vouches for, stands for."""
    for version in QuestionnaireVersion.objects.iterator(chunk_size=5):
        if version.documents.content_hash != version.content_hash:
            yield f"questionnaire:{version}: its documents are not those that were published"


def closed_by_nobody() -> Iterator[str]:
    """Yield each unfinished form that is off the worklist though it was neither sent nor closed by anybody."""
    for form in UnfinishedForm.objects.exclude(settled_at=None).defer("contact", "closed_reason").iterator():
        closings = AuditEntry.objects.filter(subject=f"unfinished:{form.pk}", action=Action.UNFINISHED_CLOSED)
        was_sent = form.reference and Submission.objects.filter(reference=form.reference).exists()
        if not (was_sent or closings.exists()):
            yield f"unfinished:{form.pk}: it is off the worklist, but nobody sent or closed it"


def wrong_on_worklist(submission: Submission, today: date) -> str:
    """Say how a submission's work item differs from the rows that it is made from; empty when it does not."""
    work = getattr(submission, "work_item", None)
    if work is None:
        return "it is missing from the worklist"
    unresolved = list(submission.flags.unresolved())
    wanted = columns_of(submission, unresolved, today)
    if any(getattr(work, name) != value for name, value in wanted.items() if name not in ("status", "is_open")):
        return "its place on the worklist was changed"
    if work.status != wanted["status"] and wanted["status"] not in (Status.DUE, Status.REOPENED):
        return "its status on the worklist was changed"
    named = {(flag.pk, flag.rule, flag.severity) for flag in unresolved} if work.is_open else set()
    if named != set(work.open_flags.values_list("flag_id", "rule", "severity")):
        return "what the worklist says of its flags was changed"
    return ""

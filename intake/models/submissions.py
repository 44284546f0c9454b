"""What was sent. The row itself stays for good; what it says can be taken away from beside it."""

import secrets
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow
from clinic.audit.models import AppendOnlyQuerySet
from clinic.sealing.fields import OwnKey, SealedJSONField, SealedQuerySet
from intake.definition.model import Answer, Definition
from intake.models.versions import QuestionnaireVersion, VersionedQuerySet

if TYPE_CHECKING:
    from intake.models.screenings import FlagQuerySet, Screening

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def new_reference() -> str:
    """Return eight characters that nobody mistakes for each other on the telephone."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


class SubmissionQuerySet(VersionedQuerySet, AppendOnlyQuerySet):  # type: ignore[override]
    def for_front_desk(self) -> Self:
        """Bring what a front desk's page needs; the sealed answers are not even fetched."""
        return self.select_related("content__data_key", "work_item__assigned_to").defer(*CLINICAL)


CLINICAL = ("content__answers", "content__computed", "content__record")


class Submission(BoundRow):
    """What one person sent once: never edited. Who and what stands in `content`, and can go."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True, default=new_reference)
    draft_id = models.UUIDField(unique=True)  # its key's too
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="submissions")
    language = models.CharField(max_length=10, default="en")
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["submitted_at"], name="submission_by_time")]
        permissions = [
            ("read_clinical", "Can read answers, flags and scores"),
            ("log_contact", "Can log calls, messages and appointments"),
            ("write_note", "Can write a note on a submission"),
            ("resolve_flag", "Can settle review and note flags"),
            ("resolve_stop", "Can settle stop and crisis flags"),
            ("decide", "Can decide on a submission"),
            ("close_unfinished", "Can close an unfinished form"),
            ("match_person", "Can say that two forms are one person's"),
            ("export_submission", "Can export submissions"),
            ("delete_contents", "Can delete what a submission says"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def subject(self) -> str:
        """Name it in the audit trail."""
        return f"submission:{self.reference}"

    @property
    def identity(self) -> dict[str, Any]:
        """Return names, birth date and contacts: all that the front desk's pages open."""
        return self._said("identity")

    @property
    def answers(self) -> dict[str, Any]:
        return self._said("answers")

    @property
    def computed(self) -> dict[str, Any]:
        return self._said("computed")

    @property
    def record(self) -> dict[str, Any]:
        return self._said("record")

    @property
    def data_key(self) -> Any:
        """Return the key that its words are sealed under; None when they were deleted."""
        content = getattr(self, "content", None)
        return content.data_key if content else None

    def _said(self, name: str) -> dict[str, Any]:
        """Return a part of what it says; empty when that was deleted."""
        content = getattr(self, "content", None)
        return dict(getattr(content, name)) if content else {}

    @property
    def definition(self) -> Definition:
        return self.version.definition(self.language)

    def answered(self) -> dict[str, Answer]:
        """Return identity and answers together, as they were screened."""
        return {**self.answers, **self.identity}

    @cached_property
    def screening(self) -> "Screening":
        """Return the newest screening, which is the one that counts."""
        return self.screenings.latest("at")

    @property
    def flags(self) -> "FlagQuerySet":
        return self.screening.flags.all()

    def can_be_cleared(self) -> bool:
        """Say whether no flag of `stop` or worse still waits for a clinician."""
        return not self.flags.unresolved().stopping().exists()


class SubmissionContent(models.Model):
    """What a submission says. `answers` are the enabled ones, `computed` the scores, `record` what happened on the way.

    `record` holds notices with their exact text, teach-back tries, acknowledgments, signature, and the
    crisis rules that fired before sending.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="content")
    data_key = OwnKey()
    identity = SealedJSONField(label="submission.identity")
    answers = SealedJSONField(label="submission.answers")
    computed = SealedJSONField(label="submission.computed")
    record = SealedJSONField(label="submission.record")

    objects = SealedQuerySet.as_manager()

    class Meta:
        verbose_name = _("what a submission says")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class LookupHash(models.Model):
    """A keyed hash by which a person's forms are found."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="hashes")
    kind = models.CharField(max_length=20)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("look-up hash")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hash", "kind", "submission"], name="one_hash_a_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class SealedPart(models.Model):
    """The sealed words of a row that is written once: they stand beside it, under its id, so that they alone can go."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, related_name="sealed_parts")  # none: not sent
    data_key = OwnKey()
    value = SealedJSONField(label="part.value")

    objects = SealedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sealed part")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class WithSealedPart(BoundRow):
    """A row that is written once, whose words are sealed beside it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission: Any
    submission_id: UUID | None
    unfinished: Any = None

    class Meta:
        abstract = True

    @cached_property
    def sealed(self) -> dict[str, Any]:
        """Return the words; empty when they were deleted."""
        part = SealedPart.objects.with_key().filter(pk=self.pk).first()
        return dict(part.value) if part else {}

    def seal(self, **words: Any) -> None:
        """Write the words of a row that was just added."""
        key = self.unfinished.data_key_id if self.unfinished else self.submission.draft_id
        SealedPart.objects.create(pk=self.pk, submission_id=self.submission_id, data_key_id=key, value=words)
        self.sealed = words


def open_parts(submission: Submission | None, rows: Iterable[WithSealedPart]) -> None:
    """Give rows of one submission, or of a form that is not sent, their words with one query."""
    rows = list(rows)
    if not rows:
        return
    if submission:
        parts = {part.pk: part for part in SealedPart.objects.filter(submission=submission)}
        for part in parts.values():
            part.data_key = submission.data_key  # one for all, opened once
    else:
        parts = SealedPart.objects.with_key().in_bulk([row.pk for row in rows])
    for row in rows:
        row.sealed = dict(parts[row.pk].value) if row.pk in parts else {}

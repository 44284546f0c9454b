"""What was sent, and the flags it raised."""

import secrets
from typing import Self
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.models import AppendOnly
from clinic.sealing.fields import SealedJSONField
from intake.definition.rules import Severity
from intake.models.rows import WrittenOnceQuerySet, one_of
from intake.models.versions import QuestionnaireVersion, VersionedQuerySet

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def new_reference() -> str:
    """Return eight characters that nobody mistakes for each other on the telephone."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


class SubmissionQuerySet(WrittenOnceQuerySet, VersionedQuerySet):  # type: ignore[override]
    def current(self) -> Self:
        return self.filter(superseded_by=None)

    def worst_first(self) -> Self:
        """Unreviewed first, then in the worklist's order, then the oldest."""
        return self.order_by("-work_item__is_open", "work_item__rank", "work_item__submitted_at", "pk")

    def oldest_first(self) -> Self:
        return self.order_by("-work_item__is_open", "work_item__submitted_at", "pk")

    def for_worklist(self) -> Self:
        return self.select_related("work_item", "work_item__assigned_to").defer("answers", "computed", "record")

    def found_by_reference(self, reference: str) -> Self:
        return self.filter(reference=reference.replace(" ", "").replace("-", "").upper())


class Submission(AppendOnly):
    """What one person told us once: never edited, only superseded by a newer one.

    `identity` is name, birth date and contacts, and all that the front desk's pages open. `answers`
    are the enabled answers, `computed` the scores, `record` the rest of what was seen and signed:
    notices with their exact text, teach-back tries, acknowledgments, signature, crisis rules that
    fired on the way.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True, default=new_reference)
    draft_id = models.UUIDField(unique=True)
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="submissions")
    language = models.CharField(max_length=10, default="en")
    thresholds = models.JSONField()
    screened_on = models.DateField()
    severity = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    identity = SealedJSONField(label="submission.identity")
    answers = SealedJSONField(label="submission.answers")
    computed = SealedJSONField(label="submission.computed")
    record = SealedJSONField(label="submission.record")
    name_hash = models.CharField(max_length=64, db_index=True)
    name_birth_hash = models.CharField(max_length=64, db_index=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        default_permissions = ("view",)
        permissions = [
            ("read_clinical", "Can read answers, flags and scores"),
            ("write_note", "Can write a note on a submission"),
            ("resolve_flag", "Can resolve review and note flags"),
            ("resolve_stop", "Can resolve stop and crisis flags"),
            ("decide", "Can decide on a submission"),
            ("close_unfinished", "Can close an unfinished form"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity=None) | models.Q(severity__in=Severity.values),
                name="submission_severity_known",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def can_be_cleared(self) -> bool:
        """Say whether no flag of `stop` or worse still waits for a clinician."""
        return not self.flags.unresolved().filter(severity__gte=Severity.STOP).exists()


class FlagQuerySet(WrittenOnceQuerySet):  # type: ignore[override]
    def unresolved(self) -> Self:
        return self.filter(resolution=None)

    def worst_first(self) -> Self:
        return self.order_by("-severity", "position")


class Flag(AppendOnly):
    """One rule that fired: its id and severity in clear, what it rests on sealed.

    `evidence` keeps the answers used, and the reason, patient wording, sources and link as they read
    in that version.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="flags")
    rule = models.CharField(max_length=40, db_index=True)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    position = models.PositiveSmallIntegerField()
    evidence = SealedJSONField(label="flag.evidence")

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["submission", "rule"], name="one_flag_per_rule"),
            one_of("severity", Severity, "flag_severity_known"),
        ]

    def __str__(self) -> str:
        return self.rule

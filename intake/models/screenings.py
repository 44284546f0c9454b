"""What the rules made of a submission: one row a screening, one a flag."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from clinic.audit.actions import Action
from clinic.audit.binding import BoundRow, record_rows
from clinic.audit.models import AppendOnlyQuerySet
from clinic.models import DataKey
from intake.definition.model import Definition
from intake.definition.rules import Severity
from intake.models.lookup import hashes_of
from intake.models.messages import tell_staff
from intake.models.rows import one_of
from intake.models.submissions import LookupHash, SealedPart, Submission, SubmissionContent, WithSealedPart
from intake.models.versions import QuestionnaireVersion
from intake.screening.results import worklist_rank

CRISIS_PLACES = 100  # a crisis has a rank under this, by its questionnaire's own order; all else stands behind
NO_FLAG_RANK = CRISIS_PLACES + Severity.CRISIS


class Cause(models.TextChoices):
    """Why a submission was screened."""

    SENT = "sent", _("Sent")
    AGAIN = "again", _("Screened again")


class Screening(BoundRow):
    """One screening of one submission, under the limits of that day. The newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="screenings")
    at = models.DateTimeField()
    cause = models.CharField(max_length=20, choices=Cause, default=Cause.SENT)
    thresholds = models.JSONField(default=dict)
    screened_on = models.DateField()
    severity = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening")
        default_permissions = ()
        constraints = [one_of("cause", Cause, "screening_cause_known")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class FlagQuerySet(AppendOnlyQuerySet):
    def unresolved(self) -> Self:
        return self.filter(~Exists(self.standing_resolutions()))

    def settled(self) -> Self:
        return self.filter(Exists(self.standing_resolutions()))

    def standing_resolutions(self) -> "models.QuerySet[Any]":
        """Return the resolutions that count: not opened again, and countersigned where that is needed."""
        resolutions: Any = self.model._meta.get_field("resolutions").related_model
        standing: models.QuerySet[Any] = resolutions.objects.standing()
        return standing.filter(flag=OuterRef("pk"))

    def stopping(self) -> Self:
        return self.filter(severity__gte=Severity.STOP)

    def worst_first(self) -> Self:
        return self.order_by("-severity", "position")


class Flag(WithSealedPart):
    """One rule that fired: its id and severity in clear, what it rests on sealed beside it.

    `rank` is its place on the worklist. `evidence` keeps the answers used, and the reason, patient
    wording, sources and link as they read in that version.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    screening = models.ForeignKey(Screening, models.PROTECT, related_name="flags")
    rule = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    position = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField()

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["screening", "rule"], name="one_flag_per_rule"),
            one_of("severity", Severity, "flag_severity_known"),
        ]

    def __str__(self) -> str:
        return self.rule

    @property
    def evidence(self) -> dict[str, Any]:
        return self.sealed


class RaisedRule(Protocol):
    """A rule that fired, as the engine gives it."""

    rule: str
    severity: Severity

    def evidence(self) -> dict[str, object]:
        """Return all that it rests on, as it reads in this version."""


def write_submission(
    *,
    draft_id: UUID,
    version: QuestionnaireVersion,
    language: str,
    now: datetime,
    content: Mapping[str, Any],
    raised: Sequence[Any],
    thresholds: Mapping[str, Decimal],
    screened_on: date,
) -> Submission:
    """Add a submission, its screening, a flag for each rule that fired, and its place on the worklist.

    The audit trail vouches for all of them. `content` is what SubmissionContent holds.
    """
    submission = Submission(draft_id=draft_id, version=version, language=language, submitted_at=now)
    screening = Screening(
        submission=submission,
        at=now,
        thresholds={name: f"{value.normalize():f}" for name, value in thresholds.items()},
        screened_on=screened_on,
        severity=max((rule.severity for rule in raised), default=None),
    )
    flags = [make_flag(screening, position, rule) for position, rule in enumerate(raised, start=1)]
    record_rows(None, Action.SUBMITTED, submission.subject, [submission, screening, *flags], actor="patient")
    key, _made = DataKey.objects.get_or_create(pk=draft_id)
    SubmissionContent.objects.create(submission=submission, data_key=key, **content)
    hashes = sorted(set(hashes_of(submission.definition, content["identity"])))
    LookupHash.objects.bulk_create(LookupHash(submission=submission, kind=kind, hash=found) for kind, found in hashes)
    SealedPart.objects.bulk_create(
        SealedPart(pk=flag.pk, submission=submission, data_key=key, value=rule.evidence())
        for flag, rule in zip(flags, raised, strict=True)
    )
    if screening.severity and screening.severity >= Severity.STOP:
        tell_staff(submission=submission)
    return submission


def make_flag(screening: Screening, position: int, rule: RaisedRule) -> Flag:
    submission = screening.submission
    return Flag(
        submission=submission,
        screening=screening,
        rule=rule.rule,
        severity=int(rule.severity),
        position=position,
        rank=rank_of(submission.definition, rule),
    )


def rank_of(definition: Definition, flag: Any) -> int:
    """Place a flag on the worklist, 0 the worst; forms of every questionnaire stand in one order."""
    if flag.severity < Severity.CRISIS:
        return NO_FLAG_RANK - int(flag.severity)
    return min(worklist_rank(definition, [flag]), CRISIS_PLACES - 1)

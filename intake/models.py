"""What intake keeps: questionnaire versions, drafts, submissions, and what staff decided.

What a person told us, and what is derived from it, is sealed; a flag's rule id and severity are in
clear so that the database can sort and filter. Submissions, flags, resolutions, reviews and notes
are written once. What changes stands in WorkItem, one row per submission.
"""

import secrets
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.encryption import SealedJSONField, SealedQuerySet, SealedTextField
from clinic.models import AppendOnly, AppendOnlyQuerySet
from intake.definition import Definition, Severity
from intake.definition_json import parse_definition

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def new_reference() -> str:
    """Return eight characters that nobody mistakes for each other on the telephone."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


class WrittenOnceQuerySet(SealedQuerySet, AppendOnlyQuerySet):  # type: ignore[override]
    """Rows with sealed fields that nothing updates or deletes."""


def one_of(field: str, choices: type[models.Choices], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


class QuestionnaireVersionQuerySet(AppendOnlyQuerySet):
    def latest_published(self, slug: str) -> "QuestionnaireVersion | None":
        return self.filter(slug=slug).order_by("-version").first()


class QuestionnaireVersion(AppendOnly):
    """A published questionnaire with its rules and notices: never changed, only followed by the next."""

    slug = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    questionnaire = models.JSONField()
    rules = models.JSONField()
    notices = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now)

    objects = QuestionnaireVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="one_row_per_version")]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    def definition(self, language: str = "en") -> Definition:
        """Return the parsed definition; parsed once per process, for a version cannot change."""
        key = (self.content_hash, language)
        if key not in PARSED:
            PARSED[key] = parse_definition(self.questionnaire, self.rules, self.notices, language)
        return PARSED[key]


PARSED: dict[tuple[str, str], Definition] = {}


class DraftQuerySet(SealedQuerySet):
    def alive(self, now: datetime) -> Self:
        return self.filter(closed_at=None, expires_at__gt=now)

    def with_version(self) -> Self:
        return self.select_related("version")


class Draft(models.Model):
    """Answers not yet sent. The browser holds a random token; only its hash is kept here.

    `answers` holds every answer as last typed. `journey` holds what happened on the way: the revision
    at which each question was last changed, teach-back tries, notices shown, crisis rules that fired.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="drafts")
    language = models.CharField(max_length=10, default="en")
    is_own_device = models.BooleanField()
    answers = SealedJSONField(label="draft.answers", default=dict)
    journey = SealedJSONField(label="draft.journey", default=dict)
    revision = models.PositiveIntegerField(default=0)
    birth_date_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="draft_by_expiry")]

    def __str__(self) -> str:
        return str(self.pk)


class UnfinishedFormQuerySet(SealedQuerySet):
    def waiting(self) -> Self:
        """Those that neither a submission nor a clinician has settled yet."""
        return self.filter(settled_at=None).order_by("rank", "first_at")


class UnfinishedForm(models.Model):
    """A crisis answer in a form that is not sent yet: rules, time, name and telephone, nothing else.

    `rules` only grows. A submission settles it (`reference`), or a clinician with a reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    draft = models.OneToOneField(Draft, models.SET_NULL, null=True, related_name="unfinished_form")
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    rules = models.JSONField(default=list)
    rank = models.PositiveSmallIntegerField()
    contact = SealedJSONField(label="unfinished.contact", default=dict)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_reason = SealedTextField(label="unfinished.closed_reason", null=True, blank=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, blank=True)

    objects = UnfinishedFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("unfinished form")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{_('Unfinished form')} {self.first_at:%Y-%m-%d %H:%M}"


class SubmissionQuerySet(WrittenOnceQuerySet):  # type: ignore[override]
    def current(self) -> Self:
        return self.filter(superseded_by=None)

    def worst_first(self) -> Self:
        """Unreviewed first, then in the worklist's order, then the oldest."""
        return self.order_by("-work_item__is_open", "work_item__rank", "submitted_at")

    def oldest_first(self) -> Self:
        return self.order_by("-work_item__is_open", "submitted_at")

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


class Outcome(models.TextChoices):
    """How a flag was settled."""

    TALKED = "talked", _("Talked with the patient")
    CHECKED = "checked", _("Checked with records or another clinician")
    PLAN = "plan", _("Plan made for the visit")
    MISTAKE = "mistake", _("Answered by mistake: corrected with the patient")


class FlagResolution(AppendOnly):
    """Who settled a flag, when, how and why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    flag = models.OneToOneField(Flag, models.PROTECT, related_name="resolution")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = SealedTextField(label="resolution.reason")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag resolution")
        default_permissions = ()
        constraints = [one_of("outcome", Outcome, "resolution_outcome_known")]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Decision(models.TextChoices):
    """What a clinician decided."""

    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_CONDITIONS = "cleared-with-conditions", _("Cleared with conditions")
    MORE_INFORMATION = "more-information", _("More information needed")
    DELAYED = "delayed", _("Delayed")
    NOT_SUITABLE = "not-suitable", _("Not suitable")


CLEARING = (Decision.CLEARED, Decision.CLEARED_WITH_CONDITIONS)


class Review(AppendOnly):
    """One decision of one clinician. The latest counts; earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=30, choices=Decision)
    reason = SealedTextField(label="review.reason")
    conditions = SealedTextField(label="review.conditions", null=True, blank=True)
    delayed_until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        default_permissions = ()
        constraints = [
            one_of("decision", Decision, "review_decision_known"),
            models.CheckConstraint(
                condition=~models.Q(decision=Decision.DELAYED) | models.Q(delayed_until__isnull=False),
                name="delay_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision=Decision.CLEARED_WITH_CONDITIONS) | models.Q(conditions__isnull=False),
                name="conditions_are_named",
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


class Note(AppendOnly):
    """What a member of staff wrote down beside a submission."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="notes")
    text = SealedTextField(label="note.text")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Assignment(AppendOnly):
    """Who was given a submission, by whom; `to` is empty when it was handed back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="assignments")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Status(models.TextChoices):
    """Where a submission stands."""

    NEW = "new", _("New")
    IN_REVIEW = "in-review", _("In review")
    WAITING = "waiting", _("Waiting for the patient")
    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_CONDITIONS = "cleared-with-conditions", _("Cleared with conditions")
    DELAYED = "delayed", _("Delayed")
    NOT_SUITABLE = "not-suitable", _("Not suitable")


OPEN = (Status.NEW, Status.IN_REVIEW, Status.WAITING)


class WorkItem(models.Model):
    """What changes about a submission, for the worklist; can be rebuilt from the append-only rows.

    Changed only by `submission` and `review`. `rank` is the worklist's order, 0 the worst.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="work_item")
    status = models.CharField(max_length=30, choices=Status, default=Status.NEW)
    is_open = models.BooleanField(default=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    worst_unresolved = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    rank = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True, blank=True)

    objects: models.Manager[Any] = models.Manager()

    class Meta:
        verbose_name = _("work item")
        default_permissions = ()
        indexes = [models.Index(fields=["-is_open", "rank", "submission"], name="work_item_worklist")]
        constraints = [
            one_of("status", Status, "work_item_status_known"),
            models.CheckConstraint(
                condition=models.Q(worst_unresolved=None) | models.Q(worst_unresolved__in=Severity.values),
                name="work_item_severity_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()

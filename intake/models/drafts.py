"""Answers not yet sent, and what staff see of them when one may mean danger."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.sealing.fields import SealedJSONField, SealedTextField
from intake.models.submissions import REFERENCE_LENGTH
from intake.models.versions import QuestionnaireVersion, VersionedQuerySet


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

    objects = VersionedQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="draft_by_expiry")]

    def __str__(self) -> str:
        return str(self.pk)


class UnfinishedFormQuerySet(VersionedQuerySet):
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
        indexes = [
            models.Index(fields=["rank", "first_at"], condition=models.Q(settled_at=None), name="unfinished_waiting")
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{_('Unfinished form')} {self.first_at:%Y-%m-%d %H:%M}"

"""Answers not yet sent, the keys that open them, and what staff see of them when one may mean danger."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import DataKey
from clinic.sealing.fields import OwnKey, SealedJSONField, SealedQuerySet, SealedTextField
from intake.definition.model import Answer, Answers, Definition
from intake.models.submissions import REFERENCE_LENGTH, Submission
from intake.models.versions import QuestionnaireVersion, VersionedQuerySet

TOKEN_BYTES = 32
KEY_TRIES = 5
SEEN_STEP = timedelta(minutes=1)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Draft(models.Model):
    """Answers not yet sent; opened by a DraftKey. All that comes of them is sealed under one data key, of the same id.

    `answers` holds every answer as last typed, by path. `journey` holds what happened on the way (Journey).
    `unsaved` holds pages as they were posted that could not be applied: with errors, with a conflict, or by
    somebody who must first give the date of birth.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="drafts")
    language = models.CharField(max_length=10, default="en")
    lifetime = models.DurationField()  # how long it lives after its last save
    data_key = OwnKey()
    answers = SealedJSONField(label="draft.answers", default=dict)
    journey = SealedJSONField(label="draft.journey", default=dict)
    unsaved = SealedJSONField(label="draft.unsaved", default=dict)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="draft_by_expiry")]

    def __str__(self) -> str:
        return str(self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.data_key, _made = DataKey.objects.get_or_create(pk=self.pk)
        super().save(*args, **kwargs)

    @property
    def definition(self) -> Definition:
        """Return the version this draft began with, in its language."""
        return self.version.definition(self.language)

    @property
    def is_sent(self) -> bool:
        return self.closed_at is not None

    def submission(self) -> Submission | None:
        found: Submission | None = Submission.objects.filter(draft_id=self.pk).first()
        return found

    def birth_date(self) -> Answer | None:
        """Return the date of birth in the draft, or in what was sent from it."""
        item = self.definition.role("birth-date")
        if item is None:
            return None
        submission = self.submission() if self.is_sent else None
        given: Answers = submission.identity if submission else self.answers
        return given.get(item.link_id)

    def close(self, now: datetime) -> None:
        """Let no key find it any more, wherever a copy of one is."""
        self.keys.all().delete()
        self.expires_at = min(self.expires_at, now)
        self.save(update_fields=["expires_at"])


class DraftKey(models.Model):
    """What opens a draft from one browser: it holds a random token, and only the token's hash is kept here.

    `state` repeats, under a seal, which token opens which draft: who can write this table but not read the seal
    opens nothing by changing a row. Wrong dates of birth are counted there, and when somebody was last here.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("own device")
        SHARED = "shared", _("shared device")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # none: as long as the draft
    state = SealedJSONField(label="draft-key.state", default=dict)

    objects = SealedQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of a draft")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def make(cls, draft: Draft, kind: str, now: datetime) -> tuple["DraftKey", str]:
        """Save a new key; return it with the token, which is kept nowhere here."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        key = cls(draft=draft, kind=kind, token_hash=hash_token(token))
        key.state = key.binding | {"tries": 0, "seen_at": now.isoformat()}
        key.save(force_insert=True)
        return key, token

    @property
    def binding(self) -> dict[str, str]:
        return {"draft": str(self.draft_id), "token_hash": self.token_hash, "kind": self.kind}

    @property
    def is_whole(self) -> bool:
        """Say whether the row is as it was made."""
        return all(self.state.get(name) == value for name, value in self.binding.items())

    @property
    def is_own_device(self) -> bool:
        return self.kind == self.Kind.OWN

    @property
    def tries(self) -> int:
        return int(self.state["tries"])

    @property
    def seen_at(self) -> datetime:
        return datetime.fromisoformat(self.state["seen_at"])

    def was_away(self, now: datetime) -> bool:
        """Say whether nobody was here for so long that it must be shown who comes."""
        return now - self.seen_at > timedelta(minutes=settings.DRAFT_IDLE_MINUTES)

    def mark_seen(self, now: datetime) -> None:
        """Note that somebody is here; at most once a minute, so that reading stays cheap."""
        if now - self.seen_at >= SEEN_STEP:
            self.keep(seen_at=now.isoformat())

    def keep(self, **state: Any) -> None:
        self.state = {**self.state, **state}
        self.save(update_fields=["state"])

    @transaction.atomic
    def try_birth_date(self, given: str, now: datetime) -> bool:
        """Open the draft again when the date is right; after five wrong ones the key opens nothing."""
        locked = DraftKey.objects.select_for_update().get(pk=self.pk)
        is_right = locked.tries < KEY_TRIES and given == self.draft.birth_date()
        if is_right:
            locked.keep(tries=0, seen_at=now.isoformat())
        elif locked.tries < KEY_TRIES:
            locked.keep(tries=locked.tries + 1)
        self.state = locked.state
        return is_right


class UnfinishedFormQuerySet(VersionedQuerySet):
    def waiting(self) -> Self:
        """Those that neither a submission nor a clinician has settled yet."""
        return self.filter(settled_at=None).order_by("rank", "first_at")


class UnfinishedForm(models.Model):
    """A crisis answer in a form that is not sent yet: rules, time, name and telephone, nothing else.

    `rules` only grows; `holds` are those that the form as saved makes true, and those that a page still waiting may.
    A submission settles it (`reference`), or a clinician with a reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    draft = models.OneToOneField(Draft, models.SET_NULL, null=True, related_name="unfinished_form")
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    rules = models.JSONField(default=list)
    holds = models.JSONField(default=list)
    rank = models.PositiveSmallIntegerField()
    data_key = OwnKey()
    contact = SealedJSONField(label="unfinished.contact", default=dict, null=True)  # none: it was deleted
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
            models.Index(fields=["rank", "first_at"], condition=models.Q(settled_at=None), name="unfinished_waiting"),
            models.Index(fields=["reference"], name="unfinished_by_reference"),
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{_('Unfinished form')} {self.first_at:%Y-%m-%d %H:%M}"

    @property
    def subject(self) -> str:
        """Name it in the audit trail."""
        return f"unfinished:{self.pk}"

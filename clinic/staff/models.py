"""Staff accounts, where they are signed in, and what they typed that waits for them."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.sealing.fields import SealedJSONField, SealedQuerySet


class User(AbstractUser):
    """A member of staff. Patients have no account."""

    is_told_by_mail = models.BooleanField(
        _("is told by mail when a form needs somebody"),
        default=False,
        help_text=_("A mail without any name or health detail. Needs an email, and a group that may read answers."),
    )
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)  # how often: it ends sessions

    def get_session_auth_hash(self) -> str:
        """Tie sessions to the password and to the last time this person signed out everywhere."""
        return salted_hmac("clinic.sessions", f"{super().get_session_auth_hash()}{self.sessions_ended}").hexdigest()

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.get_username()


class KnownAddress(models.Model):
    """An address that somebody signed in from: wrong tries elsewhere do not shut it out. Its hash, not itself."""

    address_hash = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d}"


class Device(models.Model):
    """A browser that somebody signed in with, known by the hash of a random cookie of its own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64)
    words = models.CharField(max_length=40)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    session_key = models.CharField(max_length=40, blank=True)  # as the table of sessions has it; empty: signed out

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["token_hash", "user"], name="one_device")]

    def __str__(self) -> str:
        return self.words


class KeptForm(models.Model):
    """A form that arrived when its session had ended: sealed, for its writer alone, for an hour."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    typed: Any = SealedJSONField(label="staff.kept-form")  # the address and the values by name
    kept_at = models.DateTimeField(default=timezone.now)

    objects = SealedQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kept_at:%Y-%m-%d %H:%M}"

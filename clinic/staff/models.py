"""Staff accounts."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


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

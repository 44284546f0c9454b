"""Staff accounts."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A member of staff. Patients have no account."""


class KnownAddress(models.Model):
    """An address that somebody signed in from: wrong tries elsewhere do not shut it out. Its hash, not itself."""

    address_hash = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d}"

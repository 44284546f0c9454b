"""Data keys: what belongs to one form is sealed under a key of that form. Deleting the key takes every copy of it away,
those in backups too: the keys are in no dated backup (clinic/backup/keys.py).
"""

import os
from collections.abc import Iterator
from functools import cached_property
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from clinic.sealing.cipher import CannotOpen
from clinic.sealing.fields import SealedBytesField, SealedQuerySet, has_own_key

KEY_BYTES = 32


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


class DataKey(models.Model):
    """A random key, itself sealed under ANSWER_KEYS and bound to its id: added once, sealed anew, deleted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    wrapped = SealedBytesField(label="data-key", default=new_key)

    objects = SealedQuerySet.as_manager()

    class Meta:
        verbose_name = _("data key")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.wrapped)


def has_its_key(using: str | None = None) -> Exists:
    """Keep the rows whose data key is there."""
    return Exists(DataKey.objects.using(using).filter(pk=OuterRef("data_key_id")))


def lost_keys(using: str | None = None) -> Iterator[str]:
    """Say of each table how many rows name a key that is not there. A deletion takes the rows with their key."""
    for model in apps.get_models():
        if has_own_key(model):
            rows: models.QuerySet[models.Model] = models.QuerySet(model, using=using).exclude(data_key=None)
            if lost := rows.exclude(has_its_key(using)).count():
                yield f"{model._meta.label}: the key of {lost} rows is lost"


def changed_keys() -> Iterator[str]:
    """Name each key that no longer opens: it was changed, or moved from another row."""
    for key in DataKey.objects.iterator(chunk_size=2000):
        try:
            _cipher = key.cipher
        except (CannotOpen, ValueError):
            yield f"key:{key.pk}: it does not open"

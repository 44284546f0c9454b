"""What the rows of intake share."""

from django.db import models

from clinic.audit.models import AppendOnlyQuerySet
from clinic.sealing.fields import SealedQuerySet


class WrittenOnceQuerySet(SealedQuerySet, AppendOnlyQuerySet):  # type: ignore[override]
    """Rows with sealed fields that nothing updates or deletes."""


def one_of(field: str, choices: type[models.Choices], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)

"""The number that tells every process whether its copies of the public pages still hold."""

from django.db import models


class PublicVersion(models.Model):
    """One row, raised by the database in the same transaction as any change of what the public reads."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_public_version")]

    def __str__(self) -> str:
        return str(self.number)

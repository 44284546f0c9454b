"""Rows that are written once, and the audit trail made of them."""

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=models.Model, covariant=True)


class AppendOnly(models.Model):
    """A row that is written once: `save()` adds it, nothing changes or deletes it.

    The database refuses too (see `append_only`).
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.verbose_name} is append-only.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self._meta.verbose_name} is append-only.")


class AppendOnlyQuerySet(models.QuerySet[Row]):
    """Rows that nothing updates or deletes."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError(f"{self.model._meta.verbose_name} is append-only.")

    def delete(self) -> Any:
        raise TypeError(f"{self.model._meta.verbose_name} is append-only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise TypeError(f"{self.model._meta.verbose_name} is append-only.")

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Row]:
        if kwargs.get("update_conflicts") or (len(args) > 2 and args[2]):
            raise TypeError(f"{self.model._meta.verbose_name} is append-only.")
        return super().bulk_create(objs, *args, **kwargs)


class AuditEntry(AppendOnly):
    """Who did what to which subject, when and from where. Written by `record`.

    `detail` says what changed, and never what is about a patient. `binds` is a digest of the row that
    the deed wrote, so that a row changed behind the application's back is found. `key_id` names the key
    of the MAC.
    """

    position = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(_("time"))
    actor = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=45, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    binds = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=8)
    mac = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-position"]
        indexes = [models.Index(fields=["subject", "position"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.position} {self.action}"


class AuditHead(models.Model):
    """How many entries there are and the last one's MAC, under a MAC of its own: a cut tail shows."""

    count = models.PositiveBigIntegerField(default=0)
    last_mac = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=8, blank=True)
    mac = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_audit_head")]

    def __str__(self) -> str:
        return f"{self.count}"

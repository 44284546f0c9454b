"""What staff add to a submission: notes, and who has it. Rows that are only ever added."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow
from clinic.audit.models import AppendOnlyQuerySet
from intake.models.submissions import Submission, WithSealedPart


class StaffRow(WithSealedPart):
    """A row that a member of staff added to a submission."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()


class Note(StaffRow):
    """What a member of staff wrote down beside a submission."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="notes")

    class Meta(StaffRow.Meta):
        verbose_name = _("note")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def text(self) -> str:
        return str(self.sealed.get("text", ""))


class Assignment(BoundRow):
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

"""Who has read which part of a submission."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow
from clinic.audit.models import AppendOnlyQuerySet
from intake.models.submissions import Submission


class SectionRead(BoundRow):
    """One colleague has read one part of the answers; written once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="sections_read")
    section = models.CharField(max_length=80)  # linkId
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("part that was read")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["submission", "section", "by"], name="one_reading_each")]

    def __str__(self) -> str:
        return self.section

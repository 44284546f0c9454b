"""What every content row has in common."""

from calendar import monthrange
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def months_after(day: date, months: int) -> date:
    """Give the same day `months` later, or the last day of a month that is too short."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class ContentRow(models.Model):
    """A row that came from a content file and may have been edited here since.

    `source_hash` is the SHA-256 of the file it was last loaded from, empty for a row made here.
    """

    is_shown_in_public = True

    language = models.CharField(_("language"), max_length=10, default="en")
    source_hash = models.CharField(max_length=64, blank=True, editable=False)
    edited_at = models.DateTimeField(_("edited here at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_edited(self) -> bool:
        return self.edited_at is not None

    def mark_edited(self) -> None:
        """Remember that staff changed this row, so that loading files leaves it alone."""
        self.edited_at = timezone.now()
        self.save(update_fields=["edited_at"])

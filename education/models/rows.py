"""What every content row has in common."""

from calendar import monthrange
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from education.models.citations import Citation, who_rests_on


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a month that is too short."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


Row = TypeVar("Row", bound="ContentRow")


class ContentQuerySet(models.QuerySet[Row]):
    """Rows of content; deleting them all at once spares what others rest on, as deleting one does."""

    def in_language(self, language: str) -> Self:
        return self.filter(language=language).order_by(*self.model.order)

    def published(self, language: str) -> Self:
        return self.in_language(language).filter(is_published=True)

    def delete(self) -> tuple[int, dict[str, int]]:
        for row in self:
            row.refuse_if_needed()
        for row in self:
            Citation.objects.filter(language=row.language, owner=row.content_key).delete()
        return super().delete()


class ContentRow(models.Model):
    """A row that came from a content file and may have been edited here since.

    `source_hash` is the SHA-256 of the file it was last loaded from, empty for a row made here.
    """

    is_shown_in_public = True
    folder: ClassVar[str]
    identity: ClassVar[str]
    order: ClassVar[tuple[str, ...]]

    language = models.CharField(_("language"), max_length=10, default="en")
    source_hash = models.CharField(max_length=64, blank=True, editable=False)
    is_published = models.BooleanField(_("published"), default=True, db_default=True)
    edited_at = models.DateTimeField(_("edited here at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name, without its suffix, of the file that it comes from or would be written to."""
        return str(getattr(self, self.identity)).lower()

    @property
    def content_key(self) -> str:
        """What other texts name it by: `claims/iv-05`."""
        return f"{self.folder}/{self.name}"

    @property
    def is_edited(self) -> bool:
        return self.edited_at is not None

    def mark_edited(self) -> None:
        """Remember that staff changed this row, so that loading files leaves it alone."""
        self.edited_at = timezone.now()
        self.save(update_fields=["edited_at"])

    def forget_edit(self) -> None:
        """Say that it is again as its file has it."""
        if self.is_edited:
            self.edited_at = None
            self.save(update_fields=["edited_at"])

    def rests(self) -> list[str]:
        """Return who rests on it: rules, pages, claims, figures and other texts, by name."""
        return who_rests_on(self.language, self.content_key)

    def refuse_if_needed(self) -> None:
        if rests := self.rests():
            raise models.ProtectedError(f"{self.content_key} is needed by: {', '.join(rests)}", {self})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete it, unless something rests on it."""
        self.refuse_if_needed()
        Citation.objects.filter(language=self.language, owner=self.content_key).delete()
        return super().delete(*args, **kwargs)

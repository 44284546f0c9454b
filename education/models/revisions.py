"""What a text said and when: each change is a whole document, with who made it, who approved it and why."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a revision stands on its way to the public."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


OPEN = (State.DRAFT, State.WAITING, State.APPROVED)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, language: str, content_key: str) -> Self:
        return self.filter(language=language, content_key=content_key).order_by("-pk")

    def open(self) -> Self:
        """Return what is not public yet; of one text there is at most one."""
        return self.filter(state__in=OPEN)

    def approved(self) -> Self:
        return self.exclude(approved_at=None)


class Revision(models.Model):
    """One whole document as it was at one time. Its text never changes; where it stands does."""

    language = models.CharField(max_length=10)
    content_key = models.CharField(max_length=120)
    text = models.TextField()  # empty: readers are to see it no more
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # Without an author it came from a content file.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # What a reader saw when it was approved: the document and every piece of it, by name.
    shown = models.JSONField(default=dict)
    publish_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    # Why it was published although nobody had approved it.
    unapproved_reason = models.CharField(max_length=300, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["language", "content_key", "-id"], name="education_revision_of")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="education_revision_state"),
            models.UniqueConstraint(
                fields=["language", "content_key"],
                condition=models.Q(state__in=OPEN),
                name="education_one_open_revision",
            ),
            models.UniqueConstraint(
                fields=["language", "content_key"],
                condition=models.Q(state=State.PUBLISHED),
                name="education_one_published_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_key} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_removal(self) -> bool:
        return not self.text

    @property
    def author_name(self) -> str:
        return self.author.display_name if self.author else str(_("content file"))

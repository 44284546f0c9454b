"""Pages and their sections."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from education.models.rows import ContentRow, months_after

HELP_SLUG = "get-help-now"


class PageQuerySet(models.QuerySet["Page"]):
    def in_language(self, language: str) -> Self:
        return self.filter(language=language).order_by("number")

    def published(self, language: str) -> Self:
        return self.in_language(language).filter(is_published=True)

    def overdue(self, today: date) -> list["Page"]:
        """List the pages whose review is late or was never done."""
        return [page for page in self if page.is_overdue(today)]


class Page(ContentRow):
    """One of the twelve pages for patients, reviewed as a whole."""

    slug = models.SlugField(_("slug"), max_length=60, help_text=_("Part of the address. Never changes."))
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Place in the list of pages."))
    title = models.CharField(_("title"), max_length=120)
    question = models.CharField(_("question"), max_length=160, help_text=_("The question a patient has in mind."))
    description = models.CharField(
        _("description"), max_length=160, help_text=_("For search engines: 50 to 160 characters.")
    )
    answer = models.TextField(_("answer"), help_text=_("One sentence, shown first."))
    key_points = models.JSONField(_("key points"), default=list)
    references = models.JSONField(
        _("references"), default=list, blank=True, help_text=_("Beyond those of the claims on the page.")
    )
    review_months = models.PositiveSmallIntegerField(_("review every (months)"), default=12)
    reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True)
    is_published = models.BooleanField(_("published"), default=True, db_default=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True, db_default=Now())

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["number"]
        permissions = [("sign_off_page", "Can sign off a page as reviewed")]
        constraints = [
            models.UniqueConstraint(fields=["language", "slug"], name="education_page_slug"),
            models.CheckConstraint(
                condition=models.Q(review_months__gte=1, review_months__lte=24), name="education_page_review_months"
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_on=None, reviewed_by="")
                | (models.Q(reviewed_on__isnull=False) & ~models.Q(reviewed_by="")),
                name="education_page_reviewed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        if self.slug == HELP_SLUG:
            return reverse("education:get-help-now")
        return reverse("education:page", args=[self.slug])

    @property
    def next_review_on(self) -> date | None:
        """Give the day the next review is due, or None when nobody has reviewed it yet."""
        return months_after(self.reviewed_on, self.review_months) if self.reviewed_on else None

    def is_overdue(self, today: date) -> bool:
        """Say whether a review is due; a page that was never reviewed is."""
        return self.next_review_on is None or self.next_review_on < today

    def sign_off(self, by: str, on: date) -> None:
        """Record that a clinician has reviewed the whole page as it stands."""
        self.reviewed_by, self.reviewed_on, self.edited_at = by, on, timezone.now()
        self.save(update_fields=["reviewed_by", "reviewed_on", "edited_at", "changed_at"])


class Section(models.Model):
    """A part of a page under its own heading, with an anchor that never changes."""

    is_shown_in_public = True

    page = models.ForeignKey(Page, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    anchor = models.SlugField(_("anchor"), max_length=60, help_text=_("Linked from rules and letters. Never changes."))
    heading = models.CharField(_("heading"), max_length=160)
    body = models.TextField(_("text"), help_text=_("Markdown. Headings inside a section start at ###."))

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["page", "position"]
        constraints = [models.UniqueConstraint(fields=["page", "anchor"], name="education_section_anchor")]

    def __str__(self) -> str:
        return self.heading

    def get_absolute_url(self) -> str:
        return f"{self.page.get_absolute_url()}#{self.anchor}"

"""Pages and their sections."""

from datetime import date, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from clinic.web.links import HELP, learn_url
from education.documents.sections import SectionText, sections_of
from education.models.rows import ContentQuerySet, ContentRow, months_after

HELP_SLUG = HELP
DAYS_FOR_STAFF = timedelta(days=60)


class Section(Struct, frozen=True):
    """A part of a page under its own heading, with an anchor that never changes; named by `slug#anchor`."""

    page: "Page"
    heading: str
    anchor: str
    body: str

    @property
    def link(self) -> str:
        return f"{self.page.slug}#{self.anchor}"

    @property
    def content_key(self) -> str:
        return f"pages/{self.link}"

    def get_absolute_url(self) -> str:
        return learn_url(self.link)


class Page(ContentRow):
    """One page for patients, reviewed as a whole; its body is its sections."""

    folder, identity, order = "pages", "slug", ("number",)

    slug = models.SlugField(_("slug"), max_length=60, help_text=_("Part of the address. Never changes."))
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Place in the list of pages."))
    title = models.CharField(_("title"), max_length=120, help_text=_("The patient's question, the page's only name."))
    description = models.CharField(
        _("description"), max_length=160, help_text=_("For search engines: 50 to 160 characters.")
    )
    answer = models.TextField(_("answer"), help_text=_("One to three sentences, shown first."))
    key_points = models.JSONField(_("key points"), default=list)
    references = models.JSONField(
        _("references"), default=list, blank=True, help_text=_("Beyond those of the claims on the page.")
    )
    body = models.TextField(_("text"))
    review_months = models.PositiveSmallIntegerField(_("review every (months)"), default=12)
    reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True)
    reviewed_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True, db_default=Now())

    objects = ContentQuerySet["Page"].as_manager()

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
        return learn_url(self.slug)

    @property
    def sections(self) -> list[Section]:
        """Its sections in order, read from its body."""
        return [self.section(text) for text in sections_of(self.body)]

    def section(self, text: SectionText) -> Section:
        return Section(self, text.heading, text.anchor, text.body)

    @property
    def next_review_on(self) -> date | None:
        """The day the next review is due, or None when nobody has reviewed it yet."""
        return months_after(self.reviewed_on, self.review_months) if self.reviewed_on else None

    def is_overdue(self, today: date) -> bool:
        """Say whether a review is due; a page that was never reviewed is."""
        return self.next_review_on is None or self.next_review_on < today

    def is_long_overdue(self, today: date) -> bool:
        """Say whether readers are told; staff, who can still review it, know since DAYS_FOR_STAFF."""
        return self.next_review_on is not None and self.next_review_on + DAYS_FOR_STAFF < today

"""Questions with short answers, and words with plain meanings."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from education.models.rows import ContentRow


class FaqEntryQuerySet(models.QuerySet["FaqEntry"]):
    def in_language(self, language: str) -> Self:
        return self.filter(language=language).order_by("position")


class FaqEntry(ContentRow):
    """One question patients ask, with a short answer and where to read more."""

    faq_id = models.CharField(_("id"), max_length=12, help_text=_("For example FAQ-01. Never changes."))
    group = models.CharField(_("group"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    question = models.CharField(_("question"), max_length=200)
    references = models.JSONField(_("references"), default=list, blank=True)
    claims = models.JSONField(_("claims"), default=list, blank=True)
    section = models.CharField(_("section"), max_length=130, help_text=_("Where to read more: page-slug#anchor."))
    body = models.TextField(_("answer"))

    objects = FaqEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("FAQ entry")
        verbose_name_plural = _("FAQ entries")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["language", "faq_id"], name="education_faq_id")]

    def __str__(self) -> str:
        return self.question

    @property
    def anchor(self) -> str:
        return self.faq_id.lower()

    def get_absolute_url(self) -> str:
        return reverse("education:faq") + f"?open={self.anchor}#{self.anchor}"


class GlossaryTermQuerySet(models.QuerySet["GlossaryTerm"]):
    def in_language(self, language: str) -> Self:
        return self.filter(language=language).order_by("slug")


class GlossaryTerm(ContentRow):
    """A word in plain meaning, with the Spanish word for it."""

    slug = models.SlugField(_("slug"), max_length=80)
    term = models.CharField(_("term"), max_length=120)
    abbreviation = models.CharField(_("abbreviation"), max_length=30, blank=True)
    spanish = models.CharField(_("Spanish term"), max_length=160, blank=True)
    body = models.TextField(_("meaning"))

    objects = GlossaryTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="education_glossary_slug")]

    def __str__(self) -> str:
        return self.term

    def get_absolute_url(self) -> str:
        return reverse("education:glossary") + f"#{self.slug}"

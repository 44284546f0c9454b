"""Questions with short answers, words with plain meanings, and figures."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from education.models.rows import ContentQuerySet, ContentRow


class FaqEntry(ContentRow):
    """One question patients ask, with a short answer and where to read more."""

    folder, identity, order = "faq", "faq_id", ("position",)

    faq_id = models.CharField(_("id"), max_length=12, help_text=_("For example FAQ-01. Never changes."))
    group = models.CharField(_("group"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    question = models.CharField(_("question"), max_length=200)
    references = models.JSONField(_("references"), default=list, blank=True)
    claims = models.JSONField(_("claims"), default=list, blank=True)
    section = models.CharField(_("section"), max_length=130, help_text=_("Where to read more: page-slug#anchor."))
    body = models.TextField(_("answer"))

    objects = ContentQuerySet["FaqEntry"].as_manager()

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


class GlossaryTerm(ContentRow):
    """A word in plain meaning, with the Spanish word for it."""

    folder, identity, order = "glossary", "slug", ("slug",)

    slug = models.SlugField(_("slug"), max_length=80)
    term = models.CharField(_("term"), max_length=120)
    abbreviation = models.CharField(_("abbreviation"), max_length=30, blank=True)
    spanish = models.CharField(_("Spanish term"), max_length=160, blank=True)
    body = models.TextField(_("meaning"))

    objects = ContentQuerySet["GlossaryTerm"].as_manager()

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="education_glossary_slug")]

    def __str__(self) -> str:
        return self.term

    def get_absolute_url(self) -> str:
        return reverse("education:glossary") + f"#{self.slug}"


class FigureFacts(ContentRow):
    """The facts and words of one figure, as its file has them."""

    folder, identity, order = "figures", "slug", ("slug",)

    slug = models.SlugField(_("name"), max_length=60, help_text=_("Used in the text as {figure name}. Never changes."))
    body = models.TextField(_("facts and words"), help_text=_("YAML, as docs/content.md describes it."))

    objects = ContentQuerySet["FigureFacts"].as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="education_figure_slug")]

    def __str__(self) -> str:
        return self.slug


class SearchWords(ContentRow):
    """The words of one language that search knows beyond those of the pages, as their file has them."""

    folder, identity, order = "search", "slug", ("slug",)

    slug = models.SlugField(_("name"), max_length=60)
    body = models.TextField(_("words"), help_text=_("YAML, as docs/content.md describes it."))

    objects = ContentQuerySet["SearchWords"].as_manager()

    class Meta:
        verbose_name = _("search words")
        verbose_name_plural = _("search words")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="education_search_words_slug")]

    def __str__(self) -> str:
        return self.slug


class SearchMiss(models.Model):
    """A search that found nothing, without who made it.

    Until it came on DAYS_UNTIL_KEPT different days only a keyed hash stands here: one person's words stay
    unknown, and what many look for shows.
    """

    query_hash = models.CharField(max_length=64, primary_key=True)
    words = models.CharField(_("looked for"), max_length=80, blank=True)
    days = models.PositiveSmallIntegerField(_("on days"), default=1)
    last_on = models.DateField(_("last on"))

    class Meta:
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        ordering = ["-days", "-last_on"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.words

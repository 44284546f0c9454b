"""Whether pages help: counts a page and a day, and nothing of who said so."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HelpfulCount(models.Model):
    """How many readers of a page said on one day that it helped, or did not."""

    language = models.CharField(_("language"), max_length=10)
    slug = models.SlugField(_("page"), max_length=60)
    day = models.DateField(_("day"))
    yes = models.PositiveIntegerField(_("yes"), default=0)
    no = models.PositiveIntegerField(_("no"), default=0)

    class Meta:
        verbose_name = _("helpful count")
        verbose_name_plural = _("was this page helpful?")
        ordering = ["-day", "slug"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["language", "slug", "day"], name="education_helpful_day")]

    def __str__(self) -> str:
        return f"{self.slug} {self.day}"

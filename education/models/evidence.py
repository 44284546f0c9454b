"""Claims and the references behind them."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from education.models.rows import ContentRow


class Grade(models.TextChoices):
    """How strong the evidence behind a claim is; never shown by colour alone."""

    GUIDELINE = "guideline", _("Guideline")
    TRIAL = "trial", _("Trial")
    OBSERVATIONAL = "observational", _("Observational")
    PHARMACOLOGY = "pharmacology", _("Pharmacology")
    CLINIC_OPINION = "clinic-opinion", _("Clinic opinion")
    DISPUTED = "disputed", _("Disputed")


class Verdict(models.TextChoices):
    """How our pages may use a claim that clinics make."""

    KEEP = "keep", _("Supported")
    SOFTEN = "soften", _("Supported, with limits")
    CORRECT = "correct", _("Corrected")
    DROP = "drop", _("Not supported")


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def in_language(self, language: str) -> Self:
        return self.filter(language=language).order_by("key")


class Reference(ContentRow):
    """A published source, with what was checked in it."""

    class Verified(models.TextChoices):
        YES = "yes", _("Checked")
        PART = "part", _("Partly checked")
        NO = "no", _("Not yet checked")

    key = models.CharField(_("key"), max_length=40, help_text=_("Used in the text as [words](ref:KEY). Never changes."))
    authors = models.CharField(_("authors or owner"), max_length=300)
    title = models.CharField(_("title"), max_length=400)
    source = models.CharField(_("journal or publisher, year"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=400, blank=True)
    doi = models.CharField(_("DOI"), max_length=100, blank=True)
    kind = models.CharField(_("kind of source"), max_length=80)
    verified = models.CharField(_("checked"), max_length=4, choices=Verified)
    about = models.TextField(_("what this source is"), blank=True)
    body = models.TextField(_("what was checked"), blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="education_reference_key"),
            models.CheckConstraint(
                condition=models.Q(verified__in=["yes", "part", "no"]), name="education_reference_verified"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def anchor(self) -> str:
        return f"ref-{self.key.lower()}"

    def get_absolute_url(self) -> str:
        return reverse("education:page", args=["references"]) + f"#{self.anchor}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def in_language(self, language: str) -> Self:
        return self.filter(language=language).order_by("position", "claim_id")


class Claim(ContentRow):
    """One statement that clinics make or pages need, with its grade and its sources."""

    claim_id = models.CharField(_("id"), max_length=12, help_text=_("For example IV-01. Never changes."))
    position = models.PositiveSmallIntegerField(_("position"))
    grade = models.CharField(_("evidence grade"), max_length=20, choices=Grade)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    seed = models.TextField(_("what some clinics say"), blank=True)
    statement = models.TextField(_("what our pages say"))
    references = models.JSONField(_("references"), default=list, blank=True)
    body = models.TextField(_("what the evidence says"), blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["position", "claim_id"]
        constraints = [
            models.UniqueConstraint(fields=["language", "claim_id"], name="education_claim_id"),
            models.CheckConstraint(condition=models.Q(grade__in=Grade.values), name="education_claim_grade"),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="education_claim_verdict"),
        ]

    def __str__(self) -> str:
        return self.claim_id

    @property
    def anchor(self) -> str:
        return f"claim-{self.claim_id.lower()}"

    @property
    def is_dropped(self) -> bool:
        """Say whether it may be shown only as what some clinics say."""
        return self.verdict == Verdict.DROP

    def get_absolute_url(self) -> str:
        return reverse("education:evidence") + f"#{self.anchor}"

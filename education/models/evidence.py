"""Claims and the references behind them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.web.links import claim_anchor, claim_url, reference_anchor, reference_url
from education.models.rows import ContentQuerySet, ContentRow


class Grade(models.TextChoices):
    """What stands behind a sentence of ours; never shown by colour alone."""

    GUIDELINE = "guideline", _("Guideline or label")
    TRIAL = "trial", _("Trials")
    OBSERVATIONAL = "observational", _("Follow-up studies")
    PHARMACOLOGY = "pharmacology", _("How the drug acts")
    CLINIC_OPINION = "clinic-opinion", _("Clinic opinion")
    MIXED = "mixed", _("Studies disagree")
    NOT_SHOWN = "not-shown", _("No proof found")
    NONE = "none", _("No mark")


class QuotedGrade(models.TextChoices):
    """What stands behind a sentence that clinics say."""

    GUIDELINE = "guideline", _("Guideline or label")
    TRIAL = "trial", _("Trials")
    OBSERVATIONAL = "observational", _("Follow-up studies")
    PHARMACOLOGY = "pharmacology", _("How the drug acts")
    CLINIC_OPINION = "clinic-opinion", _("Clinic opinion")
    DISPUTED = "disputed", _("Evidence speaks against it")


class Verdict(models.TextChoices):
    """What became of a sentence that clinics say."""

    KEEP = "keep", _("Supported")
    SOFTEN = "soften", _("Supported, with limits")
    CORRECT = "correct", _("Corrected")
    DROP = "drop", _("Not supported")


class SourceKind(models.TextChoices):
    """What kind of source a reference is."""

    LABEL = "label", _("drug label")
    REGULATOR = "regulator", _("regulator")
    OFFICIAL = "official", _("official page")
    PATIENT_INFORMATION = "patient-information", _("patient information")
    GUIDELINE = "guideline", _("guideline")
    TRIAL = "trial", _("trial")
    META_ANALYSIS = "meta-analysis", _("many trials taken together")
    OBSERVATIONAL = "observational", _("follow-up study")
    INTERVIEWS = "interviews", _("interviews")
    DRUG_LEVEL = "drug-level", _("study of drug levels")
    REVIEW = "review", _("review")
    SECONDARY = "secondary", _("second-hand source")
    INSTRUMENT = "instrument", _("source of our form")
    CLINIC_OPINION = "clinic-opinion", _("clinic opinion")
    POLICY = "policy", _("this clinic's own rule")


class Reference(ContentRow):
    """A published source, with what was checked in it."""

    class Verified(models.TextChoices):
        YES = "yes", _("Checked")
        PART = "part", _("Partly checked")
        NO = "no", _("Not yet checked")

    folder, identity, order = "references", "key", ("key",)

    key = models.CharField(_("key"), max_length=40, help_text=_("Used in the text as [words](ref:KEY). Never changes."))
    authors = models.CharField(_("authors or owner"), max_length=300)
    title = models.CharField(_("title"), max_length=400)
    source = models.CharField(_("journal or publisher, year"), max_length=300, blank=True)
    url = models.URLField(
        _("address"), max_length=400, blank=True, help_text=_("The owner's own, never that of a copy.")
    )
    doi = models.CharField(_("DOI"), max_length=100, blank=True)
    kind = models.CharField(_("kind of source"), max_length=20, choices=SourceKind)
    detail = models.CharField(_("more on its kind"), max_length=120, blank=True)
    interest = models.CharField(
        _("what it sells or gives"), max_length=200, blank=True, help_text=_("Listed under conflicts of interest.")
    )
    verified = models.CharField(_("checked"), max_length=4, choices=Verified)
    about = models.TextField(_("what this source is"), blank=True)
    body = models.TextField(_("what was checked"), blank=True)

    objects = ContentQuerySet["Reference"].as_manager()

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="education_reference_key"),
            models.CheckConstraint(
                condition=models.Q(verified__in=["yes", "part", "no"]), name="education_reference_verified"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=SourceKind.values), name="education_reference_kind"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def anchor(self) -> str:
        return reference_anchor(self.key)

    def get_absolute_url(self) -> str:
        return reference_url(self.key)


class Claim(ContentRow):
    """One sentence of fact that our pages say, what stands behind it, and what clinics say instead."""

    folder, identity, order = "claims", "claim_id", ("position", "claim_id")

    claim_id = models.CharField(_("id"), max_length=12, help_text=_("For example IV-01. Never changes."))
    position = models.PositiveSmallIntegerField(_("position"))
    statement = models.TextField(_("what our pages say"))
    statement_grade = models.CharField(_("what stands behind our sentence"), max_length=20, choices=Grade)
    references = models.JSONField(_("references"), default=list, blank=True)
    verdict = models.CharField(_("verdict on what clinics say"), max_length=10, choices=Verdict)
    quoted_grade = models.CharField(_("what stands behind the clinics' sentence"), max_length=20, choices=QuotedGrade)
    seed = models.TextField(_("what some clinics say"), blank=True)
    body = models.TextField(_("what the evidence says"), blank=True)

    objects = ContentQuerySet["Claim"].as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["position", "claim_id"]
        constraints = [
            models.UniqueConstraint(fields=["language", "claim_id"], name="education_claim_id"),
            models.CheckConstraint(condition=models.Q(statement_grade__in=Grade.values), name="education_claim_grade"),
            models.CheckConstraint(
                condition=models.Q(quoted_grade__in=QuotedGrade.values), name="education_claim_quoted_grade"
            ),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="education_claim_verdict"),
        ]

    def __str__(self) -> str:
        return self.claim_id

    @property
    def anchor(self) -> str:
        return claim_anchor(self.claim_id)

    @property
    def is_marked(self) -> bool:
        return self.statement_grade != Grade.NONE

    def get_absolute_url(self) -> str:
        return claim_url(self.claim_id)

"""Published questionnaires."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.models import AppendOnly, AppendOnlyQuerySet
from clinic.sealing.fields import SealedQuerySet
from intake.definition.model import Definition
from intake.definition.parse_fhir import parse_definition


class VersionedQuerySet(SealedQuerySet):
    """Rows that belong to a questionnaire version."""

    def with_version(self) -> Self:
        """Bring the version along, but not its documents: they are large, and parsed once per process."""
        documents = ("version__questionnaire", "version__rules", "version__notices")
        return self.select_related("version").defer(*documents)


class QuestionnaireVersionQuerySet(AppendOnlyQuerySet["QuestionnaireVersion"]):
    def latest_published(self, slug: str) -> "QuestionnaireVersion | None":
        return self.filter(slug=slug).order_by("-version").first()


class QuestionnaireVersion(AppendOnly):
    """A published questionnaire with its rules and notices: never changed, only followed by the next."""

    slug = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    questionnaire = models.JSONField()
    rules = models.JSONField()
    notices = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now)

    objects = QuestionnaireVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="one_row_per_version")]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    def definition(self, language: str = "en") -> Definition:
        """Return the parsed definition; parsed once per process, for a version cannot change."""
        key = (self.content_hash, language)
        if key not in PARSED:
            PARSED[key] = parse_definition(self.questionnaire, self.rules, self.notices, language)
        return PARSED[key]


PARSED: dict[tuple[str, str], Definition] = {}

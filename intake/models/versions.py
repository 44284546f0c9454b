"""Published questionnaires."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow, RowsChanged, check_rows
from clinic.audit.models import AppendOnlyQuerySet
from clinic.sealing.fields import SealedQuerySet
from intake.definition.documents import NAMES, Documents
from intake.definition.model import Definition
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError


class VersionedQuerySet(SealedQuerySet):
    """Rows that belong to a questionnaire version."""

    def with_version(self) -> Self:
        """Bring the version along, but not its documents: they are large, and parsed once per process."""
        return self.select_related("version").defer(*(f"version__{name}" for name in NAMES))


class QuestionnaireVersionQuerySet(AppendOnlyQuerySet["QuestionnaireVersion"]):
    def without_documents(self) -> Self:
        return self.defer(*NAMES)

    def kept(self, pk: int) -> "QuestionnaireVersion":
        """Return a version without its documents; read once per process, for a version cannot change."""
        if pk not in KEPT:
            KEPT[pk] = self.without_documents().get(pk=pk)
        return KEPT[pk]

    def latest_published(self, slug: str) -> "QuestionnaireVersion | None":
        return self.without_documents().filter(slug=slug).order_by("-version").first()


class QuestionnaireVersion(BoundRow):
    """A published questionnaire with its rules and notices: never changed, only followed by the next."""

    unbound = NAMES  # content_hash stands for the documents

    slug = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    questionnaire = models.JSONField()
    rules = models.JSONField()
    notices = models.JSONField()
    staff = models.JSONField(default=dict)
    medicines = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(default=timezone.now)

    objects = QuestionnaireVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="one_row_per_version")]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    @property
    def documents(self) -> Documents:
        if self.get_deferred_fields():
            self.refresh_from_db(fields=NAMES)  # one query for all
        return Documents(*(getattr(self, name) for name in NAMES))

    def definition(self, language: str = "en") -> Definition:
        """Return the parsed definition; parsed once per process, for a version cannot change.

        Raises DefinitionError when the documents are not those that were published.
        """
        key = (self.content_hash, language)
        if key not in PARSED:
            documents = self.documents
            if documents.content_hash != self.content_hash or not self.is_as_published():
                raise DefinitionError(f"{self}: its documents are not those that were published")
            PARSED[key] = parse_definition(documents, language)
        return PARSED[key]

    def is_as_published(self) -> bool:
        """Say whether the audit trail vouches for this row."""
        try:
            check_rows(self.audit_position)
        except RowsChanged:
            return False
        return True


KEPT: dict[int, QuestionnaireVersion] = {}
PARSED: dict[tuple[str, str], Definition] = {}

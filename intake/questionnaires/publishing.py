"""From the questionnaire's files to a published version, which never changes after that."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from intake.definition.model import Definition, DefinitionError
from intake.definition.parse_fhir import content_hash, parse_definition
from intake.definition.strict_json import JsonError, read_json
from intake.models import QuestionnaireVersion

FOLDER = Path(__file__).resolve().parent
Json = dict[str, Any]


class PublishingError(ValueError):
    """Say why a questionnaire cannot be published."""


@dataclass(frozen=True)
class Documents:
    """The three files of one questionnaire, checked."""

    slug: str
    questionnaire: Json
    rules: Json
    notices: Json

    def definition(self, language: str = "en") -> Definition:
        return parse_definition(self.questionnaire, self.rules, self.notices, language)

    @property
    def version(self) -> int:
        return int(self.questionnaire["version"])

    @property
    def content_hash(self) -> str:
        return content_hash(self.questionnaire, self.rules, self.notices)


def slugs() -> list[str]:
    """Name the questionnaires that have files."""
    return sorted(path.name for path in FOLDER.iterdir() if (path / "questionnaire.json").is_file())


def load_files(slug: str, folder: Path = FOLDER) -> Documents:
    """Read and check a questionnaire's files; DefinitionError names the file, the linkId or the rule."""
    documents = Documents(slug, *(_read(folder / slug / f"{n}.json") for n in ("questionnaire", "rules", "notices")))
    definition = documents.definition()
    if definition.slug != slug:
        raise DefinitionError(f"{slug}: the questionnaire's id is {definition.slug}")
    return documents


def publish(documents: Documents) -> tuple[QuestionnaireVersion, bool]:
    """Publish the files' version, or find it published already; True when it is new.

    A version number that was published with another text stops with PublishingError, and so does an old number.
    """
    with transaction.atomic():
        published = QuestionnaireVersion.objects.filter(slug=documents.slug, version=documents.version).first()
        if published is not None:
            if published.content_hash != documents.content_hash:
                raise PublishingError(
                    f"{documents.slug} {documents.version} is published with another text: "
                    "raise the version in questionnaire.json"
                )
            return published, False
        latest = QuestionnaireVersion.objects.latest_published(documents.slug)
        if latest is not None and latest.version > documents.version:
            raise PublishingError(
                f"{documents.slug} {latest.version} is published already: the version in questionnaire.json is older"
            )
        return QuestionnaireVersion.objects.create(
            slug=documents.slug,
            version=documents.version,
            content_hash=documents.content_hash,
            questionnaire=documents.questionnaire,
            rules=documents.rules,
            notices=documents.notices,
        ), True


def find_definition(slug: str, version: int | None = None, language: str = "en") -> Definition | None:
    """Give a published version, the newest unless one is named; the files' when the database has none."""
    try:
        versions = QuestionnaireVersion.objects.filter(slug=slug)
        if version is None:
            published = QuestionnaireVersion.objects.latest_published(slug)
        else:
            published = versions.filter(version=version).first()
        if published is not None:
            return published.definition(language)
        has_any = versions.exists()
    except DatabaseError:  # no table yet, or no database
        has_any = False
    if has_any:
        return None
    documents = load_files(slug)
    return documents.definition(language) if version in (None, documents.version) else None


def _read(path: Path) -> Json:
    try:
        document = read_json(path.read_bytes())
    except OSError as error:
        raise DefinitionError(f"{path.name} cannot be read: {error.strerror}") from error
    except JsonError as error:
        raise DefinitionError(f"{path.name}: {error}") from error
    if not isinstance(document, dict):
        raise DefinitionError(f"{path.name} is not a JSON object")
    return document

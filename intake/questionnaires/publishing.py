"""From the questionnaire's files to a published version, which never changes after that."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction

from clinic.audit.actions import Action
from clinic.audit.binding import record_rows
from education.models import Page, Reference
from education.models.citations import cite_rules
from intake.definition.documents import NAMES, Documents, Json
from intake.definition.model import Definition
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError
from intake.definition.strict_json import JsonError, read_json
from intake.definition.validate import check_documents
from intake.models import QuestionnaireVersion

FOLDER = Path(__file__).resolve().parent
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
DEEPEST = 60
# First words of the addresses of a form's own pages.
RESERVED_SLUGS = {
    "q",
    "go-on",
    "tasks",
    "check",
    "sent",
    "birth-date",
    "adults",
    "leave",
    "clear",
    "start",
    "help",
    "admin",
}


class PublishingError(ValueError):
    """Say why a questionnaire cannot be published."""


def shipped() -> list[Path]:
    """Return the folders of the versions that come with the program, in the order they are published in."""
    folders = [path.parent for path in FOLDER.glob("*/*/questionnaire.json")]
    return sorted(folders, key=lambda folder: (folder.parent.name, int(folder.name)))


def newest(slug: str) -> Path:
    """Return the folder of a questionnaire's newest version."""
    return [folder for folder in shipped() if folder.parent.name == slug][-1]


def load_folder(folder: Path) -> Documents:
    """Read and check the documents of one version; DefinitionError names the file, the linkId or the rule."""
    documents = Documents(*(_read(folder / f"{name}.json", is_needed=name != "medicines") for name in NAMES))
    check_documents(documents)
    return documents


def publish(documents: Documents) -> tuple[QuestionnaireVersion, bool]:
    """Publish the files' version, or find it published already; True when it is new.

    A version number that was published with another text stops with PublishingError, and so does an old number.
    """
    if not SLUG.fullmatch(documents.slug) or len(documents.slug) > LONGEST_SLUG or documents.slug in RESERVED_SLUGS:
        raise PublishingError(f"questionnaire.json: the id {documents.slug!r} cannot be an address")
    with transaction.atomic():
        published = QuestionnaireVersion.objects.filter(slug=documents.slug, version=documents.version).first()
        if published is not None:
            if published.content_hash != documents.content_hash:
                raise PublishingError(
                    f"{documents.slug} {documents.version} is published with another text: "
                    "raise the version in questionnaire.json, or, for a trial, begin with an empty database"
                )
            return published, False
        definition = check_documents(documents)
        latest = QuestionnaireVersion.objects.latest_published(documents.slug)
        if latest is not None and latest.version > documents.version:
            raise PublishingError(
                f"{documents.slug} {latest.version} is published already: the version in questionnaire.json is older"
            )
        version = QuestionnaireVersion(
            slug=documents.slug,
            version=documents.version,
            content_hash=documents.content_hash,
            **{name: getattr(documents, name) for name in NAMES},
        )
        subject = f"questionnaire:{documents.slug}/{documents.version}"
        record_rows(None, Action.QUESTIONNAIRE_PUBLISHED, subject, [version], actor="publishing")
        cite_rules(f"questionnaires/{documents.slug}/{documents.version}", rests_on(definition))
        return version, True


def rests_on(definition: Definition) -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
    """Yield, of each rule and question, the pages that it leads to and the sources that it names."""
    for rule in definition.rules.values():
        yield rule.id, [rule.learn] if rule.learn else [], tuple(rule.sources)
    links = {one.link_id: one.learn for one in definition.pages}
    links |= {one.link_id: one.learn for one in definition.questions.values()}
    for link_id, link in links.items():
        if link:
            yield link_id, [link], ()


def dead_ends(definition: Definition) -> Iterator[str]:
    """Say what a version leads to or names as its source and the content lacks; nothing while there is no content."""
    pages = list(Page.objects.published(settings.LANGUAGE_CODE))
    sections = {page.slug for page in pages} | {section.link for page in pages for section in page.sections}
    keys = set(Reference.objects.values_list("key", flat=True))
    for owner, links, sources in rests_on(definition) if pages else ():
        yield from (f"{owner}: there is no section {link}" for link in links if link not in sections)
        yield from (f"{owner}: there is no source {key}" for key in sources if key not in keys)


def find_definition(slug: str, version: int | None = None, language: str = "en") -> Definition | None:
    """Return a published version, the newest unless one is named; the files' when the database has none."""
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
    for folder in reversed(shipped()):
        if folder.parent.name == slug and version in (None, int(folder.name)):
            return parse_definition(load_folder(folder), language)
    return None


def is_deeper(node: object, levels: int) -> bool:
    """Say whether JSON is nested deeper than so many levels: a condition that only just opens here fails in a page."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return any(levels == 0 or is_deeper(one, levels - 1) for one in inner)


def is_text(text: str) -> bool:
    """Say whether a database keeps some JSON: PostgreSQL takes no NUL, none takes half a character."""
    try:
        return "\\u0000" not in text and bool(text.encode())
    except UnicodeEncodeError:
        return False


def _read(path: Path, *, is_needed: bool) -> Json:
    if not is_needed and not path.exists():
        return {}
    try:
        document = read_json(path.read_bytes())
    except OSError as error:
        raise DefinitionError(f"{path.name} cannot be read: {error.strerror}") from error
    except JsonError as error:
        raise DefinitionError(f"{path.name}: {error}") from error
    if not isinstance(document, dict):
        raise DefinitionError(f"{path.name} is not a JSON object")
    if is_deeper(document, DEEPEST):
        raise DefinitionError(f"{path.name} is nested too deep")
    if not is_text(json.dumps(document, ensure_ascii=False)):
        raise DefinitionError(f"{path.name} holds a character that no text has")
    return document

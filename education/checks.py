"""System checks on the content that is served: it is judged as its files would be."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from education.models import Citation, Page


@register(Tags.database)
def check_content(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every text is one that a file could hold, and nothing cites what is not there."""
    if not kwargs.get("databases"):
        return []
    try:
        languages = Page.objects.order_by("language").values_list("language", flat=True).distinct()
        return [message for language in list(languages) for message in language_problems(language)]
    except DatabaseError:
        return []  # not migrated yet


def language_problems(language: str) -> Iterator[CheckMessage]:
    """Name what is wrong in the content of one language."""
    # What reads and judges files: a process that serves starts without it.
    from education.documents.check import problems_of
    from education.documents.load import documents_of
    from education.documents.targets import Targets

    documents = documents_of(language)
    targets = Targets.of(documents)
    for document in documents:
        for problem in problems_of(document, targets):
            yield Error(f"{document.path} ({language}): {problem}", hint="Edit it in the admin.", id="education.E001")
    known = {document.content_key for document in documents} | {f"pages/{link}" for link in targets.pages}
    for source, target in Citation.objects.filter(language=language).values_list("source", "target"):
        if target not in known:
            yield Warning(f"{source} rests on {target}, which is not there ({language}).", id="education.W001")

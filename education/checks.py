"""System checks on the content that is served."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from education.documents.citations import cited_references
from education.documents.required_claims import REQUIRED_CLAIMS
from education.models import Claim, Page, Reference
from education.pages.presenter import carried_claims


@register(Tags.database)
def check_content(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every published page has its required claims, and nothing cites what is not there."""
    if not kwargs.get("databases"):
        return []
    try:
        languages = Page.objects.order_by("language").values_list("language", flat=True).distinct()
        return [message for language in list(languages) for message in language_problems(language)]
    except DatabaseError:
        return []  # not migrated yet


def language_problems(language: str) -> list[CheckMessage]:
    """Name what is missing in the content of one language."""
    problems: list[CheckMessage] = []
    for page in Page.objects.published(language).prefetch_related("sections"):
        carried = {section.anchor: carried_claims([section]) for section in page.sections.all()}
        for place, required in REQUIRED_CLAIMS.items():
            slug, _, anchor = place.partition("#")
            missing = sorted(set(required.split()) - set(carried.get(anchor, [])))
            if slug == page.slug and missing:
                problems.append(
                    Error(
                        f"{place} ({language}) does not carry {', '.join(missing)}.",
                        hint="Put {claim ID} on a line of its own in that section, or take the page offline.",
                        id="education.E001",
                    )
                )
        claims = set(Claim.objects.in_language(language).values_list("claim_id", flat=True))
        for claim_id in sorted({name for names in carried.values() for name in names} - claims):
            problems.append(Error(f"{page.slug} ({language}): there is no claim {claim_id}.", id="education.E002"))
    known = set(Reference.objects.in_language(language).values_list("key", flat=True))
    for key in sorted(cited_references(language) - known):
        problems.append(Warning(f"The reference {key} is cited but is not there ({language}).", id="education.W001"))
    return problems

"""Who rests on what: one row a citation, rewritten whenever its owner is saved."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models, transaction


class Citation(models.Model):
    """One thing that cites another, by their names: `pages/driving-home#rule` cites `claims/rc-07`.

    The owner is what is saved as a whole: a page with its sections, or a questionnaire's version with its rules.
    """

    language = models.CharField(max_length=10)
    owner = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    target = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "owner", "source", "target"], name="education_citation_once")
        ]
        indexes = [models.Index(fields=["language", "target"], name="education_citation_target")]

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@transaction.atomic
def rewrite_citations(language: str, owner: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Keep exactly these citations, as (source, target), of an owner."""
    Citation.objects.filter(language=language, owner=owner).delete()
    Citation.objects.bulk_create(
        Citation(language=language, owner=owner, source=source, target=target)
        for source, target in dict.fromkeys(pairs)
    )


def cite_rules(version: str, rules: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> None:
    """Keep what the rules of a published version rest on: of each its id, its `slug#anchor` links and its sources."""
    pairs = []
    for rule, links, sources in rules:
        source = f"{version}/{rule}"
        pairs += [(source, f"pages/{link}") for link in links if link]
        pairs += [(source, f"references/{key.lower()}") for key in sources]
    rewrite_citations(settings.LANGUAGE_CODE, version, pairs)


def who_rests_on(language: str, key: str) -> list[str]:
    """Return who cites a thing or a section of it, the thing itself left out."""
    rows = Citation.objects.filter(language=language).exclude(owner=key)
    found = rows.filter(models.Q(target=key) | models.Q(target__startswith=f"{key}#"))
    return list(found.order_by("source").values_list("source", flat=True).distinct())


def cited_anchors(language: str, page_key: str) -> dict[str, list[str]]:
    """Return, for each section of a page that others cite, who does."""
    rows = Citation.objects.filter(language=language, target__startswith=f"{page_key}#").exclude(owner=page_key)
    anchors: dict[str, list[str]] = {}
    for source, target in rows.order_by("source").values_list("source", "target"):
        anchors.setdefault(target.partition("#")[2], []).append(source)
    return anchors

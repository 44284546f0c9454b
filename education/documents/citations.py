"""What education cites and carries, over all rows of a language: for the ledger, the checks and the tests."""

from collections import defaultdict

from education.models import Claim, FaqEntry, GlossaryTerm, Page, Section
from education.pages.figures.charts import FIGURES
from education.pages.presenter import carried_claims, directive_values, linked_references


def sections_of_claims(language: str) -> dict[str, list[Section]]:
    """Give, for each claim, the sections of published pages that carry it, in reading order."""
    sections: dict[str, list[Section]] = defaultdict(list)
    rows = Section.objects.filter(page__language=language, page__is_published=True).select_related("page")
    for section in rows.order_by("page__number", "position"):
        for claim_id in carried_claims([section]):
            sections[claim_id].append(section)
    return dict(sections)


def cited_references(language: str) -> set[str]:
    """List the keys of every reference that a claim, FAQ entry, page, figure or text cites."""
    claims = list(Claim.objects.in_language(language))
    entries = list(FaqEntry.objects.in_language(language))
    sections = list(Section.objects.filter(page__language=language))
    terms = list(GlossaryTerm.objects.in_language(language))
    pages = list(Page.objects.in_language(language))
    lists = [row.references for row in claims] + [row.references for row in entries] + [row.references for row in pages]
    keys = {key for references in lists for key in references}
    texts = [row.body for row in claims] + [row.body for row in entries] + [row.body for row in sections]
    for text in texts + [row.body for row in terms]:
        keys |= set(linked_references(text))
    for section in sections:
        for name in directive_values(section.body, "figure"):
            keys |= set(FIGURES[name]().references) if name in FIGURES else set()
    return keys

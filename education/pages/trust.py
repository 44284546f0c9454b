"""What a reader may want to know about a page before believing it."""

from collections import Counter
from typing import Any

from clinic.models import Clinic
from education.documents.measure import reading_grade, words_in
from education.models import Grade, Page, Revision
from education.pages.fingerprint import is_changed_since_review
from education.pages.library import Library
from education.pages.presenter import PagePresenter

MOST_REVISIONS = 20


def trust_context(page: Page, library: Library, clinic: Clinic) -> dict[str, Any]:
    presenter = PagePresenter(page, library)
    counts = Counter(claim.statement_grade for claim in presenter.claims.values() if claim.is_marked)
    published = Revision.objects.of(page.language, page.content_key).exclude(published_at=None)
    return {
        "page": page,
        "is_changed": is_changed_since_review(page, library),
        "is_overdue": page.is_long_overdue(clinic.today()),
        "evidence": [(grade, Grade(grade).label, counts[grade]) for grade in Grade.values if counts[grade]],
        "words": words_in(presenter.blocks),
        "grade": reading_grade(presenter.blocks),
        "sources": len(presenter.references),
        "interested": [reference for reference in presenter.references if reference.interest],
        "revisions": published.select_related("approved_by")[:MOST_REVISIONS],
    }

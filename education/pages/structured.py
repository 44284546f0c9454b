"""What search engines and other programs read of a page: the same words that people see."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from clinic.models import Clinic
from education.documents.body import Body
from education.models import FaqEntry, Page
from education.pages.presenter import PagePresenter

# Nothing in a text may end the script element that it stands in.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_script(data: dict[str, Any]) -> SafeString:
    """Return JSON-LD that may stand inside a script element: data, never run."""
    return SafeString(json.dumps(data, ensure_ascii=False).translate(ESCAPES))


def page_data(page: Page, presenter: PagePresenter, clinic: Clinic, is_changed: bool) -> dict[str, Any]:
    """Return a page as schema.org's MedicalWebPage."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": page.title,
        "description": page.description,
        "url": settings.SITE_URL + page.get_absolute_url(),
        "inLanguage": page.language,
        "medicalAudience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "publisher": {"@type": "MedicalClinic", "name": clinic.name},
        "citation": [citation(source.reference) for source in presenter.sources],
    }
    if page.reviewed_on and not is_changed:
        data["lastReviewed"] = page.reviewed_on.isoformat()
        data["reviewedBy"] = {"@type": "Person", "name": page.reviewed_by}
    return data


def citation(reference: Any) -> dict[str, str]:
    found = {"@type": "CreativeWork", "name": reference.title, "author": reference.authors}
    return found | ({"url": reference.url} if reference.url else {})


def faq_data(entries: Iterable[FaqEntry], said: dict[str, str]) -> dict[str, Any]:
    """Return the questions and answers as schema.org's FAQPage."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": entry.question,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(Body.of(entry.body).sentences(said))},
            }
            for entry in entries
        ],
    }

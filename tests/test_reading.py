"""Titles that intake names for the education pages are the ones those pages have."""

from pathlib import Path

from django.utils.encoding import force_str

from education.documents.files import parse_document
from intake.journey.reading import TITLES

PAGES = Path(__file__).resolve().parents[1] / "education" / "content" / "en" / "pages"


def test_intake_and_education_call_the_pages_the_same():
    documents = [parse_document(path, "pages", path.stem, path.read_bytes()) for path in PAGES.glob("*.md")]
    titles = {document.name: document.meta["title"] for document in documents}
    del titles["references"]  # nobody is sent to the list of sources

    assert {slug: force_str(title) for slug, title in TITLES.items()} == titles

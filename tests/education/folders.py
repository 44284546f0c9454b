"""A small content tree for tests, whole in itself."""

from pathlib import Path

from education.documents.files import Document

REFERENCE = Document(
    "references",
    "smith-2020",
    {
        "key": "SMITH-2020",
        "authors": "Smith A",
        "title": "A trial",
        "source": "Journal 2020",
        "url": "https://example.org/smith",
        "doi": "",
        "kind": "trial",
        "detail": "",
        "interest": "",
        "verified": "yes",
        "about": "A trial of something.",
    },
    "Read whole.",
)
TERM = Document("glossary", "infusion", {"term": "infusion", "abbreviation": "", "spanish": "infusión"}, "A slow drip.")


def claim(number: int = 1, **changes: object) -> Document:
    meta = {
        "id": f"IV-{number:02}",
        "position": number,
        "statement": f"We say {number}.",
        "statement_grade": "trial",
        "references": ["SMITH-2020"],
        "verdict": "keep",
        "quoted_grade": "trial",
        "seed": f"Clinics say {number}.",
    }
    return Document("claims", f"iv-{number:02}", meta | changes, f"Evidence {number}.")


def page(body: str = "## Basics {#basics}\n\nWords. {claim IV-01}", **changes: object) -> Document:
    meta = {
        "number": 1,
        "title": "What is it?",
        "description": "A description that is long enough for a search engine to show.",
        "answer": "It is a drip.",
        "key_points": ["One.", "Two."],
        "review_months": 6,
        "reviewed_on": None,
        "reviewed_by": "",
        "references": [],
    }
    return Document("pages", "what-it-is", meta | changes, body)


def faq(number: int = 1, **changes: object) -> Document:
    meta = {
        "id": f"FAQ-{number:02}",
        "group": "Basics",
        "position": number,
        "question": f"Question {number}?",
        "references": ["SMITH-2020"],
        "claims": ["IV-01"],
        "section": "what-it-is#basics",
    }
    return Document("faq", f"faq-{number:02}", meta | changes, f"Answer {number}.")


def figure(**changes: object) -> Document:
    meta = {
        "kind": "list",
        "title": "Signs",
        "description": "Signs that mean: call 911.",
        "caption": "",
        "references": ["SMITH-2020"],
        "lead": "Call if you:",
        "items": ["pass out"],
        "after": "Do not drive.",
    }
    return Document("figures", "emergency-list", meta | changes)


def write_tree(folder: Path, *documents: Document) -> Path:
    """Write the given documents and whatever they need beside them; the folder of the language."""
    tree = {document.path: document for document in (REFERENCE, TERM, figure(), claim(), page(), faq())}
    tree |= {document.path: document for document in documents}
    for document in tree.values():
        path = folder / "en" / document.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.text)
    return folder / "en"

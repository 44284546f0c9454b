"""The claims, references and glossary files: complete, in one style, and pointing at each other."""

from pathlib import Path

import pytest

from education.documents.files import Document, parse_document
from education.models.evidence import Grade, QuotedGrade, Reference, SourceKind, Verdict
from education.pages.ledger import KINDS

CONTENT = Path(__file__).resolve().parents[2] / "education" / "content" / "en"
PATHS = {kind: sorted((CONTENT / kind).glob("*.md")) for kind in ("claims", "references", "glossary")}


def read(path: Path) -> Document:
    return parse_document(path, path.parent.name, path.stem, path.read_bytes())


@pytest.fixture(scope="module")
def claims() -> list[Document]:
    return [read(path) for path in PATHS["claims"]]


@pytest.fixture(scope="module")
def references() -> list[Document]:
    return [read(path) for path in PATHS["references"]]


@pytest.fixture(scope="module")
def terms() -> list[Document]:
    return [read(path) for path in PATHS["glossary"]]


def test_ledger_is_complete():
    assert {kind: len(paths) for kind, paths in PATHS.items()} == {"claims": 98, "references": 106, "glossary": 50}


@pytest.mark.parametrize("path", [path for paths in PATHS.values() for path in paths], ids=lambda path: path.stem)
def test_file_is_written_in_the_one_style_and_has_a_body(path):
    document = read(path)

    assert document.text.encode() == path.read_bytes()
    assert document.body


def test_files_are_named_after_what_they_hold(claims, references, terms):
    assert [claim.meta["id"].lower() for claim in claims] == [claim.name for claim in claims]
    assert [reference.meta["key"].lower() for reference in references] == [reference.name for reference in references]
    assert [term.meta["term"].lower().replace(" ", "-") for term in terms] == [term.name for term in terms]


def test_claims_stand_in_one_order_without_gaps(claims):
    assert sorted(claim.meta["position"] for claim in claims) == list(range(1, 99))


def test_grades_verdicts_and_checks_use_the_fixed_words(claims, references):
    assert {claim.meta["statement_grade"] for claim in claims} <= set(Grade.values)
    assert {claim.meta["quoted_grade"] for claim in claims} <= set(QuotedGrade.values)
    assert {reference.meta["kind"] for reference in references} <= set(SourceKind.values)
    assert {claim.meta["verdict"] for claim in claims} <= set(Verdict.values)
    assert {reference.meta["verified"] for reference in references} <= set(Reference.Verified.values)


def test_facts_that_no_article_states_have_no_seed_and_the_rest_have_one(claims):
    assert [claim.name for claim in claims if not claim.meta["seed"]] == [f"gap-{number:02}" for number in range(1, 14)]
    assert {claim.meta["verdict"] for claim in claims if not claim.meta["seed"]} == {"keep"}


def test_every_claim_cites_references_that_exist(claims, references):
    keys = {reference.meta["key"] for reference in references}

    assert [claim.name for claim in claims if not claim.meta["references"]] == []
    assert [(claim.name, key) for claim in claims for key in claim.meta["references"] if key not in keys] == []


def test_statements_are_short(claims):
    """Two sentences at most, none of more than 30 words."""
    sentences = {claim.name: claim.meta["statement"].split(". ") for claim in claims}

    assert [name for name, parts in sentences.items() if len(parts) > 2] == []
    assert [name for name, parts in sentences.items() if any(len(part.split()) > 30 for part in parts)] == []


def test_a_reference_with_a_doi_links_to_it(references):
    wrong = [
        reference.name
        for reference in references
        if reference.meta["doi"] and reference.meta["url"] != f"https://doi.org/{reference.meta['doi']}"
    ]

    assert wrong == []


def test_every_reference_says_what_it_is(references):
    empty = [
        (one.name, key) for one in references for key in ("authors", "title", "kind", "about") if not one.meta[key]
    ]

    assert empty == []


def test_every_term_has_its_spanish_word(terms):
    assert [term.name for term in terms if not term.meta["spanish"]] == []


def test_every_kind_of_source_stands_in_one_group():
    grouped = [kind for _heading, kinds in KINDS for kind in kinds]

    assert sorted(grouped) == sorted(SourceKind)

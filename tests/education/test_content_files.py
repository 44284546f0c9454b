import pytest

from education.documents.files import ContentError, parse_document
from education.documents.sections import SectionError, sections_of
from tests.education.folders import claim, page


def parse(document, text):
    return parse_document(document.path, document.kind, document.name, text.encode())


def test_document_survives_writing_and_reading():
    document = page("## A {#a}\n\nText with “quotes” and ü.\n\n## B {#b}\n\nMore.", title="It's: a “title”")

    assert parse(document, document.text) == document


def test_document_without_a_body_ends_after_its_front_matter():
    document = claim()
    empty = type(document)(document.kind, document.name, document.meta, "")

    assert empty.text.endswith("\n---\n")
    assert parse(empty, empty.text) == empty


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (lambda text: text.replace("---\n", "", 1), 1, "begin with a line"),
        (lambda text: text.replace("position: 1\n", ""), 2, "exactly these keys"),
        (lambda text: text.replace("position: 1", "position: one"), 3, "position has a value of the wrong type"),
        (lambda text: text.replace("grade: trial", "grade: 'trial'", 1), 5, "fixed style"),
        (lambda text: text + "\n", 14, "fixed style"),
        (lambda text: text.replace("id: IV-01", "id: [IV-01"), 3, "cannot be read"),
    ],
)
def test_parse_document_names_the_file_and_the_line(change, line, words):
    document = claim()

    with pytest.raises(ContentError) as caught:
        parse(document, change(document.text))

    assert str(caught.value).startswith(f"claims/iv-01.md:{line}: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Words before any heading.", "A page begins with"),
        ("## No anchor\n\nWords.", "A section's heading is"),
        ("## A {#a}\nWords.", "exactly one blank line"),
        ("## A {#a}\n\nWords.\n\n## B {#a}\n\nWords.", "stands twice"),
    ],
)
def test_sections_of_refuses_what_it_could_not_write_back(body, words):
    with pytest.raises(SectionError, match=words):
        sections_of(page(body).body)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (lambda text: text.replace("reviewed_on: null", "reviewed_on: 2026-02-30"), 10, "cannot be read"),
        (lambda text: text.replace("number: 1", f"number: {'9' * 5000}"), 2, "cannot be read"),
        (lambda text: text.replace("number: 1", "number: \x01"), 2, "nobody can see (U+0001)"),
        (lambda text: text.replace("Words.", "Wo\x00rds."), 17, "nobody can see (U+0000)"),
        (lambda text: text.replace("Words.", "Wo\u202erds."), 17, "nobody can see (U+202E)"),
        (lambda text: text.replace("number: 1", "number: !!python/name:os.system"), 2, "cannot be read"),
    ],
)
def test_a_broken_file_is_named_with_its_line(change, line, words):
    document = page()

    with pytest.raises(ContentError) as caught:
        parse(document, change(document.text))

    assert str(caught.value).startswith(f"pages/what-it-is.md:{line}: ")
    assert words in str(caught.value)

"""What a writer should look at again, though nothing forbids it: length, grade, titles, and links to other sites."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from education.documents.body import Body
from education.documents.files import YAML_KINDS, Document
from education.documents.measure import SENTENCE, page_words, reading_grade, words_in
from education.documents.problems import Problem
from education.documents.sections import SectionError, sections_of

LONG_SENTENCE, VERY_LONG_SENTENCE = 20, 25
MOST_SENTENCES = 3
BEST_GRADE = 8
BEST_WORDS = 900
LONGEST_TITLE = 60
DESCRIPTION = range(50, 161)
EMPTY_WORDS = frozenset({"here", "click here", "this", "link", "read more", "more"})


class Advice(Struct, frozen=True):
    warnings: list[Problem]
    hosts: list[str]


def advice_on(document: Document, said: Mapping[str, str]) -> Advice:
    """Return what deserves a second look in a document, and the other sites to which it leads."""
    if document.kind in YAML_KINDS:
        return Advice([], [])
    try:
        texts = [section.body for section in sections_of(document.body)] if document.kind == "pages" else None
    except SectionError:
        return Advice([], [])
    bodies = [Body.of(text) for text in (texts if texts is not None else [document.body])]
    links = [link for body in bodies for link in body.links]
    hosts = {urlsplit(link.target).hostname or "" for link in links if link.target.startswith("https://")}
    warnings = [*block_warnings(blocks_in(document, bodies, said)), *page_warnings(document, said)]
    warnings += [
        Problem("body", "A link says where it leads.", words=link.words)
        for link in links
        if link.words.strip().lower() in EMPTY_WORDS
    ]
    return Advice(warnings, sorted(hosts))


def blocks_in(document: Document, bodies: list[Body], said: Mapping[str, str]) -> list[str]:
    front = [document.meta.get(name, "") for name in ("statement", "answer")]
    points = document.meta.get("key_points", [])
    return [text for text in (*front, *points) if text] + [
        block for body in bodies for block in body.sentences(said, closed=True)
    ]


def block_warnings(blocks: list[str]) -> Iterator[Problem]:
    """Yield the sentences and paragraphs that are too long, and the grade of all of them together."""
    if (grade := reading_grade(blocks)) > BEST_GRADE:
        yield Problem("body", f"It reads at US school grade {grade}; aim for {BEST_GRADE} at most.")
    for block in blocks:
        sentences = SENTENCE.split(block)
        if len([one for one in sentences if one.endswith((".", "?", "!"))]) > MOST_SENTENCES:
            yield Problem("body", f"A paragraph of {len(sentences)} sentences; aim for {MOST_SENTENCES}.", block[:60])
        for sentence in sentences:
            if (count := words_in([sentence])) > LONG_SENTENCE:
                much = "far too long" if count > VERY_LONG_SENTENCE else "long"
                yield Problem("body", f"A sentence of {count} words is {much}; aim for {LONG_SENTENCE}.", sentence)


def page_warnings(document: Document, said: Mapping[str, str]) -> Iterator[Problem]:
    if document.kind != "pages":
        return
    if (words := page_words(document, said)) > BEST_WORDS:
        yield Problem("body", f"The page has {words} words; aim for {BEST_WORDS}.")
    if len(document.meta["title"]) > LONGEST_TITLE:
        yield Problem("title", f"Search engines cut a title after {LONGEST_TITLE} letters.", document.meta["title"])
    if len(document.meta["description"]) not in DESCRIPTION:
        yield Problem("description", "A description has 50 to 160 letters.", document.meta["description"])

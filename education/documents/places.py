"""Where in what is typed the words stand that a check is about."""

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from education.documents.files import YAML_KINDS, Document
from education.documents.problems import Problem

FIELDS = ("statement", "answer", "key_points", "title", "question")
# Between two words as they are read may stand marks, the target of a link, or a directive.
GAP = r"(?:\]\([^)]*\)|\{[^}]*\}|[^\w{])+?"


def placed(problem: Problem, document: Document, said: Mapping[str, str]) -> Problem:
    """Return a problem with its field, its line from 0 and its words as they are typed; as it is without a place."""
    for name in dict.fromkeys((problem.field, "body", *FIELDS)) if problem.words else (problem.field,):
        text = typed_text(document, name)
        start = start_of_line(text, problem.line)
        if problem.words and (found := find_words(text, problem.words, said, start)):
            return replace(problem, field=name, words=text[slice(*found)], line=text.count("\n", 0, found[0]))
        if problem.line is not None and text:
            return replace(problem, words=text[start:].split("\n")[0])
    return problem


def typed_text(document: Document, name: str) -> str:
    if name == "body":
        return document.text if document.kind in YAML_KINDS else document.body
    value = document.meta.get(name, "")
    return "\n".join(value) if isinstance(value, list) else str(value or "")


def start_of_line(text: str, line: int | None) -> int:
    return sum(len(before) + 1 for before in text.split("\n")[:line]) if line else 0


def find_words(text: str, words: str, said: Mapping[str, str], start: int = 0) -> tuple[int, int] | None:
    """Return where words, as they are read, begin and end in what is typed."""
    for pattern in patterns_of(words, said):
        if found := re.compile(pattern).search(text, start):
            return found.span()
    return find_words(text, words, said) if start else None


def patterns_of(words: str, said: Mapping[str, str]) -> Iterator[str]:
    """Yield what to look for: the words, the words among marks, what prints them, how they begin."""
    parts = [re.escape(part) for part in re.findall(r"\w+", words)]
    yield re.escape(words)
    yield GAP.join(parts) or r"\Z\A"
    names = [re.escape(name) for name, value in said.items() if words in value or (len(value) > 20 and value in words)]
    if names:
        yield rf"\{{(?:claim|setting) (?:{'|'.join(names)})\}}"
    if len(parts) > 4:
        yield GAP.join(parts[:4])

"""Content files: one file <-> one Document, byte for byte, both ways."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

Meta = dict[str, Any]

# Folder -> the front matter's keys, in the order they are written, and the type of each.
KINDS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "references": {
        "key": (str,),
        "authors": (str,),
        "title": (str,),
        "source": (str,),
        "url": (str,),
        "doi": (str,),
        "kind": (str,),
        "detail": (str,),
        "interest": (str,),
        "verified": (str,),
        "about": (str,),
    },
    "glossary": {"term": (str,), "abbreviation": (str,), "spanish": (str,)},
    "search": {"synonyms": (list,), "emergency": (list,), "crisis": (list,)},
    "figures": {},  # their keys depend on how they are drawn: see education/pages/figures/facts.py
    "claims": {
        "id": (str,),
        "position": (int,),
        "statement": (str,),
        "statement_grade": (str,),
        "references": (list,),
        "verdict": (str,),
        "quoted_grade": (str,),
        "seed": (str,),
    },
    "pages": {
        "number": (int,),
        "title": (str,),
        "description": (str,),
        "answer": (str,),
        "key_points": (list,),
        "review_months": (int,),
        "reviewed_on": (date, type(None)),
        "reviewed_by": (str,),
        "references": (list,),
    },
    "faq": {
        "id": (str,),
        "group": (str,),
        "position": (int,),
        "question": (str,),
        "references": (list,),
        "claims": (list,),
        "section": (str,),
    },
}
FIGURES = "figures"
SEARCH = "search"
YAML_KINDS = (FIGURES, SEARCH)  # facts and words without a text
# Nothing that nobody can see: control characters, and the private characters that rendering uses for itself.
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufeff]")


class ContentError(Exception):
    """Something is wrong in a content file; the message names the file and the line."""

    def __init__(self, path: str | Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")


class Document(Struct, frozen=True):
    """One content file: its folder, its name without the suffix, its front matter and its body."""

    kind: str
    name: str
    meta: Meta
    body: str = ""

    @property
    def path(self) -> str:
        return f"{self.kind}/{self.name}.{suffix_of(self.kind)}"

    @property
    def content_key(self) -> str:
        """Return what other texts name it by: `claims/iv-05`."""
        return f"{self.kind}/{self.name}"

    @property
    def text(self) -> str:
        """Write the file: the one way there is to write it."""
        front = yaml.safe_dump(self.meta, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False)
        if self.kind in YAML_KINDS:
            return front
        return f"---\n{front}---\n" + (f"\n{self.body}\n" if self.body else "")

    @property
    def hash(self) -> str:
        return text_hash(self.text.encode())

    @property
    def body_line(self) -> int:
        """Return the line of the file on which the body begins."""
        return self.text.count("\n") - self.body.count("\n") if self.body else self.text.count("\n")

    def line_of(self, words: str) -> int:
        """Return the first line of the file that holds the words, or 1."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if words in line:
                return number
        return 1


def suffix_of(kind: str) -> str:
    return "yaml" if kind in YAML_KINDS else "md"


def text_hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def content_paths(folder: Path) -> Iterator[Path]:
    """Yield the content files of one language, in an order in which they can be loaded."""
    for kind in KINDS:
        yield from sorted((folder / kind).glob(f"*.{suffix_of(kind)}"))


def parse_document(path: str | Path, kind: str, name: str, content: bytes) -> Document:
    """Read one file strictly: what would not be written back as the same bytes is refused."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContentError(path, line, "This is not UTF-8 text.") from error
    if unseen := UNSEEN.search(text):
        line = text.count("\n", 0, unseen.start()) + 1
        raise ContentError(path, line, f"A character that nobody can see (U+{ord(unseen[0]):04X}) stands here.")
    if kind in YAML_KINDS:
        document = Document(kind, name, parse_mapping(path, text, first_line=1))
    else:
        document = parse_front_matter(path, kind, name, text)
    if document.text != text:
        line, expected = first_difference(document.text, text)
        raise ContentError(path, line, f"Not in the fixed style of content files. Expected: {expected!r}")
    return document


def parse_front_matter(path: str | Path, kind: str, name: str, text: str) -> Document:
    if not text.startswith("---\n"):
        raise ContentError(path, 1, "The file must begin with a line '---'.")
    end = text.find("\n---\n")
    if end < 0:
        raise ContentError(path, 1, "The front matter is not closed by a line '---'.")
    front, keys = text[4 : end + 1], KINDS[kind]
    meta = parse_mapping(path, front, first_line=2)
    if list(meta) != list(keys):
        raise ContentError(path, 2, f"The front matter must have exactly these keys, in this order: {', '.join(keys)}.")
    for key, types in keys.items():
        value = meta[key]
        wrong_list = types == (list,) and not all(isinstance(item, str) for item in value or [])
        if not isinstance(value, types) or isinstance(value, bool) or wrong_list:
            line = front[: front.find(f"\n{key}:") + 1].count("\n") + 2
            raise ContentError(path, line, f"{key} has a value of the wrong type.")
    return Document(kind, name, meta, text[end + 5 :].strip("\n"))


def parse_mapping(path: str | Path, text: str, first_line: int) -> Meta:
    """Read YAML whose top is a mapping; whatever the reader stumbles over becomes one line with its place."""
    try:
        meta = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else first_line
        raise ContentError(path, line, f"The front matter cannot be read: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A date that no calendar has, a number of thousands of digits: the reader does not say where.
        line = unreadable_line(text) + first_line
        raise ContentError(path, line, "The front matter has a value that cannot be read.") from error
    if not isinstance(meta, dict):
        raise ContentError(path, first_line, "The front matter must be keys with their values.")
    return meta


def unreadable_line(text: str) -> int:
    """Return the line, from 0, of the first value that cannot be read on its own."""
    for number, line in enumerate(text.splitlines()):
        try:
            yaml.safe_load(line)
        except yaml.MarkedYAMLError:
            continue
        except (yaml.YAMLError, ValueError, RecursionError):
            return number
    return 0


def first_difference(expected: str, found: str) -> tuple[int, str]:
    """Return the first line that differs, and how it should be."""
    expected_lines, found_lines = expected.split("\n"), found.split("\n")
    for number, line in enumerate(expected_lines, 1):
        if number > len(found_lines) or found_lines[number - 1] != line:
            return number, line
    return len(expected_lines), ""

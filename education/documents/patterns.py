"""The rules of boxes, after the NHS content patterns: what a person who hears a page, or skims it, must not misread."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.tree import SyntaxTreeNode as Node

from education.documents.body import Body, is_inside, line_of, words_of
from education.documents.problems import Problem
from education.documents.render import box_words

CARE_TITLE = re.compile(r"\bif\b.*:$", re.IGNORECASE)
URGENCIES = ("911", "today", "visit")
NEEDS_HEADING_AFTER = ("container_do", "container_dont", "container_warning", "container_care")
MAY_FOLLOW = ("heading", "container_", "directive", "hr")


def pattern_problems(body: Body) -> Iterator[Problem]:
    """Yield where the boxes of a section break the rules."""
    blocks = body.tree.children
    for number, node in enumerate(blocks):
        if not node.type.startswith("container_"):
            continue
        name, value, title = box_words(node)
        rules = {"do": list_problems, "dont": list_problems, "care": care_problems, "warning": warning_problems}
        if name in rules:
            yield from rules[name](node, name, value, title)
        if name == "studies":
            yield from studies_problems(node)
        if node.type in NEEDS_HEADING_AFTER and number + 1 < len(blocks):
            following = blocks[number + 1]
            if not following.type.startswith(MAY_FOLLOW):
                yield at(following, "What follows a box needs a heading of its own.")
    yield from order_problems(blocks)
    for node in body.tree.walk():
        if node.type.startswith("container_") and is_inside(node, "bullet_list", "ordered_list", "blockquote"):
            yield at(node, "A box may not stand inside a list or a quotation.")
        if node.type.startswith("container_") and node.parent is not None and node.parent.type.startswith("container_"):
            yield at(node, "A box may not stand inside another box.")


def at(node: Node, text: str) -> Problem:
    return Problem("body", text, line=line_of(node))


def items_of(node: Node) -> list[Node]:
    return [item for item in node.walk() if item.type == "list_item"]


def list_problems(node: Node, name: str, value: str, title: str) -> Iterator[Problem]:
    items = items_of(node)
    if [child.type for child in node.children] != ["bullet_list"]:
        yield at(node, f"A list of {name} is one list and nothing else.")
    if len(items) < 2:
        yield at(node, "A list of one item is a sentence: write it as one.")
    for item in items:
        words = words_of(item).strip()
        starts_do_not = words.startswith("do not ")
        if name == "dont" and not starts_do_not:
            yield at(item, f"Each item here starts with 'do not': {words[:40]}")
        elif name == "do" and (words[:1].isupper() or words.startswith("do ")):
            yield at(item, f"An item here starts in lower case and without 'do': {words[:40]}")


def care_problems(node: Node, name: str, value: str, title: str) -> Iterator[Problem]:
    if value not in URGENCIES:
        yield at(node, f"A care card is one of: {', '.join(URGENCIES)}.")
    if title and not CARE_TITLE.search(title):
        yield at(node, "The title of a care card says 'if' and ends with a colon.")
    shows_list = any(child.type == "directive" for child in node.children)
    if not items_of(node) and not shows_list:
        yield at(node, "A care card has at least one bullet.")
    targets = [str(link.attrs["href"]) for link in node.walk() if link.type == "link"]
    if value == "911" and any(not target.startswith(("tel:", "sms:")) for target in targets):
        yield at(node, "A card for 911 links to nothing but numbers to call or text.")


def warning_problems(node: Node, name: str, value: str, title: str) -> Iterator[Problem]:
    if not title or title.lower().startswith(("if this", "if it")):
        yield at(node, "A warning has a title that says what it is about.")


def studies_problems(node: Node) -> Iterator[Problem]:
    if not any(link.type == "link" and str(link.attrs["href"]).startswith("ref:") for link in node.walk()):
        yield at(node, "What the studies found names at least one source.")


def order_problems(blocks: Sequence[Node]) -> Iterator[Problem]:
    """Do stands before do not; one studies part a section; warnings do not stand in a row."""
    types = [node.type for node in blocks]
    if types.count("container_studies") > 1:
        yield at(blocks[len(types) - 1 - types[::-1].index("container_studies")], "A section has one part for studies.")
    for before, node in pairwise(blocks):
        if before.type == "container_dont" and node.type == "container_do":
            yield at(node, "What to do stands before what not to do.")
        if before.type == node.type == "container_warning":
            yield at(node, "Two warnings need a paragraph between them.")

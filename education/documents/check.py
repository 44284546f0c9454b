"""The one check of content: files and the admin are judged by it, so that each holds what the other could."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from msgspec.structs import replace

from clinic.web.links import HELP
from education.documents.body import Body, is_inside, line_of, words_of
from education.documents.files import FIGURES, KINDS, SEARCH, UNSEEN, Document
from education.documents.measure import faq_words, first_section_words, page_words
from education.documents.patterns import pattern_problems
from education.documents.plan import MOST_WORDS, MOST_WORDS_ANSWER, MOST_WORDS_FIRST, page_plan
from education.documents.problems import Problem
from education.documents.rows import RENAMED, row_from
from education.documents.sections import SectionError, sections_of
from education.documents.settings import SETTINGS
from education.documents.targets import Targets, citations_of
from education.pages.figures.facts import FigureError, read_facts

INSTRUCTION = re.compile(r"\b(911|988|call|tell us|ask)\b", re.IGNORECASE)
LEFT_OVER = re.compile(r"[{}]|^:::|</?[a-zA-Z][^>]*>")
SENTENCE_END = re.compile(r"[.?!](?:\s|$)")
NOT_FOR_CLAIMS = ("heading", "table", "container_do", "container_dont", "container_warning", "container_care")


def check_documents(documents: list[Document]) -> None:
    """Raise a ContentError for the first thing that is wrong in the documents of a language."""
    targets = Targets.of(documents)
    for document in documents:
        for problem in problems_of(document, targets):
            raise problem.error(document)


def problems_of(document: Document, targets: Targets) -> Iterator[Problem]:
    """Yield what is wrong in one document that stands among others."""
    yield from field_problems(document)
    yield from front_problems(document, targets)
    if document.kind == FIGURES:
        yield from figure_problems(document, targets)
    elif document.kind == SEARCH:
        yield from search_problems(document)
    elif document.kind == "pages":
        yield from page_problems(document, targets)
    else:
        yield from text_problems(document, Body.of(document.body), targets)
    if document.kind == "claims":
        yield from claim_problems(document)
    elif document.kind == "faq" and (words := faq_words(document, targets.said)) > MOST_WORDS_ANSWER:
        yield Problem("body", f"An answer has at most {MOST_WORDS_ANSWER} words; this one has {words}.")


def field_problems(document: Document) -> Iterator[Problem]:
    """Yield what the columns of the row would refuse, and what nobody could see."""
    row = row_from(document, "en")
    if row.name != document.name:
        yield Problem(row.identity, f"The file of {getattr(row, row.identity)} must be named after it.")
    try:
        row.clean_fields(exclude=["key_points", "references", "claims"])
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield Problem(key_of(document.kind, name), f"{name}: {messages[0]}")
    for name, value in [*document.meta.items(), ("body", document.body)]:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and UNSEEN.search(text):
                yield Problem(name, "A character that nobody can see stands here.")


def search_problems(document: Document) -> Iterator[Problem]:
    """Yield what the search could not read: groups of two wordings or more, and wordings that mean danger."""
    if list(document.meta) != list(KINDS[SEARCH]):
        yield Problem("body", f"It must have exactly these keys, in this order: {', '.join(KINDS[SEARCH])}.")
        return
    for group in document.meta["synonyms"] or []:
        if not isinstance(group, str) or not all(word.strip() for word in group.split(",")) or "," not in group:
            yield Problem("body", "Synonyms are two wordings or more with commas between them.", words=str(group)[:60])
    for kind in ("emergency", "crisis"):
        if not all(isinstance(wording, str) and wording.strip() for wording in document.meta[kind] or []):
            yield Problem("body", f"Under {kind} stand wordings only.")


def key_of(kind: str, field: str) -> str:
    return next((key for (of, key), name in RENAMED.items() if of == kind and name == field), field)


def front_problems(document: Document, targets: Targets) -> Iterator[Problem]:
    named = [("references", key, targets.references, "reference") for key in document.meta.get("references", [])]
    if document.kind == "faq":
        named += [("claims", key, targets.claims, "claim") for key in document.meta["claims"]]
        named.append(("section", document.meta["section"], targets.pages, "section"))
    for name, key, known, word in named:
        if key not in known:
            yield Problem(name, f"There is no {word} {key}.", words=key)
    for name in ("answer", "statement", "key_points", "title", "question"):
        value = document.meta.get(name, "")
        for text in value if isinstance(value, list) else [value]:
            if LEFT_OVER.search(text):
                yield Problem(
                    name, f"Only words may stand here, no directive and no HTML: {text[:60]}", words=text[:40]
                )
    if document.kind == "pages" and len(SENTENCE_END.findall(document.meta["answer"])) > 3:
        yield Problem("answer", "An answer has at most three sentences.")


def claim_problems(document: Document) -> Iterator[Problem]:
    """A claim is a fact: what the reader should do is page text, or carries no mark."""
    statement = document.meta["statement"]
    found = INSTRUCTION.search(statement)
    if document.meta["statement_grade"] != "none" and found:
        text = (
            f"A marked sentence is a fact and does not say '{found[0]}'; give it the grade none, or say it in the page."
        )
        yield Problem("statement", text, words=found[0])


def figure_problems(document: Document, targets: Targets) -> Iterator[Problem]:
    try:
        facts = read_facts(document.meta)
    except FigureError as error:
        yield Problem("body", f"The figure cannot be drawn: {error}")
        return
    known = {key.lower() for key in targets.references}
    for _source, target in citations_of(document):
        name = target.removeprefix("references/")
        if name not in known:
            yield Problem("body", f"There is no reference {name.upper()}.", words=name.upper())
    if not facts.description:
        yield Problem("body", "description: what a screen reader hears cannot be empty.")


def page_problems(document: Document, targets: Targets) -> Iterator[Problem]:
    try:
        sections = sections_of(document.body)
    except SectionError as error:
        yield Problem("body", error.problem, line=error.line)
        return
    seen: set[str] = set()
    warnings = 0
    for section in sections:
        body = Body.of(section.body)
        found = [*text_problems(document, body, targets), *pattern_problems(body)]
        yield from (shifted(problem, section.body_line) for problem in found)
        for node in body.find("claim"):
            name = node.meta["value"]
            if name in seen:
                line = section.body_line + line_of(node)
                yield Problem("body", f"The claim {name} stands twice on the page.", f"{{claim {name}}}", line)
            seen.add(name)
        warnings += sum(1 for _ in body.find("container_warning"))
    if warnings > 2:
        yield Problem("body", "A page has at most two warnings.", words=":::warning")
    yield from plan_problems(document, targets)


def shifted(problem: Problem, by: int) -> Problem:
    return problem if problem.line is None else replace(problem, line=problem.line + by)


def plan_problems(document: Document, targets: Targets) -> Iterator[Problem]:
    """Yield where a page falls short of its plan: anchors, claims, words."""
    if document.name not in page_plan():
        return
    sections = {section.anchor: section for section in sections_of(document.body)}
    for anchor, claims in page_plan()[document.name].items():
        if anchor not in sections:
            yield Problem("body", f"The section #{anchor} must stay: rules, letters and other pages link to it.")
            continue
        missing = sorted(set(claims.split()) - set(Body.of(sections[anchor].body).claims))
        if missing:
            text = f"The section #{anchor} must carry {', '.join(missing)}."
            yield Problem("body", text, line=sections[anchor].line)
    if document.name != HELP and not 3 <= len(document.meta["key_points"]) <= 5:
        yield Problem("key_points", "A page has three to five key points.")
    if (words := page_words(document, targets.said)) > MOST_WORDS:
        yield Problem("body", f"A page has at most {MOST_WORDS} words; this one has {words}.")
    if (words := first_section_words(document, targets.said)) > MOST_WORDS_FIRST:
        yield Problem("body", f"The first section has at most {MOST_WORDS_FIRST} words; this one has {words}.")


def text_problems(document: Document, body: Body, targets: Targets) -> Iterator[Problem]:
    """Yield what is wrong in one text: links, directives, claims, and braces or HTML that mean nothing."""
    for link in body.links:
        if problem := targets.problem_with(link.target):
            yield Problem("body", problem, words=f"]({link.target})", line=link.line)
    may_show = document.kind == "pages"
    for node in body.find("directive"):
        name, value = node.meta["name"], node.meta["value"]
        in_card = name == "emergency-list" and is_inside(node, "container_care")
        if not may_show or (node.parent is not None and not node.parent.is_root and not in_card):
            text = f"{{{name}}} may stand only in a page, outside lists and boxes."
            yield Problem("body", text, line=line_of(node))
        figure = name if name == "emergency-list" else value
        if name in ("figure", "emergency-list") and figure not in targets.figures:
            yield Problem("body", f"There is no figure {figure}.", line=line_of(node))
        if name != "figure" and value:
            yield Problem("body", f"{{{name}}} has no value.", line=line_of(node))
    for node in body.find("claim"):
        name = node.meta["value"]
        words = f"{{claim {name}}}"
        if not may_show and document.kind != "faq":
            yield Problem("body", "{claim} may stand only in a page or an answer.", words, line_of(node))
        if name not in targets.claims:
            yield Problem("body", f"There is no claim {name}.", words, line_of(node))
        if is_inside(node, *NOT_FOR_CLAIMS, "container_studies"):
            text = f"The claim {name} may not stand in a heading, a table or a box."
            yield Problem("body", text, words, line_of(node))
    for node in body.find("setting"):
        if (name := node.meta["value"]) not in SETTINGS:
            yield Problem("body", f"There is no setting {name}.", f"{{setting {name}}}", line_of(node))
    yield from left_over(body, may_show)


def left_over(body: Body, may_show: bool) -> Iterator[Problem]:
    for node in body.find("text"):
        if found := LEFT_OVER.search(node.content):
            text = f"'{found[0]}' means nothing here. A directive stands alone on its line, with blank lines around it."
            yield Problem("body", text, words=node.content[:40], line=line_of(node))
    for node in body.find("heading"):
        level = int(node.tag[1])
        if not may_show or level < 3:
            yield Problem("body", f"No heading of level {level} may stand here: {words_of(node)}", line=line_of(node))
    if not may_show:
        for node in body.find(*(f"container_{name}" for name in ("do", "dont", "warning", "care", "studies"))):
            yield Problem("body", "A box may stand only in a page.", line=line_of(node))

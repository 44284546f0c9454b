"""Markdown -> safe HTML: one function, one allow-list; directives become parts that templates draw.

Only `render` here makes HTML out of content, and everything it makes has gone through nh3.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

DIRECTIVE = re.compile(r"^\{(?P<name>claim|figure|crisis|reference-list|conflicts)(?: (?P<value>[A-Za-z0-9-]+))?\}$")
CONTAINERS = ("do", "dont", "warning", "call")

TAGS = {
    "p", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "hr", "blockquote", "code", "pre", "sup",
    "table", "thead", "tbody", "tr", "th", "td", "div",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "div": {"class"},
    "p": {"class"},
    "h3": {"class"},
    "ol": {"start"},
    "table": {"class"},
    "th": {"scope"},
    "td": {"data-label"},
}

NO_HTML = SafeString("")
Resolve = Callable[[str], str]


@dataclass(frozen=True)
class Part:
    """A piece of rendered content: `html`, or a directive by its name with its value."""

    kind: str
    value: str = ""
    html: SafeString = NO_HTML


def directive_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read `{name value}` alone on its line as one token."""
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    match = DIRECTIVE.match(line.strip())
    if not match:
        return False
    if not silent:
        token = state.push("directive", "", 0)
        token.meta = {"name": match["name"], "value": match["value"] or ""}
        token.map = [start_line, start_line + 1]
        state.line = start_line + 1
    return True


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in CONTAINERS:
        markdown.use(container_plugin, name)
    markdown.block.ruler.before("paragraph", "directive", directive_rule)
    return markdown


def parse(text: str) -> list[Token]:
    """Give the token tree: the one that HTML, links and checks are all read from."""
    return parser().parse(text)


def inline_tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or []


def link_targets(text: str) -> list[str]:
    """List where the links of a text lead, as they are written there."""
    return [str(token.attrs["href"]) for token in inline_tokens(parse(text)) if token.type == "link_open"]


def plain_words(text: str) -> int:
    """Count the words a reader meets, directives left out."""
    return sum(
        len(token.content.split()) for token in inline_tokens(parse(text)) if token.type in ("text", "code_inline")
    )


def render(text: str, resolve: Resolve) -> list[Part]:
    """Turn Markdown into parts; `resolve` makes an address of each link target."""
    parts: list[Part] = []
    waiting: list[Token] = []
    for token in parse(text):
        if token.type == "directive" and token.level == 0:
            parts += html_parts(waiting, resolve)
            parts.append(Part(token.meta["name"], token.meta["value"]))
            waiting = []
        else:
            waiting.append(token)
    return parts + html_parts(waiting, resolve)


def html_parts(tokens: list[Token], resolve: Resolve) -> list[Part]:
    if not tokens:
        return []
    for token in inline_tokens(tokens):
        if token.type == "link_open":
            token.attrs["href"] = resolve(str(token.attrs["href"]))
    label_tables(tokens)
    raw = parser().renderer.render(dress_containers(tokens), parser().options, {})
    clean = nh3.clean(
        raw,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "tel", "sms"},
        link_rel=None,
    )
    return [Part("html", html=SafeString(clean))]


def label_tables(tokens: list[Token]) -> None:
    """Give each cell its column's words, so that a narrow screen can stack the rows."""
    headings: list[str] = []
    column = 0
    for number, token in enumerate(tokens):
        if token.type == "table_open":
            token.attrs = {"class": "stacked"}
            headings = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrs["scope"] = "col"
            headings.append(words_of(tokens[number + 1]))
        elif token.type == "td_open":
            if 0 < column < len(headings):  # the first cell heads its own card
                token.attrs["data-label"] = headings[column]
            column += 1


def words_of(token: Token) -> str:
    return "".join(child.content for child in token.children or [])


def dress_containers(tokens: list[Token]) -> list[Token]:
    """Give each box its class and its heading; the words after the box's name, if any, are the heading."""
    titles = {
        "do": gettext("Do"),
        "dont": gettext("Do not"),
        "warning": gettext("Important"),
        "call": gettext("When to call"),
    }
    dressed: list[Token] = []
    for token in tokens:
        name = token.type.removeprefix("container_").removesuffix("_open")
        dressed.append(token)
        if not token.type.startswith("container_") or not token.type.endswith("_open"):
            continue
        token.attrs = {"class": f"advice advice-{name}"}
        title = token.info.strip().removeprefix(name).strip() or titles[name]
        dressed += [
            Token("heading_open", "h3", 1, attrs={"class": "advice-title"}, block=True),
            Token("inline", "", 0, children=[Token("text", "", 0, content=title)]),
            Token("heading_close", "h3", -1, block=True),
        ]
    return dressed


def directives(text: str) -> list[tuple[str, str, int, int]]:
    """List the directives of a text: name, value, line (from 0) and depth."""
    found: list[Any] = [token for token in parse(text) if token.type == "directive"]
    return [(token.meta["name"], token.meta["value"], token.map[0], token.level) for token in found]

"""A text as safe HTML, in parts: what depends on the page is left to templates. All HTML here has gone through nh3."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.urls import reverse
from django.utils.safestring import SafeString
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode as Node
from msgspec import Struct

from clinic.web.links import claim_anchor, claim_url, learn_url, reference_url
from education.documents.body import Body, words_of
from education.documents.markdown import parser

TAGS = {
    "p", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "hr", "blockquote", "code", "pre", "sup",
    "table", "thead", "tbody", "tr", "th", "td", "button",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "ol": {"start"},
    "table": {"class"},
    "th": {"scope"},
    "td": {"data-label"},
    "button": {"type", "class", "popovertarget"},
}
# Stands for what a template draws inside a sentence; content files cannot hold these characters.
PLACE = re.compile("\ue000(claim|setting) ([A-Za-z0-9_-]+)\ue001")

# A line may break at a button's edges: the signs beside it go inside.
SIGNS = re.compile(r"(\(?)(<button[^>]*>)([^<]*)</button>([).,;:!?]*)")

NO_HTML = SafeString("")


class Scope(Struct, frozen=True):
    """What a text stands among: its sources' numbers, the claims beside it, whether words are explained there."""

    language: str
    sources: tuple[str, ...] = ()
    claims: frozenset[str] = frozenset()
    explains_terms: bool = False

    @property
    def numbers(self) -> Mapping[str, int]:
        return {key: number for number, key in enumerate(self.sources, 1)}


class Part(Struct, frozen=True):
    """A piece of a text: `html`, or what a template draws by its kind, value, title and parts."""

    kind: str
    value: str = ""
    html: SafeString = NO_HTML
    title: str = ""
    parts: tuple["Part", ...] = ()


@lru_cache(maxsize=1024)
def rendered(text: str, scope: Scope) -> tuple[Part, ...]:
    """Return a text's parts; the same text in the same place is rendered once."""
    return tuple(parts_of(Body.of(text).tree.children, scope))


def text_html(text: str, scope: Scope) -> SafeString:
    """Return a text that has no directives as HTML."""
    return SafeString("".join(part.html for part in rendered(text, scope)))


def parts_of(nodes: Sequence[Node], scope: Scope) -> Iterator[Part]:
    waiting: list[Token] = []
    for node in nodes:
        if node.type == "directive":
            yield from html_parts(waiting, scope)
            waiting = []
            yield Part(node.meta["name"], node.meta["value"])
        elif node.type.startswith("container_"):
            yield from html_parts(waiting, scope)
            waiting = []
            yield box_part(node, scope)
        else:
            waiting += node.to_tokens()
    yield from html_parts(waiting, scope)


def box_part(node: Node, scope: Scope) -> Part:
    name, value, title = box_words(node)
    return Part(name, value, title=title, parts=tuple(parts_of(node.children, scope)))


def box_words(node: Node) -> tuple[str, str, str]:
    """Return a box's name, the urgency of a care card, and the title written after them."""
    name, _, rest = node.info.strip().partition(" ")
    if name != "care":
        return name, "", rest.strip()
    value, _, rest = rest.strip().partition(" ")
    return name, value, rest.strip()


def html_parts(tokens: list[Token], scope: Scope) -> Iterator[Part]:
    if not tokens:
        return
    raw = renderer().render(tokens, parser().options, {"scope": scope, "open": [], "heads": []})
    raw = SIGNS.sub(r"\2\1\3\4</button>", raw)
    clean = nh3.clean(raw, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "tel", "sms"}, link_rel=None)
    pieces = PLACE.split(clean)
    yield Part("html", html=SafeString(pieces[0]))
    for kind, value, html in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        yield Part(kind, value)
        yield Part("html", html=SafeString(html))


def resolve_link(target: str, scope: Scope) -> str:
    """Return the address of a link as it is written in content."""
    kind, _, name = target.partition(":")
    if kind == "page":
        return learn_url(name)
    if kind == "glossary":
        return f"{reverse('education:glossary')}#{name}"
    if kind == "faq":
        return f"{reverse('education:faq')}?open={name}#{name}"
    if kind == "claim":
        return f"#{claim_anchor(name)}" if name in scope.claims else claim_url(name)
    if kind == "ref":
        return f"#source-{scope.numbers[name]}" if name in scope.sources else reference_url(name)
    if kind == "intake":
        return reverse("intake:start")
    return target


Env = dict[str, Any]


class ContentRenderer(RendererHTML):
    """HTML of our tokens: links by where they lead, words explained in place, tables that can become lists."""

    def place(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        return f"\ue000{tokens[index].type} {tokens[index].meta['value']}\ue001"

    claim = setting = place

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        target, scope = str(tokens[index].attrs["href"]), env["scope"]
        is_term = target.startswith("glossary:") and scope.explains_terms
        env["open"].append("button" if is_term else "a")
        if is_term:
            name = target.removeprefix("glossary:")
            return f'<button type="button" class="term" popovertarget="term-{name}">'
        token = Token("link_open", "a", 1, attrs={"href": resolve_link(target, scope)})
        return self.renderToken([token], 0, options, env)

    def link_close(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        return f"</{env['open'].pop()}>"

    def table_open(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        env["heads"] = []
        return '<table class="stacked">'

    def th_open(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        env["heads"].append(words_of(Node([tokens[index + 1]])))
        return '<th scope="col">'

    def tr_open(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        env["column"] = 0
        return "<tr>"

    def td_open(self, tokens: Sequence[Token], index: int, options: Any, env: Env) -> str:
        column = env["column"]
        env["column"] += 1
        # The first cell heads its own row; in a table of two columns the other needs no words to be told by.
        heads = env["heads"]
        label = heads[column] if 0 < column < len(heads) and len(heads) > 2 else ""
        token = Token("td_open", "td", 1, attrs={"data-label": label} if label else {})
        return self.renderToken([token], 0, options, env)


@lru_cache(maxsize=1)
def renderer() -> ContentRenderer:
    return ContentRenderer()

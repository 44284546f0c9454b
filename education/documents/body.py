"""One text, parsed once: whoever asks about a text asks its Body."""

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from markdown_it.tree import SyntaxTreeNode as Node
from msgspec import Struct

from education.documents.markdown import parser

BLOCKS = ("paragraph", "heading", "th", "td")


class Link(Struct, frozen=True):
    """Where words of a text lead, as it is written there."""

    target: str
    words: str
    line: int


class Body(Struct, frozen=True, dict=True):
    """The parsed tree of one Markdown text, and what stands in it. Lines count from 0."""

    text: str

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, text: str) -> "Body":
        """Return the body of a text; the same text is parsed once."""
        return cls(text)

    @cached_property
    def tree(self) -> Node:
        return Node(parser().parse(self.text))

    def find(self, *types: str) -> Iterator[Node]:
        return (node for node in self.tree.walk() if node.type in types)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return tuple(Link(str(node.attrs["href"]), words_of(node), line_of(node)) for node in self.find("link"))

    @cached_property
    def claims(self) -> tuple[str, ...]:
        """The claims it carries, in reading order."""
        return tuple(node.meta["value"] for node in self.find("claim"))

    @cached_property
    def settings(self) -> tuple[str, ...]:
        return tuple(node.meta["value"] for node in self.find("setting"))

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """The figures it shows; the one list of emergencies is one of them."""
        return tuple(figure_of(node) for node in self.find("directive") if figure_of(node))

    @cached_property
    def directives(self) -> frozenset[str]:
        return frozenset(node.meta["name"] for node in self.find("directive"))

    def linked(self, scheme: str) -> tuple[str, ...]:
        """Return what its links of one kind name, each once."""
        start = f"{scheme}:"
        return tuple(
            dict.fromkeys(link.target.removeprefix(start) for link in self.links if link.target.startswith(start))
        )

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """What it takes its facts from, in reading order: ("claims", ID), ("figures", name), ("references", key)."""
        found: list[tuple[str, str]] = []
        for node in self.tree.walk():
            if node.type == "claim":
                found.append(("claims", node.meta["value"]))
            elif node.type == "directive" and figure_of(node):
                found.append(("figures", figure_of(node)))
            elif node.type == "link" and str(node.attrs["href"]).startswith("ref:"):
                found.append(("references", str(node.attrs["href"]).removeprefix("ref:")))
        return tuple(dict.fromkeys(found))

    def sentences(self, said: Mapping[str, str], closed: bool = False, cells: bool = True) -> list[str]:
        """Return its blocks of words: claims and settings in full, closed parts only when asked for."""
        return [
            words
            for node in self.find(*(BLOCKS if cells else BLOCKS[:2]))
            if (closed or not is_inside(node, "container_studies")) and (words := words_of(node, said).strip())
        ]


def words_of(node: Node, said: Mapping[str, str] | None = None) -> str:
    """Return the words of a node as a reader meets them."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    if node.type in ("claim", "setting"):
        return (said or {}).get(node.meta["value"], "")
    return "".join(words_of(child, said) for child in node.children)


def is_inside(node: Node, *types: str) -> bool:
    return any(parent.type in types for parent in parents(node))


def parents(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def line_of(node: Node) -> int:
    """Return the line on which a node, or the block that holds it, begins."""
    for place in (node, *parents(node)):
        if not place.is_root and place.map:
            return place.map[0]
    return 0


def figure_of(directive: Node) -> str:
    name, value = directive.meta["name"], directive.meta["value"]
    found: str = {"figure": value, "emergency-list": name}.get(name, "")
    return found

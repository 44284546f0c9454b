"""The Markdown of content: one parser, with our directives, boxes and inline claims."""

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.container import container_plugin

DIRECTIVE = re.compile(
    r"^\{(?P<name>figure|crisis|emergency-list|reference-list|conflicts)(?: (?P<value>[a-z0-9-]+))?\}$"
)
INLINE = re.compile(r"\{(?P<name>claim|setting) (?P<value>[A-Za-z0-9_-]+)\}")
BOXES = ("do", "dont", "warning", "care", "studies")


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


def inline_rule(state: StateInline, silent: bool) -> bool:
    """Read `{claim ID}` and `{setting name}` inside a sentence."""
    match = INLINE.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push(match["name"], "", 0)
        token.meta = {"value": match["value"]}
    state.pos = match.end()
    return True


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in BOXES:
        markdown.use(container_plugin, name)
    markdown.block.ruler.before("paragraph", "directive", directive_rule)
    markdown.inline.ruler.before("emphasis", "sentence-directive", inline_rule)
    markdown.parse("x")  # gathers the rules: a second thread that came meanwhile would parse by some of them
    return markdown

"""A page's body cut into its sections."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

SECTION_HEADING = re.compile(r"^## (?P<heading>.+) \{#(?P<anchor>[a-z0-9]+(?:-[a-z0-9]+)*)\}$")
LONGEST_HEADING, LONGEST_ANCHOR = 160, 60


class SectionError(Exception):
    """A page's body is not sections; `line` counts from 0 in the body."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


class SectionText(Struct, frozen=True):
    """A section as it stands in a page's body; its heading's line counts from 0."""

    heading: str
    anchor: str
    body: str
    line: int

    @property
    def body_line(self) -> int:
        return self.line + 2


@lru_cache(maxsize=256)
def sections_of(body: str) -> tuple[SectionText, ...]:
    """Cut a page's body at its `## Heading {#anchor}` lines; raise SectionError where it is not so made."""
    lines = body.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    if not starts or starts[0] != 0:
        raise SectionError(0, "A page begins with '## Heading {#anchor}'.")
    sections: list[SectionText] = []
    for start, end in pairwise([*starts, len(lines)]):
        match = SECTION_HEADING.match(lines[start])
        if not match:
            raise SectionError(start, "A section's heading is '## Heading {#anchor}'.")
        section = SectionText(match["heading"], match["anchor"], "\n".join(lines[start + 1 : end]).strip("\n"), start)
        if len(section.heading) > LONGEST_HEADING or len(section.anchor) > LONGEST_ANCHOR:
            raise SectionError(
                start, f"A heading has at most {LONGEST_HEADING} characters, an anchor {LONGEST_ANCHOR}."
            )
        if any(section.anchor == before.anchor for before in sections):
            raise SectionError(start, f"The anchor #{section.anchor} stands twice.")
        sections.append(section)
    if body != sections_text(sections):
        pairs = zip(lines, sections_text(sections).split("\n"), strict=False)
        wrong = next((number for number, (found, right) in enumerate(pairs) if found != right), len(lines) - 1)
        raise SectionError(wrong, "Headings of sections need exactly one blank line before and after.")
    return tuple(sections)


def sections_text(sections: Sequence[SectionText]) -> str:
    """Write the sections as a page's body."""
    return "\n\n".join(f"## {section.heading} {{#{section.anchor}}}\n\n{section.body}" for section in sections)

"""A sheet: what is printed or pasted of one submission, as titles, lines and labelled rows."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

Rows = tuple[tuple[str, str], ...]
Line = str | tuple[str, str]  # what it says, and what stands out below it


class Part(Struct, frozen=True):
    """One heading and what stands under it; a part inside another has `level` 2."""

    title: str
    lines: tuple[Line, ...] = ()
    rows: Rows = ()
    level: int = 1

    @property
    def has_words(self) -> bool:
        return bool(self.lines or self.rows)


class Sheet(Struct, frozen=True):
    title: str
    under: tuple[str, ...]
    parts: tuple[Part, ...]
    foot: str
    language: str
    is_one_page: bool

    def as_text(self) -> str:
        """Return the sheet as plain text, for the chart of another program."""
        return "\n".join(
            [self.title, *self.under, *(line for part in self.parts for line in text_of(part)), "", self.foot]
        )


def text_of(part: Part) -> Iterator[str]:
    yield ""
    yield part.title.upper() if part.level == 1 else part.title
    yield from (f"- {line}" if isinstance(line, str) else f"- {line[0]}\n  {line[1]}" for line in part.lines)
    yield from (f"{label} {words}" for label, words in part.rows)


def part(title: str, lines: Iterable[Line] = (), rows: Iterable[tuple[str, str]] = (), level: int = 1) -> Part:
    """Make a part; a row without words is left out, a label that does not end a sentence gets its colon."""
    shown = tuple((label if label.endswith(("?", ".", ":")) else f"{label}:", words) for label, words in rows if words)
    return Part(title, tuple(filter(None, lines)), shown, level)

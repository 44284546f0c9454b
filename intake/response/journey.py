"""What happened on the way to a form, beside its answers: kept with the draft, and with the form that was sent."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

SHAPE = 1


class Try(Struct, frozen=True):
    """One answer to the no-driving questions that were still open."""

    at: str
    answers: Mapping[str, str]
    revision: int = 0


class NoticeShown(Struct, frozen=True):
    """The exact words of a notice that was read, and when it was agreed to."""

    id: str
    language: str
    sha256: str
    text: str
    shown_at: str
    agreed_at: str | None = None


class Fired(Struct, frozen=True):
    """A crisis rule that was true at some saved step; never taken back."""

    rule: str
    at: str
    panel: str = ""  # id of the panel's text
    questions: tuple[str, ...] = ()


class Agreement(Struct, frozen=True):
    at: str
    label: str


class HelpOpened(Struct, frozen=True):
    """What one panel has to say, and whether its page was seen."""

    panel: str  # suicide, emergency
    notice: str  # id of the panel's text
    grade: int  # the gravest so far
    rules: tuple[str, ...]  # those of that grade
    words: str
    is_due: bool  # its page comes before any other
    holds: bool = False  # a crisis rule with this panel is true now
    shown_on: str = ""  # the clinic's day on which its page was last shown


class HelpPressed(Struct, frozen=True):
    """Which button led on from a help page; no answer."""

    at: str
    panel: str
    notice: str
    rules: tuple[str, ...]
    button: str


class Warned(Struct, frozen=True):
    """The words of a rule that are said once, above the page after the answer."""

    rule: str
    words: str
    revision: int


class Journey(Struct, frozen=True):
    """The way so far. `changed` maps each path to the revision at which it was last changed."""

    changed: Mapping[str, int] = field(default_factory=dict)
    tries: tuple[Try, ...] = ()
    notices: tuple[NoticeShown, ...] = ()
    acknowledged: Mapping[str, Agreement] = field(default_factory=dict)
    signed_at: str | None = None
    panels: Mapping[str, str] = field(default_factory=dict)  # name of a panel that opened, and when
    fired: tuple[Fired, ...] = ()
    help: tuple[HelpOpened, ...] = ()
    pressed: tuple[HelpPressed, ...] = ()
    warned: tuple[Warned, ...] = ()
    next_page: str = ""  # where the last saved page led; empty for the check page
    back: str = ""  # ... and whether a change from the check page was under way
    shape: int = SHAPE

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the journey that was kept; raise ValueError for a shape from a newer program."""
        if kept.get("shape", SHAPE) != SHAPE:
            raise ValueError("a journey of another shape")
        return msgspec.convert(kept, cls)

    def to_json(self) -> dict[str, Any]:
        return dict(msgspec.to_builtins(self))

    def help_of(self, panel: str) -> HelpOpened | None:
        return next((one for one in self.help if one.panel == panel), None)

    def with_help(self, opened: HelpOpened) -> "Journey":
        """Return the journey with this in place of what the same panel said before."""
        return replace(self, help=(*(one for one in self.help if one.panel != opened.panel), opened))

    def codes_tried(self, link_id: str) -> list[str]:
        """Return what was answered to one no-driving question, try by try."""
        return [one.answers[link_id] for one in self.tries if link_id in one.answers]

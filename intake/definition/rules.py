"""What a rule, a condition, a threshold and a notice are: the parts of a Definition that staff and policy decide."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from msgspec import Struct, field


class DefinitionError(ValueError):
    """Say what is wrong with a questionnaire's documents, naming the linkId or rule."""


class Severity(models.IntegerChoices):
    """How far a flag goes, worst last, so that `max()` is the worst."""

    NOTE = 1, _("note")
    REVIEW = 2, _("review")
    STOP = 3, _("stop")
    CRISIS = 4, _("crisis")

    @property
    def word(self) -> str:
        """Return the name that rules files and `screen --json` use."""
        return self.name.lower()


class Quantity(Struct, frozen=True):
    value: Decimal
    unit: str


class ThresholdName(Struct, frozen=True):
    """Stand in a condition where a number would: the clinic's own value is looked up by name."""

    name: str


class OtherItem(Struct, frozen=True):
    """Stand in a condition where an answer would: the answer to another question."""

    link_id: str


Expected = str | bool | Decimal | Quantity | ThresholdName | OtherItem


class Condition(Struct, frozen=True):
    """One enableWhen entry: a question, an operator, and what its answer is compared with."""

    question: str
    operator: str  # exists = != > < >= <=
    expected: Expected

    def questions(self) -> Iterator[str]:
        yield self.question

    def entries(self) -> Iterator["Condition"]:
        yield self

    def fired(self) -> Iterator[str]:
        yield from ()


class Fired(Struct, frozen=True):
    """True when at least so many of these rules fire."""

    rules: tuple[str, ...]
    at_least: int = 1

    def questions(self) -> Iterator[str]:
        yield from ()

    def entries(self) -> Iterator[Condition]:
        yield from ()

    def fired(self) -> Iterator[str]:
        yield from self.rules


class Group(Struct, frozen=True):
    """Conditions joined by `all`, `any` or `none`; groups may stand in groups."""

    mode: str
    members: tuple["Condition | Fired | Group", ...]

    def questions(self) -> Iterator[str]:
        """Return every linkId the group reads, in its order, repeats included."""
        for member in self.members:
            yield from member.questions()

    def entries(self) -> Iterator[Condition]:
        for member in self.members:
            yield from member.entries()

    def fired(self) -> Iterator[str]:
        """Return every rule whose firing the group reads."""
        for member in self.members:
            yield from member.fired()


class Threshold(Struct, frozen=True):
    """A limit a clinic may set, within a range that cannot be left."""

    name: str
    default: Decimal
    lowest: Decimal
    highest: Decimal
    unit: str = ""
    is_policy: bool = True
    label: str = ""
    help: str = ""
    not_above: str = ""

    def within_range(self, value: Decimal) -> Decimal:
        """Return the nearest value that the range allows."""
        return min(max(value, self.lowest), self.highest)


class Extra(Struct, frozen=True):
    """Words that hold when a condition does."""

    when: Group
    text: str


class Rule(Struct, frozen=True):
    """A screening rule. `raised_by` names what the engine raises itself; `when` is None if only the engine can."""

    id: str
    severity: Severity
    reason: str
    patient: str
    sources: tuple[str, ...]
    learn: str
    when: Group | None = None
    unless: tuple[str, ...] = ()
    help: str = ""  # the panel it opens: suicide, emergency, or none
    grade: int = 0  # how grave its help is; a help page comes again only for a higher grade
    shown_at_once: bool = False  # its wording stands on the very next response
    at_once: str = ""  # ... in these words, where they differ from those of the confirmation
    reason_variants: tuple[Extra, ...] = ()  # the first that holds stands in place of `reason`
    reason_extras: tuple[Extra, ...] = ()  # added to the reason when they hold
    patient_variants: tuple[Extra, ...] = ()  # the first that holds stands in place of `patient`
    subject: str = ""
    under: str = ""  # question or name: it stands under the subject of its questions, or under medicine names
    do_not_come: bool = False
    always_say: str = ""
    short: str = ""
    raised_by: str = ""  # incomplete, language, changed, tries, switched-off
    watches: tuple[str, ...] = ()  # for `changed`: the rules whose loss it reports
    gates: Mapping[str, str] = field(default_factory=dict)  # for `switched-off`: questions with their gate
    reason_blank: str = ""
    is_policy: bool = False
    signs: tuple[str, ...] = ()  # for 911, as its words name them


class Subject(Struct, frozen=True):
    """What a confirmation has one entry for."""

    id: str
    title: str
    questions: frozenset[str] = frozenset()


class Ends(Struct, frozen=True):
    """What ends the journey early: the rule whose condition does, and the notice that is shown then."""

    rule: str
    notice: str


class Notice(Struct, frozen=True):
    id: str
    use: str = ""  # what the engine shows it as, such as driving or long-text
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    action: str = ""
    language: str = "en"
    rules: tuple[str, ...] = ()  # it is shown when one of these fired
    signs: tuple[str, ...] = ()  # for 911, as its words name them

    @property
    def text(self) -> str:
        """Return the whole notice as plain text: what is hashed and kept as the text that was shown."""
        lines = [self.title] if self.title else []
        lines += [*self.paragraphs, *(f"- {bullet}" for bullet in self.bullets)]
        return "\n".join(lines)


class TeachBack(Struct, frozen=True):
    """The right answer to one no-driving question and what is said after each try."""

    link_id: str
    correct: str
    right: str
    wrong: Mapping[str, str]

    def feedback(self, code: str) -> str:
        """Return the words for a chosen answer; empty for the choice to go over it by phone."""
        return self.right if code == self.correct else self.wrong.get(code, "")


class Level(Struct, frozen=True):
    """A value a computed choice takes when its condition holds."""

    value: str
    when: Group


class Score(Struct, frozen=True):
    """What makes a total or a level, and how staff read it: bands as (lowest, highest, label), and a line beside it."""

    link_id: str
    sum: tuple[str, ...] = ()  # the questions whose points are added
    levels: tuple[Level, ...] = ()  # the first whose condition holds
    incomplete_when: Group | None = None
    bands: tuple[tuple[int, int, str], ...] = ()
    note: str = ""
    incomplete_note: str = ""

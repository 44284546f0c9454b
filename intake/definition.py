"""What a published questionnaire says: its questions, conditions, rules and notices, as frozen dataclasses.

`definition_json.parse_definition()` makes a Definition from its three documents; nothing here reads JSON.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

Answer = str | bool | int | float | list[str] | dict[str, object]
Answers = Mapping[str, Answer]

IN_PERSON = "in-person"
NOT_SURE = "not-sure"
BY_PHONE = "by-phone"


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
        """Give the name that rules files and `screen --json` use."""
        return self.name.lower()


@dataclass(frozen=True)
class Coding:
    system: str
    code: str


@dataclass(frozen=True)
class Option:
    code: str
    label: str
    score: int | None = None
    is_exclusive: bool = False


@dataclass(frozen=True)
class Quantity:
    value: Decimal
    unit: str


@dataclass(frozen=True)
class ThresholdName:
    """Stand in a condition where a number would: the clinic's own value is looked up by name."""

    name: str


Expected = str | bool | Decimal | Quantity | ThresholdName


@dataclass(frozen=True)
class Condition:
    """One enableWhen entry: a question, an operator, and what its answer is compared with."""

    question: str
    operator: str  # exists = != > < >= <=
    expected: Expected

    def questions(self) -> Iterator[str]:
        yield self.question

    def entries(self) -> Iterator["Condition"]:
        yield self


@dataclass(frozen=True)
class Group:
    """Conditions joined by `all`, `any` or `none`; groups may stand in groups."""

    mode: str
    members: tuple["Condition | Group", ...]

    def questions(self) -> Iterator[str]:
        """Give every linkId the group reads, in its order, repeats included."""
        for member in self.members:
            yield from member.questions()

    def entries(self) -> Iterator[Condition]:
        for member in self.members:
            yield from member.entries()


@dataclass(frozen=True)
class LabelVariant:
    """Another wording of a question, for when its condition holds."""

    when: Group
    text: str


@dataclass(frozen=True)
class Item:
    """One question, or one computed answer (`computed` is then its name, and it is never asked)."""

    link_id: str
    type: str  # boolean choice date quantity string text integer decimal
    text: str
    required: bool = False
    repeats: bool = False
    options: tuple[Option, ...] = ()
    enable_when: Group | None = None
    codes: tuple[Coding, ...] = ()
    help: str = ""
    why: str = ""
    learn: str = ""
    units: tuple[str, ...] = ()  # UCUM codes, the first is the one shown first
    minimum: Quantity | None = None
    maximum: Quantity | None = None
    is_whole: bool = False
    max_length: int | None = None
    below: str = ""  # linkId of the quantity this one must stay below
    takes_none_words: bool = False
    autocomplete: str = ""
    inputmode: str = ""
    computed: str = ""
    staff_note: str = ""
    variants: tuple[LabelVariant, ...] = ()

    @property
    def is_long_text(self) -> bool:
        return self.type == "text"

    @property
    def is_acknowledgment(self) -> bool:
        return self.type == "boolean"

    @cached_property
    def option_by_code(self) -> dict[str, Option]:
        return {option.code: option for option in self.options}

    @property
    def exclusive_codes(self) -> frozenset[str]:
        return frozenset(option.code for option in self.options if option.is_exclusive)


@dataclass(frozen=True)
class QuestionPage:
    """A few questions asked together; its linkId is its URL slug."""

    link_id: str
    title: str
    section: str  # linkId of its section
    items: tuple[Item, ...]
    intro: tuple[str, ...] = ()
    is_grid: bool = False
    enable_when: Group | None = None
    codes: tuple[Coding, ...] = ()
    why: str = ""
    learn: str = ""
    notices: tuple[str, ...] = ()  # ids of the notices shown above its questions


@dataclass(frozen=True)
class Section:
    link_id: str
    number: int
    title: str
    pages: tuple[QuestionPage, ...]
    computed: tuple[Item, ...] = ()
    has_disclosure: bool = False  # the sentence about who sees a form that is not sent stands under its title


@dataclass(frozen=True)
class Threshold:
    """A limit a clinic may set, within a range that cannot be left."""

    name: str
    default: Decimal
    lowest: Decimal
    highest: Decimal
    unit: str = ""
    is_policy: bool = True

    def within_range(self, value: Decimal) -> Decimal:
        """Give the nearest value that the range allows."""
        return min(max(value, self.lowest), self.highest)


@dataclass(frozen=True)
class Rule:
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
    shown_at_once: bool = False  # its wording stands on the very next response
    reason_when: Group | None = None
    reason_extra: str = ""  # added to the reason when `reason_when` holds
    raised_by: str = ""  # incomplete, language, changed, tries
    watches: tuple[str, ...] = ()  # for `changed`: the rules whose loss it reports
    is_policy: bool = False


@dataclass(frozen=True)
class Notice:
    id: str
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    action: str = ""
    language: str = "en"
    rules: tuple[str, ...] = ()  # it is shown when one of these fired

    @property
    def text(self) -> str:
        """Give the whole notice as plain text: what is hashed and kept as the text that was shown."""
        lines = [self.title] if self.title else []
        lines += [*self.paragraphs, *(f"- {bullet}" for bullet in self.bullets)]
        return "\n".join(lines)


@dataclass(frozen=True)
class TeachBack:
    """The right answer to one no-driving question and what is said after each try."""

    link_id: str
    correct: str
    right: str
    wrong: Mapping[str, str]

    def feedback(self, code: str) -> str:
        """Give the words for a chosen answer; empty for the choice to go over it by phone."""
        return self.right if code == self.correct else self.wrong.get(code, "")


@dataclass(frozen=True)
class Score:
    """How staff read a total: bands as (lowest, highest, label), and a line that stands beside it."""

    link_id: str
    bands: tuple[tuple[int, int, str], ...] = ()
    note: str = ""
    incomplete_note: str = ""


@dataclass(frozen=True)
class Definition:
    """One version of a questionnaire with its rules and notices, parsed once."""

    slug: str
    version: int
    rule_set: str
    title: str
    language: str
    content_hash: str
    sections: tuple[Section, ...]
    rules: Mapping[str, Rule]
    thresholds: Mapping[str, Threshold]
    notices: Mapping[str, Notice]
    teach_back: Mapping[str, TeachBack]
    scores: Mapping[str, Score]
    none_words: frozenset[str]
    signed_off_languages: frozenset[str]
    other_link_ids: frozenset[str] = field(default_factory=frozenset)  # groups and displays: they take no answer

    @cached_property
    def pages(self) -> tuple[QuestionPage, ...]:
        return tuple(page for section in self.sections for page in section.pages)

    @cached_property
    def questions(self) -> Mapping[str, Item]:
        """Map linkId to each question that is asked, in order."""
        return {item.link_id: item for page in self.pages for item in page.items}

    @cached_property
    def computed(self) -> Mapping[str, Item]:
        return {item.link_id: item for section in self.sections for item in section.computed}

    @cached_property
    def items(self) -> Mapping[str, Item]:
        return {**self.questions, **self.computed}

    @cached_property
    def page_of(self) -> Mapping[str, QuestionPage]:
        """Map each question's linkId to the page that asks it."""
        return {item.link_id: page for page in self.pages for item in page.items}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """Map each page's linkId to its section."""
        return {page.link_id: section for section in self.sections for page in section.pages}

    @cached_property
    def help_panels(self) -> Mapping[str, str]:
        """Map a question that can open a help panel to the panel: its short form always stands below the question."""
        panels: dict[str, str] = {}
        for rule in self.rules.values():
            if rule.help and rule.when:
                for link_id in rule.when.questions():
                    if link_id in self.questions:
                        panels.setdefault(link_id, rule.help)
        return panels

    def panel(self, help_name: str) -> Notice:
        """Give the panel (`suicide` or `emergency`) that a rule's `help` names."""
        return self.notices[f"{help_name}-1"]

    def disclosure(self, unfinished_forms: bool) -> str:
        """Give the sentence about a form that is not sent, for the clinic's setting."""
        notice = self.notices["disclosure-on" if unfinished_forms else "disclosure-off"]
        return " ".join(notice.paragraphs)

    def driving_notice(self) -> Notice:
        """Give the no-driving notice that this version shows."""
        return next(notice for notice in self.notices.values() if notice.id.startswith("drive-"))

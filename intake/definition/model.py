"""What a published questionnaire says: its questions, conditions, rules and notices, as frozen dataclasses.

`definition_json.parse_definition()` makes a Definition from its three documents; nothing here reads JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from intake.definition.rules import (
    Condition,
    DefinitionError,
    Expected,
    Group,
    Notice,
    Quantity,
    Rule,
    Score,
    Severity,
    TeachBack,
    Threshold,
    ThresholdName,
)

__all__ = [
    "BY_PHONE",
    "IN_PERSON",
    "NOT_SURE",
    "Answer",
    "Answers",
    "Coding",
    "Condition",
    "Definition",
    "DefinitionError",
    "Expected",
    "Group",
    "Item",
    "LabelVariant",
    "Notice",
    "Option",
    "Quantity",
    "QuestionPage",
    "Rule",
    "Score",
    "Section",
    "Severity",
    "TeachBack",
    "Threshold",
    "ThresholdName",
]

Answer = str | bool | int | float | list[str] | dict[str, object]
Answers = Mapping[str, Answer]

IN_PERSON = "in-person"
NOT_SURE = "not-sure"
BY_PHONE = "by-phone"


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
        """Give the no-driving notice in the definition's language, else the one there is."""
        notices = [notice for notice in self.notices.values() if notice.id.startswith("drive-")]
        return next((notice for notice in notices if notice.language == self.language), notices[0])

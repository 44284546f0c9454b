"""What a published questionnaire says: its questions, conditions, rules and notices, as frozen dataclasses.

`definition_json.parse_definition()` makes a Definition from its three documents; nothing here reads JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from intake.definition.conditions import Test, compile_condition
from intake.definition.rules import Ends, Group, Notice, Quantity, Rule, Score, TeachBack, Threshold

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
    role: str = ""  # what the engine may know it as, such as birth-date or legal-name
    is_identity: bool = False  # says who somebody is or how to reach them; kept apart from the other answers

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
    worklist: tuple[frozenset[str], ...]  # crisis rules by urgency, the worst first
    ends: Ends | None
    signed_off_languages: frozenset[str]
    other_link_ids: frozenset[str] = field(default_factory=frozenset)  # groups and displays: they take no answer
    link_ids: tuple[str, ...] = ()  # every one, in order, groups and displays too

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
    def by_role(self) -> Mapping[str, Item]:
        return {item.role: item for item in self.items.values() if item.role}

    def role(self, name: str) -> Item | None:
        """Return the item that has a role; None when this questionnaire has none."""
        return self.by_role.get(name)

    @cached_property
    def identity(self) -> tuple[Item, ...]:
        return tuple(item for item in self.questions.values() if item.is_identity)

    @cached_property
    def page_tests(self) -> tuple[tuple[QuestionPage, Test | None, tuple[tuple[Item, Test | None], ...]], ...]:
        """Pair each page and each of its questions with its compiled condition."""
        return tuple(
            (page, self.test_of(page.enable_when), tuple((item, self.test_of(item.enable_when)) for item in page.items))
            for page in self.pages
        )

    @cached_property
    def rule_tests(self) -> Mapping[str, Test]:
        """Map each rule that has a condition to its compiled condition."""
        return {rule.id: compile_condition(self, rule.when) for rule in self.rules.values() if rule.when}

    @cached_property
    def variant_tests(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        """Map each question with other wordings to them, each with its compiled condition."""
        return {
            item.link_id: tuple((compile_condition(self, variant.when), variant.text) for variant in item.variants)
            for item in self.questions.values()
            if item.variants
        }

    @cached_property
    def level_tests(self) -> Mapping[str, tuple[tuple[Test, str], ...]]:
        """Map each computed level to its values, each with its compiled condition."""
        return {
            score.link_id: tuple((compile_condition(self, level.when), level.value) for level in score.levels)
            for score in self.scores.values()
        }

    @cached_property
    def page_numbers(self) -> Mapping[str, int]:
        return {page.link_id: number for number, page in enumerate(self.pages)}

    def test_of(self, condition: Group | None) -> Test | None:
        return compile_condition(self, condition) if condition else None

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
        """Return the panel (`suicide` or `emergency`) that a rule's `help` names."""
        return self.notice(f"panel-{help_name}")

    def disclosure(self, unfinished_forms: bool) -> str:
        """Return the sentence about a form that is not sent, for the clinic's setting."""
        return self.words("disclosure-on" if unfinished_forms else "disclosure-off")

    def driving_notice(self) -> Notice:
        """Return the no-driving notice in the definition's language, else the one there is."""
        return self.notice("driving")

    def notice(self, use: str) -> Notice:
        """Return the notice that has a use, in the definition's language, else the first there is."""
        notices = self.notices_by_use[use]
        return next((notice for notice in notices if notice.language == self.language), notices[0])

    def words(self, use: str) -> str:
        """Return the paragraphs of a notice that has a use as one text; empty when there is none."""
        return " ".join(self.notice(use).paragraphs) if use in self.notices_by_use else ""

    @cached_property
    def notices_by_use(self) -> Mapping[str, tuple[Notice, ...]]:
        uses: dict[str, tuple[Notice, ...]] = {}
        for notice in self.notices.values():
            uses[notice.use] = (*uses.get(notice.use, ()), notice)
        return uses

"""What a published questionnaire says: its questions, conditions, rules and notices, as frozen structs.

`parse_definition()` makes a Definition from its documents; nothing here reads JSON.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from msgspec import Struct, field

from intake.definition.compiled import Compiled
from intake.definition.medicines import Medicines
from intake.definition.rules import Ends, Group, Notice, Quantity, Rule, Score, Subject, TeachBack, Threshold

Answer = str | bool | int | float | list[str] | dict[str, object]
Answers = Mapping[str, Answer]

YES, NO = "yes", "no"
IN_PERSON = "in-person"
NOT_SURE = "not-sure"
BY_PHONE = "by-phone"


class Coding(Struct, frozen=True):
    system: str
    code: str


class Option(Struct, frozen=True):
    code: str
    label: str
    score: int | None = None
    is_exclusive: bool = False
    when: Group | None = None  # offered only while this holds
    otherwise: str = ""  # said to who chooses it all the same


class LabelVariant(Struct, frozen=True):
    """Another wording of a question, for when its condition holds."""

    when: Group
    text: str


class Item(Struct, frozen=True, dict=True):
    """One question, or one computed answer (`computed` is then its name, and it is never asked)."""

    link_id: str
    type: str  # boolean choice date quantity string text integer decimal, or group: rows of questions
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
    control: str = ""  # row cards list tick buttons act
    closed: str = ""  # title of the closed disclosure it stands in
    short: str = ""  # a few words for it
    least: Decimal | date | None = None
    most: Decimal | date | None = None
    required_with: str = ""  # required when this question has an answer that is no none-word
    answered_by: tuple[str, ...] = ()  # an answer to one of these will do as well
    not_with: tuple[str, str] | None = None  # an answer to this question too is an error, with this text
    format: str = ""  # phone email name
    none_is_blank: bool = False
    is_hidden: bool = False  # computed for conditions alone
    suggestions: tuple[str, ...] = ()
    suggest_list: str = ""
    items: tuple["Item", ...] = ()  # the questions of one row
    rows: int = 1  # rows shown at first
    max_rows: int = 20
    row_name: str = ""

    @property
    def is_long_text(self) -> bool:
        return self.type == "text"

    @property
    def is_group(self) -> bool:
        return self.type == "group"

    @property
    def is_acknowledgment(self) -> bool:
        return self.type == "boolean" and self.control != "tick"

    @property
    def words(self) -> str:
        """Return a few words for the question, else the question."""
        return self.short or self.text

    @cached_property
    def option_by_code(self) -> dict[str, Option]:
        return {option.code: option for option in self.options}

    @property
    def exclusive_codes(self) -> frozenset[str]:
        return frozenset(option.code for option in self.options if option.is_exclusive)


class QuestionPage(Struct, frozen=True):
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
    kind: str = "questions"  # start, teach-back, sign, check
    has_disclosure: bool = False

    @property
    def questions(self) -> tuple[Item, ...]:
        """Return the questions it asks, those in rows too."""
        return tuple(question for item in self.items for question in item.items or (item,))

    @property
    def is_counted(self) -> bool:
        """Say whether it is a page of the way: the start and the check page are not."""
        return self.kind not in ("start", "check")


class Section(Struct, frozen=True):
    link_id: str
    number: int
    title: str
    pages: tuple[QuestionPage, ...]
    computed: tuple[Item, ...] = ()
    has_disclosure: bool = False  # the sentence about who sees a form that is not sent stands under its title

    @property
    def is_part(self) -> bool:
        """Say whether patients see it as a part of the form."""
        return any(page.is_counted for page in self.pages)


class Fact(Struct, frozen=True):
    """One line that staff see under a short name, made of one item or of several."""

    label: str
    items: tuple[str, ...]
    join: str = ", "


class ToDo(Struct, frozen=True):
    """What staff do about a flag; where the form already holds what it asks for, the words that leave it out."""

    do: str
    asks: str = ""
    given: str = ""


class Staff(Struct, frozen=True):
    """What staff see first: facts, what was written in own words, what the front desk reads, and what to do."""

    facts: tuple[Fact, ...] = ()
    texts: tuple[Fact, ...] = ()
    contacts: tuple[Fact, ...] = ()
    care: tuple[Fact, ...] = ()  # who else looks after the person: beside whom to call
    to_do: Mapping[str, ToDo] = field(default_factory=dict)  # by rule, or by severity for rules without their own


class Definition(Struct, frozen=True, dict=True):
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
    subjects: tuple[Subject, ...]
    staff: Staff
    medicines: Medicines | None
    signed_off_languages: frozenset[str]
    other_link_ids: frozenset[str] = field(default_factory=frozenset)  # groups and displays: they take no answer
    retired: frozenset[str] = field(default_factory=frozenset)  # linkIds that must never be used again
    link_ids: tuple[str, ...] = ()  # every one, in order, groups and displays too

    @cached_property
    def pages(self) -> tuple[QuestionPage, ...]:
        return tuple(page for section in self.sections for page in section.pages)

    @cached_property
    def questions(self) -> Mapping[str, Item]:
        """Map linkId to each question that is asked, in order, those in rows too."""
        return {item.link_id: item for page in self.pages for item in page.questions}

    @cached_property
    def groups(self) -> Mapping[str, Item]:
        """Map linkId to each repeated group."""
        return {item.link_id: item for page in self.pages for item in page.items if item.is_group}

    @cached_property
    def group_of(self) -> Mapping[str, Item]:
        """Map each question in rows to its group."""
        return {item.link_id: group for group in self.groups.values() for item in group.items}

    def item_at(self, path: str) -> Item | None:
        """Return the question at a path: a linkId, or `group[0].link-id`."""
        return self.items.get(path.rpartition(".")[2])

    @cached_property
    def computed(self) -> Mapping[str, Item]:
        return {item.link_id: item for section in self.sections for item in section.computed}

    @cached_property
    def items(self) -> Mapping[str, Item]:
        return {**self.questions, **self.computed}

    @cached_property
    def page_of(self) -> Mapping[str, QuestionPage]:
        """Map each question's linkId to the page that asks it."""
        return {item.link_id: page for page in self.pages for item in (*page.items, *page.questions)}

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

    def to_do(self, rule: Rule) -> ToDo:
        """Return what staff do about a rule: its own, else what its severity says."""
        return self.staff.to_do.get(rule.id) or self.staff.to_do[rule.severity.word]

    @cached_property
    def identity(self) -> tuple[Item, ...]:
        return tuple(item for item in self.questions.values() if item.is_identity)

    @cached_property
    def compiled(self) -> Compiled:
        """Return the conditions as closures, made when first needed."""
        return Compiled(self)

    @cached_property
    def subject_of(self) -> Mapping[str, Subject]:
        return {subject.id: subject for subject in self.subjects}

    @cached_property
    def page_numbers(self) -> Mapping[str, int]:
        return {page.link_id: number for number, page in enumerate(self.pages)}

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

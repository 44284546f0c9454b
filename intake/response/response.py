"""The form as answered so far: its questions are walked once, and everything that asks about a form asks it."""

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from intake.definition.conditions import NO_LIMITS, ConditionError, Test, Values
from intake.definition.model import Answer, Answers, Definition, Item, QuestionPage, Section
from intake.response.values import is_blank
from intake.response.words import display_value


@dataclass(frozen=True)
class Asked:
    """One question that is asked, where it stands, and its answer; None when there is none."""

    item: Item
    page: QuestionPage
    path: str
    value: Answer | None

    @property
    def is_missing(self) -> bool:
        """Say whether it must be answered and is not. An acknowledgment not given is missing."""
        return self.item.required and (self.value is None or self.value is False)


@dataclass(frozen=True)
class AnswerRow:
    """One question as it was asked, with its answer in words (empty when there is none)."""

    item: Item
    page: QuestionPage
    path: str
    question: str
    words: str
    is_missing: bool


@dataclass(frozen=True)
class SectionRows:
    section: Section
    rows: tuple[AnswerRow, ...]


class State(Enum):
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    DONE = "done"


@dataclass(frozen=True)
class SectionState:
    """A section as the task list shows it, with the pages it has for these answers."""

    section: Section
    state: State
    pages: tuple[QuestionPage, ...]
    next_page: QuestionPage  # where its link leads: the first page with something missing, else its first

    @property
    def is_done(self) -> bool:
        return self.state is State.DONE


@dataclass(frozen=True)
class Response:
    """Answers to one definition, as last typed, by path: a linkId, or `group[0].link-id` in a repeated group."""

    definition: Definition
    answers: Answers

    @cached_property
    def walk(self) -> tuple[Asked, ...]:
        """Pair each asked question with its answer, in one pass: a condition reads only what was asked before it."""
        enabled: dict[str, object] = {}
        asked: list[Asked] = []
        for page, page_test, items in self.definition.page_tests:
            if not _holds(page_test, enabled):
                continue
            here = [item for item, test in items if test is None or _holds(test, enabled)]
            for item in here:
                value = self.answers.get(item.link_id)
                if is_blank(value):
                    value = None
                else:
                    enabled[item.link_id] = value
                asked.append(Asked(item, page, item.link_id, value))
        return tuple(asked)

    @cached_property
    def asked(self) -> tuple[Item, ...]:
        """Return the questions whose conditions hold, in order."""
        return tuple(asked.item for asked in self.walk)

    @cached_property
    def enabled(self) -> dict[str, Answer]:
        """Leave out the answers that branching switched off: only the rest count anywhere."""
        return {asked.path: asked.value for asked in self.walk if asked.value is not None}

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Name the required questions that are asked and have no answer."""
        return tuple(asked.path for asked in self.walk if asked.is_missing)

    @cached_property
    def ignored(self) -> tuple[str, ...]:
        """Name the answers that branching switched off."""
        return tuple(path for path, value in self.answers.items() if path not in self.enabled and not is_blank(value))

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @cached_property
    def pages(self) -> tuple[QuestionPage, ...]:
        """Return the pages that have a question for these answers, each with only the questions it asks."""
        items: dict[str, list[Item]] = {}
        for asked in self.walk:
            items.setdefault(asked.page.link_id, []).append(asked.item)
        return tuple(
            replace(page, items=tuple(items[page.link_id])) for page in self.definition.pages if page.link_id in items
        )

    def page(self, slug: str) -> QuestionPage | None:
        """Find a page by its linkId; None when there is none for these answers."""
        return next((page for page in self.pages if page.link_id == slug), None)

    def after(self, here: QuestionPage) -> QuestionPage | None:
        """Return the page after this one, though it just lost its condition; None after the last."""
        place = self.definition.page_numbers
        return next((page for page in self.pages if place[page.link_id] > place[here.link_id]), None)

    def before(self, here: QuestionPage) -> QuestionPage | None:
        """Return the page before this one; None before the first."""
        place = self.definition.page_numbers
        return next((page for page in reversed(self.pages) if place[page.link_id] < place[here.link_id]), None)

    @cached_property
    def first_open(self) -> QuestionPage | None:
        """Return the first page with a required question still open; None when the form can be sent."""
        slug = next((asked.page.link_id for asked in self.walk if asked.is_missing), "")
        return self.page(slug)

    @cached_property
    def sections(self) -> tuple[SectionState, ...]:
        """Return the task list: the sections that have a page for these answers, with how far each is."""
        return tuple(
            self._state_of(section, pages)
            for section in self.definition.sections
            if (pages := tuple(page for page in self.pages if page.section == section.link_id))
        )

    def rows(self) -> tuple[SectionRows, ...]:
        """Return every question that is asked with its answer in words, by section; sections with none are left out."""
        rows: dict[str, list[AnswerRow]] = {}
        for asked in self.walk:
            row = AnswerRow(
                asked.item,
                asked.page,
                asked.path,
                self.text_of(asked.item),
                display_value(asked.item, asked.value),
                asked.is_missing,
            )
            rows.setdefault(asked.page.section, []).append(row)
        sections = self.definition.sections
        return tuple(
            SectionRows(section, tuple(rows[section.link_id])) for section in sections if section.link_id in rows
        )

    def text_of(self, item: Item) -> str:
        """Return the question in the wording that fits the answers before it."""
        for test, text in self.definition.variant_tests.get(item.link_id, ()):
            if _holds(test, self.enabled, in_doubt=False):
                return text
        return item.text

    def role(self, name: str) -> Answer | None:
        """Return the answer to the question that has a role, as last typed; None when there is none."""
        item = self.definition.role(name)
        value = self.answers.get(item.link_id) if item else None
        return None if is_blank(value) else value

    def _state_of(self, section: Section, pages: tuple[QuestionPage, ...]) -> SectionState:
        here = [asked for asked in self.walk if asked.page.section == section.link_id]
        open_pages = {asked.page.link_id for asked in here if asked.is_missing}
        first = next((page for page in pages if page.link_id in open_pages), pages[0])
        if not open_pages:
            state = State.DONE
        elif all(asked.value is None for asked in here):
            state = State.NOT_STARTED
        else:
            state = State.IN_PROGRESS
        return SectionState(section, state, pages, first)


def _holds(test: Test | None, enabled: Values, *, in_doubt: bool = True) -> bool:
    """Say whether a condition holds; an answer we cannot read must never hide a question."""
    try:
        return test is None or test(enabled, NO_LIMITS) is not None
    except ConditionError:
        return in_doubt

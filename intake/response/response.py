"""The form as answered so far: its questions are walked once, and everything that asks about a form asks it."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from intake.definition.conditions import Values
from intake.definition.medicines import Found
from intake.definition.model import Answer, Answers, Definition, Item, Option, QuestionPage, Section
from intake.response.values import is_blank
from intake.response.walk import ROW, Asked, Walk, holds, row_numbers, walk_form
from intake.response.words import display_value, fill


class Match(NamedTuple):
    """A medicine name found in an answer."""

    path: str
    found: Found


class AnswerRow(Struct, frozen=True):
    """One question as it was asked, with its answer in words (empty when there is none)."""

    item: Item
    page: QuestionPage
    path: str
    question: str
    words: str
    is_missing: bool


class SectionRows(Struct, frozen=True):
    section: Section
    rows: tuple[AnswerRow, ...]


class State(Enum):
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    DONE = "done"


class SectionState(Struct, frozen=True):
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
    last: Walk | None = field(default=None, repr=False, compare=False)  # a walk with other answers

    def with_answers(self, answers: Answers) -> "Response":
        """Return the form with other answers: what they do not touch is not walked again."""
        return self if answers == self.answers else Response(self.definition, answers, self._walk)

    @cached_property
    def _walk(self) -> Walk:
        return walk_form(self.definition, self.answers, self.last)

    @property
    def walk(self) -> tuple[Asked, ...]:
        """Return each question that is asked with its answer, in order."""
        return self._walk.asked

    @property
    def values(self) -> Values:
        """Return the answers that count, as conditions read them."""
        return self._walk.values

    def row_numbers(self, group: Item) -> list[int]:
        """Return the numbers of the rows that have anything in them that counts, in order."""
        return row_numbers(self.definition, self.answers, group)

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
        asked = {one.path for one in self.walk}
        return tuple(path for path, value in self.answers.items() if path not in asked and not is_blank(value))

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @cached_property
    def pages(self) -> tuple[QuestionPage, ...]:
        """Return the pages of the way that have a question for these answers, each with only those it asks.

        The start page and the check page are not of the way.
        """
        items: dict[str, list[Item]] = {}
        for asked in self.walk:
            if asked.page.is_counted and asked.item.link_id not in self.definition.group_of:
                items.setdefault(asked.page.link_id, []).append(asked.item)
        return tuple(
            page if len(here) == len(page.items) else replace(page, items=tuple(here))
            for page in self.definition.pages
            if (here := items.get(page.link_id))
        )

    def page(self, slug: str) -> QuestionPage | None:
        """Find a page by its linkId, the start page too; None when there is none for these answers."""
        start = (page for page in self.definition.pages if page.kind == "start")
        return next((page for page in (*self.pages, *start) if page.link_id == slug), None)

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
        """Return the first page of the way with a question still open; None when the form can be checked and sent."""
        slug = next((asked.page.link_id for asked in self.walk if asked.is_missing and asked.page.is_counted), "")
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
            if asked.item.items and not asked.is_missing:
                continue
            words = self.words(asked.item, asked.value)
            row = AnswerRow(asked.item, asked.page, asked.path, self.question_at(asked.path), words, asked.is_missing)
            rows.setdefault(asked.page.section, []).append(row)
        sections = self.definition.sections
        return tuple(
            SectionRows(section, tuple(rows[section.link_id])) for section in sections if section.link_id in rows
        )

    def text_of(self, item: Item) -> str:
        """Return the question in the wording that fits the answers before it."""
        for test, text in self.definition.compiled.variants.get(item.link_id, ()):
            if holds(test, self.values, in_doubt=False):
                return self.fill(text)
        return self.fill(item.text)

    def question_at(self, path: str) -> str:
        """Return the question at a path; one in rows names its row, 'Medicine 1: Name'."""
        item = self.definition.item_at(path) or self.definition.groups.get(path)
        if item is None:
            return path
        match = ROW.fullmatch(path)
        if match is None or match[1] not in self.definition.groups:
            return self.text_of(item)
        group = self.definition.groups[match[1]]
        return f"{group.row_name or group.text} {int(match[2]) + 1}: {item.text}"

    def words(self, item: Item, value: object) -> str:
        """Return an answer in the words the reader saw."""
        return display_value(item, value, self._words_for)

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """Return the options that are offered for these answers, with their labels filled in."""
        tests = self.definition.compiled.options
        return tuple(
            replace(option, label=self.fill(option.label)) if "{" in option.label else option
            for option in item.options
            if option.when is None or holds(tests[item.link_id, option.code], self.values)
        )

    def fill(self, text: str) -> str:
        """Put answers in the place of `{link-id}`; without an answer it goes, with the parentheses round it."""
        return fill(text, self._words_for)

    def _words_for(self, link_id: str) -> str:
        item = self.definition.items.get(link_id)
        return display_value(item, self.values.get(link_id)) if item else ""

    @cached_property
    def medicines(self) -> tuple[Match, ...]:
        """Return the medicine names found in the answers."""
        medicines = self.definition.medicines
        if medicines is None:
            return ()
        return tuple(
            Match(asked.path, found)
            for asked in self.walk
            if asked.item.role in ("medicine-name", "medicine-text") and isinstance(asked.value, str)
            for found in medicines.find(asked.value)
        )

    def role(self, name: str) -> Answer | None:
        """Return the answer to the question that has a role, as last typed; None when there is none."""
        item = self.definition.role(name)
        value = self.answers.get(item.link_id) if item else None
        return None if is_blank(value) else value

    def _state_of(self, section: Section, pages: tuple[QuestionPage, ...]) -> SectionState:
        here = [asked for asked in self.walk if asked.page.section == section.link_id and asked.page.is_counted]
        open_pages = {asked.page.link_id for asked in here if asked.is_missing}
        first = next((page for page in pages if page.link_id in open_pages), pages[0])
        if not open_pages:
            state = State.DONE
        elif all(asked.value is None for asked in here):
            state = State.NOT_STARTED
        else:
            state = State.IN_PROGRESS
        return SectionState(section, state, pages, first)

"""Which pages there are for these answers, and which comes next: pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from intake.definition.model import Answers, Definition, QuestionPage, Section
from intake.response.values import age_on, asked_questions, is_blank, missing_answers

ADULT = 18


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


def journey_ends(answers: Answers, *, today: date) -> bool:
    """Say whether a birth date under 18 ends the journey: nothing else is asked or sent."""
    birth = answers.get("date-of-birth")
    if not isinstance(birth, str) or is_blank(birth):
        return False
    return age_on(date.fromisoformat(birth), today) < ADULT


def shown_pages(definition: Definition, answers: Answers) -> tuple[QuestionPage, ...]:
    """Give the pages that have a question for these answers, each with only the questions it asks."""
    asked = {item.link_id for item in asked_questions(definition, answers)}
    return tuple(_with_asked(definition.pages, asked))


def find_page(definition: Definition, answers: Answers, slug: str) -> QuestionPage | None:
    """Find a page by its slug; None when there is none for these answers."""
    return next((page for page in shown_pages(definition, answers) if page.link_id == slug), None)


def next_page(definition: Definition, answers: Answers, here: QuestionPage) -> QuestionPage | None:
    """Give the page after this one; None after the last."""
    return next(_pages_after(definition, answers, here), None)


def previous_page(definition: Definition, answers: Answers, here: QuestionPage) -> QuestionPage | None:
    """Give the page before this one; None before the first."""
    order = [page.link_id for page in definition.pages]
    place = order.index(here.link_id)
    before = [page for page in shown_pages(definition, answers) if order.index(page.link_id) < place]
    return before[-1] if before else None


def first_unanswered(definition: Definition, answers: Answers) -> QuestionPage | None:
    """Give the first page with a required question still open; None when the form can be sent."""
    missing = set(missing_answers(definition, answers))
    for page in shown_pages(definition, answers):
        if any(item.link_id in missing for item in page.items):
            return page
    return None


def section_states(definition: Definition, answers: Answers) -> tuple[SectionState, ...]:
    """Give the task list: the sections that have a page for these answers, with how far each is."""
    missing = set(missing_answers(definition, answers))
    shown = shown_pages(definition, answers)
    states = []
    for section in definition.sections:
        pages = tuple(page for page in shown if page.section == section.link_id)
        if not pages:
            continue
        items = [item for page in pages for item in page.items]
        open_pages = [page for page in pages if any(item.link_id in missing for item in page.items)]
        if not open_pages:
            state = State.DONE
        elif all(is_blank(answers.get(item.link_id)) for item in items):
            state = State.NOT_STARTED
        else:
            state = State.IN_PROGRESS
        states.append(SectionState(section, state, pages, (open_pages or pages)[0]))
    return tuple(states)


def section_of(definition: Definition, page: QuestionPage) -> Section:
    """Give the section a page stands in; its `number` and `last_section_number()` make "Section 3 of 11"."""
    return definition.section_of[page.link_id]


def last_section_number(definition: Definition) -> int:
    return definition.sections[-1].number


def _pages_after(definition: Definition, answers: Answers, here: QuestionPage) -> Iterator[QuestionPage]:
    # By place in the whole form, so that a page that just lost its condition still leads on.
    order = {page.link_id: place for place, page in enumerate(definition.pages)}
    for page in shown_pages(definition, answers):
        if order[page.link_id] > order[here.link_id]:
            yield page


def _with_asked(pages: tuple[QuestionPage, ...], asked: set[str]) -> Iterator[QuestionPage]:
    for page in pages:
        items = tuple(item for item in page.items if item.link_id in asked)
        if items:
            yield replace(page, items=items)

"""Where a page stands, where its answers lead, and what two tabs said about the same question. Pure."""

from collections.abc import Iterable, Mapping

from django.http import QueryDict
from msgspec import Struct
from msgspec.structs import replace

from intake.definition.model import Answer, Definition, Item, QuestionPage, Section
from intake.journey.addresses import BACK_TO_CHECK
from intake.journey.effort import minutes_by_part
from intake.response.response import Response
from intake.response.words import display_value


class Place(Struct, frozen=True):
    """Part 4 of 6: Your health, page 2 of 4."""

    part: int
    parts: int
    title: str
    page: int
    pages: int
    minutes: int  # of the whole part

    @property
    def is_first(self) -> bool:
        return self.page == 1

    @property
    def filled(self) -> int:
        """Return how many hundredths of the parts are behind: all of them only when the form is sent."""
        return (self.part - 1) * 100 + (self.page - 1) * 100 // self.pages


class Difference(Struct, frozen=True):
    """One question with the answer that is kept and the one that was posted, in words."""

    question: str
    kept: str
    posted: str


def acts_on_check(definition: Definition) -> list[Item]:
    """Return the agreements that are given by sending."""
    return [item for page in definition.pages if page.kind == "check" for item in page.items if item.control == "act"]


def parts_of(definition: Definition) -> list[Section]:
    """Return the sections that a person meets as parts, whatever the answers: their number never changes."""
    return [section for section in definition.sections if section.is_part]


def place_of(response: Response, here: QuestionPage) -> Place | None:
    """Return where a page stands; None for the start page, which is of no part."""
    parts = parts_of(response.definition)
    section = response.definition.section_of[here.link_id]
    if section not in parts:
        return None
    slugs = [page.link_id for page in response.pages if page.section == section.link_id and page.is_counted]
    page = slugs.index(here.link_id) + 1 if here.link_id in slugs else 1
    minutes = minutes_by_part(response.definition).get(section.link_id, 1)
    return Place(parts.index(section) + 1, len(parts), section.title, page, max(len(slugs), 1), minutes)


def part_number(definition: Definition, page: str) -> str:
    """Return the part in which a page stands and how many there are, such as 5-6; the last part without a page."""
    parts = parts_of(definition)
    section = definition.section_of.get(page)
    number = parts.index(section) + 1 if section in parts else len(parts)
    return f"{number}-{len(parts)}"


def page_as_shown(response: Response, slug: str, posted: QueryDict) -> QuestionPage:
    """Return the page with the questions it had when it was shown.

    A question that another tab switched on since is not on the posted page: reading it as blank would take its
    answer away. One that was switched off since is read, so that nothing typed is lost.
    """
    whole = next(page for page in response.definition.pages if page.link_id == slug)
    now = response.page(slug)
    shown = set(posted.get("shown", "").split()) or {item.link_id for item in (now.items if now else ())}
    return replace(whole, items=tuple(item for item in whole.items if item.link_id in shown))


def must_come_first(response: Response, here: QuestionPage) -> QuestionPage | None:
    """Return the page of the first part that is still open, when `here` stands in a later part."""
    first = parts_of(response.definition)[0]
    if here.section == first.link_id:
        return None
    page = response.first_open
    return page if page is not None and page.section == first.link_id else None


def next_page(before: Response, after: Response, here: QuestionPage, back: str) -> str:
    """Say to which page the answers of one page lead: onwards, or from a change back to the check page (empty).

    A change asks only for what it made necessary: questions that it switched on and nobody has answered,
    and required ones still open.
    """
    if back != BACK_TO_CHECK:
        following = after.after(here)
        return following.link_id if following else ""
    wanted = set(after.missing) | newly_asked(before, after)
    for page in after.pages:
        if page.link_id != here.link_id and any(item.link_id in wanted for item in page.items):
            return page.link_id
    return ""


def newly_asked(before: Response, after: Response) -> set[str]:
    asked_before = {asked.path for asked in before.walk}
    return {asked.item.link_id for asked in after.walk if asked.value is None and asked.path not in asked_before}


def differences(response: Response, posted: Mapping[str, Answer | None], paths: Iterable[str]) -> list[Difference]:
    """Put the kept answer and the posted one to the same questions beside each other."""

    def row(item: Item, path: str) -> Difference:
        return Difference(
            response.question_at(path),
            display_value(item, response.answers.get(path)),
            display_value(item, posted.get(path)),
        )

    questions = response.definition.questions
    return [row(questions[path.rpartition(".")[2]], path) for path in paths]

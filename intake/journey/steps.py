"""Where a page stands, where its answers lead, and what two tabs said about the same question. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.urls import reverse

from intake.definition.model import Answer, Answers, Definition, Item, QuestionPage
from intake.response.response import Response
from intake.response.values import is_blank
from intake.response.words import display_value

BACK_TO_CHECK = "check"


@dataclass(frozen=True)
class Place:
    """Section 3 of 12, and whether this is the section's first page."""

    number: int
    total: int
    title: str
    is_first: bool


@dataclass(frozen=True)
class Difference:
    """One question with the answer that is kept and the one that was posted, in words."""

    question: str
    kept: str
    posted: str


def place_of(definition: Definition, answers: Answers, here: QuestionPage) -> Place:
    states = Response(definition, answers).sections
    for number, state in enumerate(states, start=1):
        if state.section.link_id == here.section:
            return Place(number, len(states), state.section.title, state.pages[0].link_id == here.link_id)
    section = definition.section_of[here.link_id]
    return Place(len(states), len(states), section.title, False)


def page_as_shown(definition: Definition, here: QuestionPage, posted: QueryDict) -> QuestionPage:
    """Give the page with the questions it had when it was shown.

    A question that another tab switched on since is not on the posted page: reading it as blank would
    take its answer away.
    """
    shown = set(posted.get("shown", "").split())
    whole = next(page for page in definition.pages if page.link_id == here.link_id)
    items = tuple(item for item in whole.items if item.link_id in shown)
    return replace(here, items=items) if items else here


def must_come_first(definition: Definition, answers: Answers, here: QuestionPage) -> QuestionPage | None:
    """Give the page of the first section that is still open, when `here` stands in a later section."""
    first = definition.sections[0]
    if here.section == first.link_id:
        return None
    page = Response(definition, answers).first_open
    return page if page is not None and page.section == first.link_id else None


def url_after(definition: Definition, before: Answers, after: Answers, here: QuestionPage, back: str) -> str:
    """Say where a page leads: onwards, or from a change back to the check page.

    A change asks only for what it made necessary: questions that it switched on and nobody has answered,
    and required ones still open.
    """
    if back != BACK_TO_CHECK:
        following = Response(definition, after).after(here)
        return page_url(following) if following else reverse("intake:check-answers")
    wanted = set(Response(definition, after).missing) | newly_asked(definition, before, after)
    for page in Response(definition, after).pages:
        if page.link_id != here.link_id and any(item.link_id in wanted for item in page.items):
            return page_url(page, back)
    return reverse("intake:check-answers")


def newly_asked(definition: Definition, before: Answers, after: Answers) -> set[str]:
    asked_before = {item.link_id for item in Response(definition, before).asked}
    return {
        item.link_id
        for item in Response(definition, after).asked
        if item.link_id not in asked_before and is_blank(after.get(item.link_id))
    }


def page_url(page: QuestionPage, back: str = "") -> str:
    url = reverse("intake:page", args=[page.link_id])
    return f"{url}?back={back}" if back else url


def differences(
    definition: Definition, kept: Answers, posted: Mapping[str, Answer | None], link_ids: Iterable[str]
) -> list[Difference]:
    """Put two answers to the same questions beside each other."""
    response = Response(definition, kept)

    def row(item: Item) -> Difference:
        return Difference(
            response.text_of(item),
            display_value(item, kept.get(item.link_id)),
            display_value(item, posted.get(item.link_id)),
        )

    return [row(definition.questions[link_id]) for link_id in link_ids]

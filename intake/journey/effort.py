"""How long a form takes, reckoned from its definition: words read, things tapped, characters typed. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from intake.definition.model import NOT_SURE, Answer, Answers, Definition, Item
from intake.response.response import Response
from intake.response.walk import Asked

WORDS_A_MINUTE = 200
TAP_SECONDS = 2.5
CHARACTER_SECONDS = 0.3
FRAME_WORDS = 16  # what stands round the questions of every page
TYPED = {"string": 12, "text": 60, "date": 8, "quantity": 3, "integer": 3, "decimal": 3}
STEP = 5  # minutes: finer would not be honest
LONGEST_FORM = 20  # passes until every question that a route opens has its answer


class Effort(NamedTuple):
    """The minutes of the shortest route, of the one with every list answered yes, and of each part on the shortest."""

    shortest: int
    longest: int
    parts: Mapping[str, int]


_KNOWN: dict[tuple[str, str], Effort] = {}


def minutes_of(definition: Definition) -> tuple[int, int]:
    """Return the minutes of the shortest route, and of the one with every list answered yes, to the nearest five."""
    effort = effort_of(definition)
    return effort.shortest, effort.longest


def minutes_by_part(definition: Definition) -> Mapping[str, int]:
    """Return the whole minutes of each section on the shortest route, at least one."""
    return effort_of(definition).parts


def effort_of(definition: Definition) -> Effort:
    """Return what a version takes; reckoned once per process, for a version cannot change."""
    key = (definition.content_hash, definition.language)
    if key not in _KNOWN:
        short, long = (_route(definition, is_longest).walk for is_longest in (False, True))
        sections = {asked.page.section for asked in short}
        parts = {name: [one for one in short if one.page.section == name] for name in sections}
        _KNOWN[key] = Effort(
            _to_five(short), _to_five(long), {name: max(1, round(_seconds(part) / 60)) for name, part in parts.items()}
        )
    return _KNOWN[key]


def _to_five(walk: Iterable[Asked]) -> int:
    return max(STEP, STEP * round(_seconds(walk) / 60 / STEP))


def _route(definition: Definition, is_longest: bool) -> Response:
    """Return the form as somebody would answer it who says no to everything, or yes."""
    response = Response(definition, {})
    for _pass in range(LONGEST_FORM):
        answers = response.answers
        more = {one.path: value for one in response.walk if (value := _answer(one, answers, is_longest)) is not None}
        if not more:
            break
        response = response.with_answers({**answers, **more})
    return response


def _answer(asked: Asked, answers: Answers, is_longest: bool) -> Answer | None:
    item = asked.item
    if asked.path in answers or not (item.required or is_longest):
        return None
    if item.type == "choice":
        return _choice(item, is_longest)
    return True if item.type == "boolean" else None


def _choice(item: Item, is_longest: bool) -> Answer:
    plain = [option.code for option in item.options if not option.is_exclusive and option.code != NOT_SURE]
    quiet = [option.code for option in item.options if option.is_exclusive or option.code in ("no", "none")]
    if is_longest:
        chosen = plain if item.repeats else (["yes"] if "yes" in plain else plain[-1:])
    else:
        scored = [option.code for option in item.options if option.score == 0]
        chosen = (quiet or scored or plain)[:1]
    chosen = chosen or [item.options[0].code]
    return chosen if item.repeats else chosen[0]


def _seconds(walk: Iterable[Asked]) -> float:
    """Return the seconds of a route: by page its frame and its button, by question its words and its answer."""
    asked = list(walk)
    pages = {one.page.link_id: one.page for one in asked if one.page.is_counted}
    words = sum(FRAME_WORDS + _count(page.title, *page.intro) for page in pages.values())
    taps, characters = len(pages), 0
    for one in asked:
        item = one.item
        words += _count(item.text, item.help, *(option.label for option in item.options))
        if item.required:
            taps += 1
            characters += TYPED.get(item.type, 0)
    return words * 60 / WORDS_A_MINUTE + taps * TAP_SECONDS + characters * CHARACTER_SECONDS


def _count(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)

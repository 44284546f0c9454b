"""Judge a definition before it is published: every name leads somewhere, and nothing can fail before a patient."""

from collections import Counter
from collections.abc import Iterable

from intake.definition.conditions import CLASSES
from intake.definition.documents import Documents
from intake.definition.medicines import NEAR, UNKNOWN
from intake.definition.model import BY_PHONE, Definition, Item, Option, QuestionPage
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError, Group, OtherItem, ThresholdName
from intake.definition.validate_items import check_group, check_item, check_learn, check_roles
from intake.definition.validate_nodes import check_nodes
from intake.definition.validate_rules import (
    check_causes,
    check_entry,
    check_group_entries,
    check_lists,
    check_notices,
    check_rule,
    check_thresholds,
    check_to_do,
)

MOST_ON_A_PAGE = 10
# What a computed item is, of which types it may be, and the roles that it is made of.
COMPUTATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "age": ("integer", ("birth-date",)), "bmi": ("decimal", ("weight", "height")), "sum": ("integer", ()),
    "level": ("choice", ()), CLASSES: ("choice", ()), "signature": ("choice", ("signature", "legal-name")),
}  # fmt: skip
PAGE_KINDS = ("questions", "start", "teach-back", "sign", "check")
GIVEN_BY_BUTTON = {"start": ("act", "buttons"), "check": ("act",)}
BUTTONS_OF = {"act": ("start", "sign", "check"), "buttons": ("start",)}
# What the buttons and hidden fields of a page are called: a question of such a name could not be answered.
POSTED = {"add", "change", "confirmed", "keep", "leave", "revision", "shared", "shown", "stop"}
LONGEST_NAME = 80


def check_documents(documents: Documents) -> Definition:
    """Read the documents of a version and judge all of it; DefinitionError names what does not fit."""
    definition = parse_definition(documents)
    check_nodes(documents.questionnaire)
    check_definition(definition)
    return definition


def check_definition(definition: Definition) -> None:
    """Raise DefinitionError, naming the linkId or the rule, for the first thing that does not fit."""
    _check_link_ids(definition)
    for item in definition.items.values():
        check_item(definition, item)
    for group in definition.groups.values():
        check_group(group)
    for item in definition.computed.values():
        _check_computed(definition, item)
    check_roles(definition)
    _check_scores(definition)
    _check_order(definition)
    check_thresholds(definition)
    for rule in definition.rules.values():
        check_rule(definition, rule)
    check_causes(definition)
    _check_teach_back(definition)
    check_notices(definition)
    check_lists(definition)
    check_to_do(definition)


def _check_link_ids(definition: Definition) -> None:
    if not definition.title.strip():
        raise DefinitionError("the questionnaire has no title")
    if not definition.pages:
        raise DefinitionError("the questionnaire has no page")
    twice = [link_id for link_id, count in Counter(definition.link_ids).items() if count > 1]
    if twice:
        raise DefinitionError(f"{twice[0]}: the linkId stands twice")
    for link_id in definition.link_ids:
        if link_id in definition.retired or link_id in POSTED:
            raise DefinitionError(f"{link_id}: the linkId is reserved")
        if len(link_id) > LONGEST_NAME:
            raise DefinitionError(f"{link_id}: a linkId has at most {LONGEST_NAME} characters")


def _check_computed(definition: Definition, item: Item) -> None:
    name = item.link_id
    if item.computed not in COMPUTATIONS:
        raise DefinitionError(f"{name}: nothing computes {item.computed}")
    of_type, roles = COMPUTATIONS[item.computed]
    if item.type != of_type:
        raise DefinitionError(f"{name}: what computes {item.computed} is of type {of_type}")
    for role in roles:
        if definition.role(role) is None:
            raise DefinitionError(f"{name}: no question has the role {role}")
    score = definition.scores.get(name)
    if item.computed == "sum":
        _check_sum(definition, name, score.sum if score else ())
    if item.computed == "level":
        if score is None or not score.levels:
            raise DefinitionError(f"{name}: rules.json does not say its levels")
        for level in score.levels:
            if level.value not in item.option_by_code:
                raise DefinitionError(f"{name}: it has no answer {level.value!r}")
            _check_level(definition, name, level.when)
    if item.computed == CLASSES:
        medicines = definition.medicines
        if medicines is None or not {*medicines.by_code, NEAR, UNKNOWN} == set(item.option_by_code):
            raise DefinitionError(f"{name}: its answers are not the codes of medicines.json, {NEAR} and {UNKNOWN}")
    if item.computed == "signature" and set(item.option_by_code) != {"same", "other"}:
        raise DefinitionError(f"{name}: its answers are not same and other")


def _check_sum(definition: Definition, name: str, questions: tuple[str, ...]) -> None:
    """A question may have no points at all: it then only opens others, and adds nothing."""
    options: list[Option] = []
    for question in questions:
        item = definition.questions.get(question)
        if item is None or item.type != "choice" or item.repeats:
            raise DefinitionError(f"{name}: it cannot add up {question}")
        if len({option.score is None for option in item.options}) > 1:
            raise DefinitionError(f"{name}: some answers of {question} have points and some have none")
        options += item.options
    if not any(option.score for option in options):
        raise DefinitionError(f"{name}: rules.json does not say what it adds up, or nothing there has points")


def _check_level(definition: Definition, name: str, when: Group) -> None:
    """A level is made of answers and of what is computed before it, by no limit of the clinic."""
    check_group_entries(definition, when, name)
    if any(when.fired()):
        raise DefinitionError(f"{name}: a level cannot read which rules fire")
    before = list(definition.computed)[: list(definition.computed).index(name)]
    for entry in when.entries():
        if entry.question in definition.computed and entry.question not in before:
            raise DefinitionError(f"{name}: it reads {entry.question}, which is computed no earlier")
        if isinstance(entry.expected, ThresholdName):
            raise DefinitionError(f"{name}: a level may read no threshold")


def _check_scores(definition: Definition) -> None:
    for score in definition.scores.values():
        if score.link_id not in definition.computed:
            raise DefinitionError(f"{score.link_id}: there is no computed item of this score")
        if score.incomplete_when:
            check_group_entries(definition, score.incomplete_when, score.link_id)
            if any(score.incomplete_when.fired()):
                raise DefinitionError(f"{score.link_id}: a score cannot read which rules fire")
        for band in score.bands:
            if band[0] > band[1]:
                raise DefinitionError(f"{score.link_id}: the band {band[2]} is empty")


def _check_order(definition: Definition) -> None:
    """A condition may read only pages that come before: pages are computed in one pass, from top to bottom."""
    seen: set[str] = set()
    if not any(_is_always_asked(page) for page in definition.pages):
        raise DefinitionError("no page of the way is asked whatever the answers are")
    for page in definition.pages:
        _check_page(page)
        conditions = [(page.link_id, page.enable_when)]
        conditions += [(item.link_id, item.enable_when) for item in page.items]
        conditions += [(item.link_id, v.when) for item in page.items for v in item.variants]
        conditions += [(item.link_id, option.when) for item in page.items for option in item.options]
        for link_id, condition in conditions:
            for entry in condition.entries() if condition else ():
                for question in _answers_read(definition, entry.question):
                    if question not in seen:
                        raise DefinitionError(
                            f"{link_id}: its condition reads {question}, which is asked on no earlier page"
                        )
                if isinstance(entry.expected, ThresholdName | OtherItem):
                    raise DefinitionError(
                        f"{link_id}: a question's condition may read no threshold and no other answer"
                    )
                check_entry(definition, entry, link_id)
        seen.update(item.link_id for item in page.questions)


def _is_always_asked(page: QuestionPage) -> bool:
    return page.is_counted and not page.enable_when and any(not item.enable_when for item in page.items)


def _check_page(page: QuestionPage) -> None:
    if not page.items:
        raise DefinitionError(f"{page.link_id}: a page without questions")
    if len(page.items) > MOST_ON_A_PAGE and not page.is_grid:
        raise DefinitionError(f"{page.link_id}: more than ten questions on a page that is no grid")
    if page.kind not in PAGE_KINDS:
        raise DefinitionError(f"{page.link_id}: there is no kind of page {page.kind}")
    check_learn(page.learn, page.link_id)
    for item in page.items:
        if item.control in BUTTONS_OF and page.kind not in BUTTONS_OF[item.control]:
            raise DefinitionError(f"{item.link_id}: no button of this page gives an agreement or a choice")
        if page.kind in ("start", "check") and item.control not in GIVEN_BY_BUTTON[page.kind]:
            raise DefinitionError(f"{item.link_id}: no button of this page answers it")


def _check_teach_back(definition: Definition) -> None:
    """The teach-back has a page of its own, and the agreement that it opens comes after it."""
    for link_id, teach_back in definition.teach_back.items():
        item = definition.questions.get(link_id)
        codes = {BY_PHONE, teach_back.correct, *teach_back.wrong}
        if item is None or item.repeats or not item.required or not codes <= set(item.option_by_code):
            raise DefinitionError(f"{link_id}: its teach-back does not fit its options")
    pages = list(dict.fromkeys(definition.page_of[link_id].link_id for link_id in definition.teach_back))
    if pages and (
        len(pages) > 1 or len(definition.page_of[next(iter(definition.teach_back))].items) != len(definition.teach_back)
    ):
        raise DefinitionError(f"{pages[-1]}: the teach-back has one page of its own")
    agreement = definition.role("driving-agreement")
    if agreement is None:
        return
    places = definition.page_numbers
    if not pages or places[definition.page_of[agreement.link_id].link_id] <= places[pages[0]]:
        raise DefinitionError(f"{agreement.link_id}: no teach-back opens it")


def _answers_read(definition: Definition, question: str) -> Iterable[str]:
    """Return the questions that a condition reads: of a computed total or level all those it is made of."""
    item = definition.computed.get(question)
    if item is None:
        yield question
    elif item.computed == "sum":
        yield from definition.scores[question].sum
    elif item.computed == "level":
        for level in definition.scores[question].levels:
            for other in level.when.questions():
                yield from _answers_read(definition, other)
    else:
        raise DefinitionError(f"{question}: a question's condition cannot read what is computed as {item.computed}")

"""Judge a definition before it is published: every name leads somewhere, and nothing can fail before a patient."""

from collections import Counter
from collections.abc import Iterable

from intake.definition.conditions import CLASSES
from intake.definition.medicines import NEAR, UNKNOWN
from intake.definition.model import Definition, Item, QuestionPage
from intake.definition.rules import DefinitionError, OtherItem, ThresholdName
from intake.definition.units import TO_BASE
from intake.definition.validate_rules import (
    check_causes,
    check_entry,
    check_group_entries,
    check_lists,
    check_notices,
    check_rule,
    check_to_do,
)

IN_ROWS = ("string", "text", "choice", "integer", "decimal")
MOST_ON_A_PAGE = 10
COMPUTATIONS = ("age", "bmi", "sum", "level", CLASSES, "signature")
ROLES_FOR = {"age": ("birth-date",), "bmi": ("weight", "height"), "signature": ("signature", "legal-name")}
ROLES = {
    "birth-date", "legal-name", "preferred-name", "sex", "phone", "message-ok", "email", "address", "emergency-name",
    "emergency-phone", "ride", "escort-name", "escort-phone", "helper", "helper-name", "helper-relationship",
    "signature", "driving-agreement", "weight", "height", "age", "bmi", "medicine-name", "medicine-text",
    "safety-level",
}  # fmt: skip
CONTROLS = {
    "": (), "row": ("choice",), "cards": ("choice",), "list": ("choice",), "buttons": ("choice",),
    "tick": ("boolean", "choice"), "act": ("boolean",),
}  # fmt: skip
PAGE_KINDS = ("questions", "start", "teach-back", "sign", "check")
FORMATS = ("", "phone", "email", "name")


def check_definition(definition: Definition) -> None:
    """Raise DefinitionError, naming the linkId or the rule, for the first thing that does not fit."""
    _check_link_ids(definition)
    for item in definition.items.values():
        _check_item(definition, item)
    for group in definition.groups.values():
        _check_group(group)
    for item in definition.computed.values():
        _check_computed(definition, item)
    _check_roles(definition)
    _check_order(definition)
    for rule in definition.rules.values():
        check_rule(definition, rule)
    check_causes(definition)
    for link_id, teach_back in definition.teach_back.items():
        codes = {teach_back.correct, *teach_back.wrong}
        if link_id not in definition.questions or not codes <= set(definition.questions[link_id].option_by_code):
            raise DefinitionError(f"{link_id}: its teach-back does not fit its options")
    check_notices(definition)
    check_lists(definition)
    check_to_do(definition)


def _check_link_ids(definition: Definition) -> None:
    if not definition.pages:
        raise DefinitionError("the questionnaire has no page")
    twice = [link_id for link_id, count in Counter(definition.link_ids).items() if count > 1]
    if twice:
        raise DefinitionError(f"{twice[0]}: the linkId stands twice")
    for link_id in definition.link_ids:
        if link_id in definition.retired:
            raise DefinitionError(f"{link_id}: the linkId is reserved")


def _check_item(definition: Definition, item: Item) -> None:
    name = item.link_id
    if item.type == "choice" and not item.options:
        raise DefinitionError(f"{name}: a choice without options")
    if len(item.option_by_code) != len(item.options):
        raise DefinitionError(f"{name}: an option's code stands twice")
    if item.repeats and item.type != "choice":
        raise DefinitionError(f"{name}: only a choice can repeat")
    if item.type == "quantity" and not item.computed and not item.units:
        raise DefinitionError(f"{name}: a quantity without units")
    for unit in item.units:
        if unit not in TO_BASE:
            raise DefinitionError(f"{name}: unit {unit} is not known")
    if len({TO_BASE[unit][0] for unit in item.units}) > 1:
        raise DefinitionError(f"{name}: its units do not measure the same")
    if item.control not in CONTROLS or (item.control and item.type not in CONTROLS[item.control]):
        raise DefinitionError(f"{name}: control {item.control!r} does not fit")
    if item.format not in FORMATS or (item.format and item.type != "string"):
        raise DefinitionError(f"{name}: format {item.format!r} does not fit")
    if item.suggest_list and (item.suggest_list != "medicines" or definition.medicines is None):
        raise DefinitionError(f"{name}: there is no list {item.suggest_list}")
    others = [item.below, item.required_with, *item.answered_by, item.not_with[0] if item.not_with else ""]
    for other in filter(None, others):
        if other not in definition.questions:
            raise DefinitionError(f"{name}: there is no question {other}")
    if item.below and (item.type != "quantity" or definition.questions[item.below].type != "quantity"):
        raise DefinitionError(f"{name}: only a quantity is below another")


def _check_group(group: Item) -> None:
    if not 1 <= group.rows <= group.max_rows:
        raise DefinitionError(f"{group.link_id}: it shows more rows than it may have")
    for item in group.items:
        if item.type not in IN_ROWS or item.repeats or item.enable_when or item.variants or item.required_with:
            raise DefinitionError(f"{item.link_id}: this is not supported in rows")


def _check_computed(definition: Definition, item: Item) -> None:
    name = item.link_id
    if item.computed not in COMPUTATIONS:
        raise DefinitionError(f"{name}: nothing computes {item.computed}")
    for role in ROLES_FOR.get(item.computed, ()):
        if definition.role(role) is None:
            raise DefinitionError(f"{name}: no question has the role {role}")
    score = definition.scores.get(name)
    if item.computed == "sum":
        if score is None or not score.sum:
            raise DefinitionError(f"{name}: rules.json does not say what it adds up")
        for question in score.sum:
            summand = definition.questions.get(question)
            if summand is None or summand.type != "choice" or summand.repeats:
                raise DefinitionError(f"{name}: it cannot add up {question}")
    if item.computed == "level":
        if score is None or not score.levels:
            raise DefinitionError(f"{name}: rules.json does not say its levels")
        for level in score.levels:
            if level.value not in item.option_by_code:
                raise DefinitionError(f"{name}: it has no answer {level.value!r}")
            check_group_entries(definition, level.when, name)
    if item.computed == CLASSES:
        medicines = definition.medicines
        if medicines is None or not {*medicines.by_code, NEAR, UNKNOWN} == set(item.option_by_code):
            raise DefinitionError(f"{name}: its answers are not the codes of medicines.json, {NEAR} and {UNKNOWN}")
    if item.computed == "signature" and set(item.option_by_code) != {"same", "other"}:
        raise DefinitionError(f"{name}: its answers are not same and other")


def _check_roles(definition: Definition) -> None:
    roles = Counter(item.role for item in definition.items.values() if item.role)
    for role, count in roles.items():
        if role not in ROLES:
            raise DefinitionError(f"{definition.by_role[role].link_id}: there is no role {role}")
        if count > 1:
            raise DefinitionError(f"{definition.by_role[role].link_id}: the role {role} is given twice")
    types = {"birth-date": "date", "weight": "quantity", "height": "quantity", "driving-agreement": "boolean"}
    for role, kind in types.items():
        item = definition.role(role)
        if item and item.type != kind:
            raise DefinitionError(f"{item.link_id}: the role {role} needs a {kind}")
    for score in definition.scores:
        if score not in definition.computed:
            raise DefinitionError(f"{score}: there is no computed item of this score")


def _check_order(definition: Definition) -> None:
    """A condition may read only pages that come before: pages are computed in one pass, from top to bottom."""
    seen: set[str] = set()
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


def _check_page(page: QuestionPage) -> None:
    if not page.items:
        raise DefinitionError(f"{page.link_id}: a page without questions")
    if len(page.items) > MOST_ON_A_PAGE and not page.is_grid:
        raise DefinitionError(f"{page.link_id}: more than ten questions on a page that is no grid")
    if page.kind not in PAGE_KINDS:
        raise DefinitionError(f"{page.link_id}: there is no kind of page {page.kind}")
    for item in page.items:
        if item.control == "act" and page.kind not in ("start", "sign", "check"):
            raise DefinitionError(f"{item.link_id}: no button of this page gives an agreement")


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

"""Check that the parts of a definition fit together: every name leads somewhere, every follow-up comes later."""

from collections import Counter

from intake.definition.model import Definition, Item
from intake.definition.rules import Condition, DefinitionError, Group, Rule, ThresholdName
from intake.definition.units import TO_BASE

# Once used for questions that were cut; a stored answer must never come to mean something else.
RESERVED = frozenset({"last-period", "motion-sickness", "iv-difficulty", "prior-ketamine-last"})
ORDERED = ("integer", "decimal", "quantity", "date")


def check_definition(definition: Definition) -> None:
    """Raise DefinitionError, naming the linkId or the rule, for the first thing that does not fit."""
    twice = [link_id for link_id, count in Counter(definition.link_ids).items() if count > 1]
    if twice:
        raise DefinitionError(f"{twice[0]}: the linkId stands twice")
    for link_id in definition.link_ids:
        if link_id in RESERVED:
            raise DefinitionError(f"{link_id}: the linkId is reserved")
    for item in definition.items.values():
        _check_item(definition, item)
    _check_order(definition)
    for rule in definition.rules.values():
        _check_rule(definition, rule)
    for link_id, teach_back in definition.teach_back.items():
        codes = {teach_back.correct, *teach_back.wrong}
        if link_id not in definition.questions or not codes <= set(definition.questions[link_id].option_by_code):
            raise DefinitionError(f"{link_id}: its teach-back does not fit its options")
    for page in definition.pages:
        for notice in page.notices:
            if notice not in definition.notices:
                raise DefinitionError(f"{page.link_id}: there is no notice {notice}")
    for notice_row in definition.notices.values():
        for rule_id in notice_row.rules:
            if rule_id not in definition.rules:
                raise DefinitionError(f"{notice_row.id}: there is no rule {rule_id}")


def _check_item(definition: Definition, item: Item) -> None:
    if item.type == "choice" and not item.options:
        raise DefinitionError(f"{item.link_id}: a choice without options")
    if len(item.option_by_code) != len(item.options):
        raise DefinitionError(f"{item.link_id}: an option's code stands twice")
    if item.repeats and item.type != "choice":
        raise DefinitionError(f"{item.link_id}: only a choice can repeat")
    if item.type == "quantity" and not item.computed and not item.units:
        raise DefinitionError(f"{item.link_id}: a quantity without units")
    for unit in item.units:
        if unit not in TO_BASE:
            raise DefinitionError(f"{item.link_id}: unit {unit} is not known")
    if item.below and item.below not in definition.questions:
        raise DefinitionError(f"{item.link_id}: there is no question {item.below}")


def _check_order(definition: Definition) -> None:
    """A condition may read only pages that come before: pages are computed in one pass, from top to bottom."""
    seen: set[str] = set()
    for page in definition.pages:
        if not page.items:
            raise DefinitionError(f"{page.link_id}: a page without questions")
        if len(page.items) > 5 and not page.is_grid:
            raise DefinitionError(f"{page.link_id}: more than five questions on a page that is no grid")
        conditions = [(page.link_id, page.enable_when)]
        conditions += [(item.link_id, item.enable_when) for item in page.items]
        conditions += [(item.link_id, v.when) for item in page.items for v in item.variants]
        for link_id, condition in conditions:
            for entry in condition.entries() if condition else ():
                if entry.question not in seen:
                    raise DefinitionError(
                        f"{link_id}: its condition reads {entry.question}, which is asked on no earlier page"
                    )
                _check_entry(definition, entry, link_id)
        seen.update(item.link_id for item in page.items)


def _check_rule(definition: Definition, rule: Rule) -> None:
    for other in (*rule.unless, *rule.watches):
        if other not in definition.rules:
            raise DefinitionError(f"{rule.id}: there is no rule {other}")
    for group in (rule.when, rule.reason_when):
        for entry in group.entries() if isinstance(group, Group) else ():
            _check_entry(definition, entry, rule.id)
    path, waiting = {rule.id}, list(rule.unless)
    while waiting:
        other = waiting.pop()
        if other == rule.id:
            raise DefinitionError(f"{rule.id}: its unless leads back to itself")
        if other not in path:
            path.add(other)
            waiting += definition.rules[other].unless


def _check_entry(definition: Definition, entry: Condition, owner: str) -> None:
    item = definition.items.get(entry.question)
    if item is None:
        raise DefinitionError(f"{owner}: there is no question {entry.question}")
    expected = entry.expected
    if entry.operator == "exists":
        return
    if entry.operator in (">", "<", ">=", "<=") and item.type not in ORDERED:
        raise DefinitionError(f"{owner}: {entry.question} has no order, {entry.operator} does not fit")
    if isinstance(expected, ThresholdName) and expected.name not in definition.thresholds:
        raise DefinitionError(f"{owner}: there is no threshold {expected.name}")
    if item.type == "choice" and expected not in item.option_by_code:
        raise DefinitionError(f"{owner}: {entry.question} has no answer {expected!r}")

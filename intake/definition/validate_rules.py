"""Judge the rules, notices and lists of a definition before it is published."""

import re
from datetime import date

from intake.definition.model import Definition, Item
from intake.definition.rules import (
    Condition,
    DefinitionError,
    Fired,
    Group,
    OtherItem,
    Quantity,
    Rule,
    Severity,
    ThresholdName,
)
from intake.definition.units import TO_BASE
from intake.definition.validate_items import bases_of, check_learn, check_places

RULE_ID = re.compile(r"[A-Za-z0-9-]{1,40}")
# What a rule's texts may hold in `{...}` besides an item: see `Evidence`.
FILLED = (
    "names", "name", "typed", "problem", "questions", "question", "list", "it", "titles", "total", "answer", "gate",
)  # fmt: skip
ORDERED = ("integer", "decimal", "quantity", "date")
USES = {
    "panel-suicide", "panel-emergency", "line-suicide", "line-emergency", "driving", "by-phone", "agreement",
    "under-age", "disclosure-on", "disclosure-off", "long-text", "no-rule-fired", "team-calls", "not-a-diagnosis",
    "sign", "start", "send",
}  # fmt: skip


# Of these a button is all that must be; these stand under a title.
BUTTONS = ("by-phone", "agreement", "send")
TITLED = ("panel-suicide", "panel-emergency", "driving")


def check_thresholds(definition: Definition) -> None:
    for threshold in definition.thresholds.values():
        if threshold.not_above and threshold.not_above not in definition.thresholds:
            raise DefinitionError(f"{threshold.name}: there is no threshold {threshold.not_above}")


def check_rule(definition: Definition, rule: Rule) -> None:
    if not RULE_ID.fullmatch(rule.id):
        raise DefinitionError(f"{rule.id!r}: a rule's id is made of up to 40 letters, digits and hyphens")
    check_learn(rule.learn, rule.id)
    texts = (rule.reason, rule.patient, rule.at_once, rule.always_say, rule.reason_blank)
    extras = (*rule.reason_variants, *rule.reason_extras, *rule.patient_variants)
    check_places(definition, (*texts, *(extra.text for extra in extras)), rule.id, FILLED)
    for other in (*rule.unless, *rule.watches):
        if other not in definition.rules:
            raise DefinitionError(f"{rule.id}: there is no rule {other}")
    for group in filter(None, (rule.when, *(extra.when for extra in extras))):
        check_group_entries(definition, group, rule.id)
        for other in group.fired():
            if other not in definition.rules:
                raise DefinitionError(f"{rule.id}: there is no rule {other}")
            other_when = definition.rules[other].when
            if other_when is None or any(other_when.fired()):
                raise DefinitionError(f"{rule.id}: fired cannot read {other}")
    path, waiting = {rule.id}, list(rule.unless)
    while waiting:
        other = waiting.pop()
        if other == rule.id:
            raise DefinitionError(f"{rule.id}: its unless leads back to itself")
        if other not in path:
            path.add(other)
            waiting += definition.rules[other].unless
    for link_id in (*rule.gates, *rule.gates.values()):
        if link_id not in definition.questions:
            raise DefinitionError(f"{rule.id}: there is no question {link_id}")
    if rule.subject and rule.subject not in {subject.id for subject in definition.subjects}:
        raise DefinitionError(f"{rule.id}: there is no subject {rule.subject}")


def check_group_entries(definition: Definition, group: Group | Fired, owner: str) -> None:
    for entry in group.entries():
        check_entry(definition, entry, owner)


def check_entry(definition: Definition, entry: Condition, owner: str) -> None:
    item = definition.items.get(entry.question)
    if item is None:
        raise DefinitionError(f"{owner}: there is no question {entry.question}")
    expected = entry.expected
    if entry.operator == "exists":
        return
    if entry.operator in (">", "<", ">=", "<=") and item.type not in ORDERED:
        raise DefinitionError(f"{owner}: {entry.question} has no order, {entry.operator} does not fit")
    if isinstance(expected, OtherItem):
        if expected.link_id not in definition.questions:
            raise DefinitionError(f"{owner}: there is no question {expected.link_id}")
        return
    if isinstance(expected, ThresholdName):
        if expected.name not in definition.thresholds:
            raise DefinitionError(f"{owner}: there is no threshold {expected.name}")
        unit = definition.thresholds[expected.name].unit
        fits = measures(item, unit) if item.type == "quantity" else item.type in ("integer", "decimal")
        if not fits:
            raise DefinitionError(f"{owner}: {entry.question} cannot be compared with {expected.name}")
        return
    if item.type == "choice" and expected not in item.option_by_code:
        raise DefinitionError(f"{owner}: {entry.question} has no answer {expected!r}")
    if item.type == "boolean" and not isinstance(expected, bool):
        raise DefinitionError(f"{owner}: {entry.question} is true or false")
    if item.type == "quantity" and not (isinstance(expected, Quantity) and measures(item, expected.unit)):
        raise DefinitionError(f"{owner}: {entry.question} is compared with a quantity of its own kind")
    if item.type in ("integer", "decimal") and isinstance(expected, bool | str | Quantity):
        raise DefinitionError(f"{owner}: {entry.question} is compared with a number")
    if item.type in ("string", "text") and not isinstance(expected, str):
        raise DefinitionError(f"{owner}: {entry.question} is compared with a text")
    if item.type == "date" and not is_date(expected):
        raise DefinitionError(f"{owner}: {entry.question} is compared with a date")


def measures(item: Item, unit: str) -> bool:
    """Say whether a number in a unit can be compared with answers to a quantity."""
    return unit in TO_BASE and TO_BASE[unit][0] in bases_of(item)


def is_date(expected: object) -> bool:
    try:
        date.fromisoformat(str(expected))
    except ValueError:
        return False
    return isinstance(expected, str)


def check_causes(definition: Definition) -> None:
    """Every cause that the engine raises must have its rule, and what ends the journey its rule and notice."""
    causes = {rule.raised_by for rule in definition.rules.values()}
    needed = {"incomplete", "language"}
    if definition.teach_back:
        needed.add("tries")
    if any(rule.severity.name == "CRISIS" and not rule.raised_by for rule in definition.rules.values()):
        needed.add("changed")
    for cause in sorted(needed - causes):
        raise DefinitionError(f"no rule is raised by {cause}")
    watched = {other for rule in definition.rules.values() if rule.raised_by == "changed" for other in rule.watches}
    for rule in definition.rules.values():
        if rule.severity.name == "CRISIS" and not rule.raised_by and rule.id not in watched:
            raise DefinitionError(f"{rule.id}: no rule that is raised by changed watches it")
    ends = definition.ends
    if ends and (ends.rule not in definition.rules or definition.rules[ends.rule].when is None):
        raise DefinitionError(f"ends: there is no rule {ends.rule} with a condition")
    if ends and (ends.notice not in definition.notices or definition.notices[ends.notice].use != "under-age"):
        raise DefinitionError(f"ends: there is no notice {ends.notice} of use under-age")
    if ends and definition.role("birth-date") is None:
        raise DefinitionError("ends: no question has the role birth-date, which would be changed")
    for rules in definition.worklist:
        for rule_id in rules - set(definition.rules):
            raise DefinitionError(f"worklist: there is no rule {rule_id}")


def check_notices(definition: Definition) -> None:
    for page in definition.pages:
        for notice in page.notices:
            if notice not in definition.notices:
                raise DefinitionError(f"{page.link_id}: there is no notice {notice}")
    for row in definition.notices.values():
        if row.use not in USES:
            raise DefinitionError(f"{row.id}: there is no use {row.use}")
        if not (row.action if row.use in BUTTONS else any(part.strip() for part in (*row.paragraphs, *row.bullets))):
            raise DefinitionError(f"{row.id}: it says nothing")
        if row.use in TITLED and not row.title.strip():
            raise DefinitionError(f"{row.id}: it has no title")
        for rule_id in row.rules:
            if rule_id not in definition.rules:
                raise DefinitionError(f"{row.id}: there is no rule {rule_id}")
    needed = {"no-rule-fired"} | {f"panel-{rule.help}" for rule in definition.rules.values() if rule.help}
    if definition.teach_back:
        needed |= {"driving", "by-phone"}
    if definition.role("driving-agreement"):
        needed |= {"driving", "agreement"}
    if any(section.has_disclosure for section in definition.sections) or any(
        page.has_disclosure for page in definition.pages
    ):
        needed |= {"disclosure-on", "disclosure-off"}
    if any(item.is_long_text for item in definition.questions.values()):
        needed.add("long-text")
    for use in sorted(needed - set(definition.notices_by_use)):
        raise DefinitionError(f"no notice has the use {use}")
    under_age = definition.notices_by_use.get("under-age", ())
    if any(len(notice.paragraphs) < 2 for notice in under_age):
        raise DefinitionError("the notice of use under-age needs a paragraph and a question")


def check_to_do(definition: Definition) -> None:
    """Every rule must say what to do, in words of its own or of its severity."""
    to_do = definition.staff.to_do
    severities = {severity.word for severity in Severity}
    for key in to_do.keys() - definition.rules.keys() - severities:
        raise DefinitionError(f"staff.json: toDo: there is no rule {key}")
    for rule in definition.rules.values():
        if not to_do.keys() & {rule.id, rule.severity.word}:
            raise DefinitionError(f"staff.json: toDo: nothing says what to do about {rule.id}")
    for key, one in to_do.items():
        if not one.do.strip() or (one.asks and not one.given.strip()):
            raise DefinitionError(f"staff.json: toDo: {key}: it says nothing")
        if one.asks and one.asks not in definition.questions:
            raise DefinitionError(f"staff.json: toDo: {key}: there is no question {one.asks}")


def check_lists(definition: Definition) -> None:
    staff = definition.staff
    for fact in (*staff.facts, *staff.texts, *staff.contacts, *staff.care):
        for link_id in fact.items:
            if link_id not in definition.items:
                raise DefinitionError(f"staff.json: {fact.label}: there is no item {link_id}")
            if fact in staff.contacts and not definition.items[link_id].is_identity:
                raise DefinitionError(f"staff.json: {fact.label}: {link_id} is no identity")
    for subject in definition.subjects:
        for link_id in subject.questions - set(definition.questions):
            raise DefinitionError(f"subject {subject.id}: there is no question {link_id}")
    if definition.medicines:
        for word, name in definition.medicines.misspellings.items():
            if name not in definition.medicines.codes_of:
                raise DefinitionError(f"medicines.json: {word}: {name} is on no list")

"""Read conditions, rules, scores and notices from their documents. The rule language is described in docs/rules.md."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from intake.definition.documents import (
    ExtraNode,
    Json,
    NoticesDocument,
    RuleNode,
    RulesDocument,
    ScoreNode,
    ThresholdNode,
)
from intake.definition.rules import (
    Condition,
    DefinitionError,
    Ends,
    Expected,
    Extra,
    Fired,
    Group,
    Level,
    Notice,
    OtherItem,
    Quantity,
    Rule,
    Score,
    Severity,
    Subject,
    TeachBack,
    Threshold,
    ThresholdName,
)
from intake.definition.translations import text_in, translated
from intake.definition.units import UnitError, as_decimal

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
UNORDERED = ("answerBoolean", "answerCoding", "answerString", "answerItem")
MODES = ("all", "any", "none")


def parse_entry(node: Json, owner: str) -> Condition:
    """Read one enableWhen entry; `owner` is named when it cannot be read."""
    keys = set(node) - {"question", "operator"}
    if len(keys) != 1 or not isinstance(node.get("question"), str):
        raise DefinitionError(f"{owner}: a condition needs a question, an operator and one answer")
    if node.get("operator") not in OPERATORS:
        raise DefinitionError(f"{owner}: operator {node.get('operator')!r} is not supported")
    key = keys.pop()
    if (node["operator"] == "exists" and key != "answerBoolean") or (
        node["operator"] not in ("exists", "=", "!=") and key in UNORDERED
    ):
        raise DefinitionError(f"{owner}: {node['operator']} does not fit {key}")
    try:
        expected = _expected(key, node[key], owner)
    except (KeyError, TypeError, UnitError) as error:
        raise DefinitionError(f"{owner}: {key} cannot be {node[key]!r:.60}") from error
    return Condition(node["question"], node["operator"], expected)


def parse_group(node: Json, owner: str) -> Group:
    """Read `{"all" | "any" | "none": [entries, groups, fired]}`."""
    if len(node) != 1 or next(iter(node)) not in MODES:
        raise DefinitionError(f"{owner}: a group is one of all, any, none")
    mode, members = next(iter(node.items()))
    if not isinstance(members, list) or not members:
        raise DefinitionError(f"{owner}: a group is empty")
    return Group(mode, tuple(_member(member, owner) for member in members))


def _member(node: Json, owner: str) -> Condition | Fired | Group:
    if not isinstance(node, dict):
        raise DefinitionError(f"{owner}: {node!r:.60} is no condition")
    if "question" in node:
        return parse_entry(node, owner)
    return _fired(node, owner) if "fired" in node else parse_group(node, owner)


def _fired(node: Json, owner: str) -> Fired:
    what = node["fired"]
    rules = what.get("of") if isinstance(what, dict) else what
    at_least = what.get("atLeast", 1) if isinstance(what, dict) else 1
    if len(node) != 1 or not isinstance(rules, list) or not rules or not isinstance(at_least, int):
        raise DefinitionError(f"{owner}: fired is a list of rules, or atLeast and of")
    if not 1 <= at_least <= len(rules):
        raise DefinitionError(f"{owner}: atLeast {at_least} of {len(rules)} rules is never or always so")
    return Fired(tuple(rules), at_least)


def _expected(key: str, value: Any, owner: str) -> Expected:
    if key == "answerCoding":
        return str(value["code"])
    if key == "answerBoolean" and isinstance(value, bool):
        return value
    if key in ("answerString", "answerDate"):
        return str(value)
    if key in ("answerInteger", "answerDecimal"):
        return Decimal(as_decimal(value))
    if key == "answerQuantity":
        return Quantity(as_decimal(value["value"]), str(value["code"]))
    if key == "answerThreshold":
        return ThresholdName(str(value))
    if key == "answerItem":
        return OtherItem(str(value))
    raise DefinitionError(f"{owner}: {key} is not supported")


def parse_rules(nodes: Iterable[RuleNode], language: str) -> dict[str, Rule]:
    """Read the rules in file order."""
    rules: dict[str, Rule] = {}
    for node in nodes:
        if node.id in rules:
            raise DefinitionError(f"{node.id}: it stands twice")
        rules[node.id] = _rule(node, language)
    return rules


def _rule(node: RuleNode, language: str) -> Rule:
    for key in ("reason", "patient", "sources", "learn"):
        if not getattr(node, key):
            raise DefinitionError(f"{node.id}: {key} is missing")
    if not node.when and not node.raised_by:
        raise DefinitionError(f"{node.id}: it has no condition")
    extras = node.reason_extra if isinstance(node.reason_extra, list) else [node.reason_extra]
    return Rule(
        id=node.id,
        severity=Severity[node.severity.upper()],
        reason=node.reason,
        patient=translated(node.patient, node.translated_patient, language),
        sources=tuple(node.sources),
        learn=node.learn,
        when=parse_group(node.when, node.id) if node.when else None,
        unless=tuple(node.unless),
        help=node.help,
        grade=node.grade,
        shown_at_once=node.shown_at_once,
        at_once=translated(node.at_once, node.translated_at_once, language),
        reason_variants=_extras(node.reason_when, node.id),
        reason_extras=_extras(extras, node.id),
        patient_variants=_extras(node.patient_when, node.id),
        subject=node.subject,
        under=node.under,
        do_not_come=node.do_not_come,
        always_say=translated(node.always_say, node.translated_always_say, language),
        short=node.short,
        raised_by=node.raised_by,
        watches=tuple(node.watches),
        gates=node.gates,
        reason_blank=node.reason_blank,
        is_policy=node.policy,
        signs=tuple(node.signs),
    )


def _extras(nodes: Iterable[ExtraNode], owner: str) -> tuple[Extra, ...]:
    return tuple(Extra(parse_group(node.when, owner), node.text) for node in nodes)


def parse_threshold(name: str, node: ThresholdNode) -> Threshold:
    """Read a limit a clinic may set."""
    threshold = Threshold(
        name=name,
        default=as_decimal(node.default),
        lowest=as_decimal(node.lowest),
        highest=as_decimal(node.highest),
        unit=node.unit,
        is_policy=node.policy,
        label=node.label,
        help=node.help,
        not_above=node.not_above,
    )
    if not threshold.lowest <= threshold.default <= threshold.highest:
        raise DefinitionError(f"threshold {name}: its default is outside its range")
    return threshold


def parse_notices(document: NoticesDocument, language: str) -> dict[str, Notice]:
    """Read the notices in a language, else as they stand."""
    for notice, count in Counter(node.id for node in document.notices).items():
        if count > 1:
            raise DefinitionError(f"{notice}: it stands twice")
    return {
        node.id: Notice(
            id=node.id,
            use=node.use,
            title=translated(node.title, node.translated_title, language),
            paragraphs=tuple(node.paragraphs),
            bullets=tuple(node.bullets),
            action=translated(node.action, node.translated_action, language),
            language=node.language,
            rules=tuple(node.rules),
            signs=tuple(node.signs),
        )
        for node in document.notices
    }


def parse_teach_back(document: NoticesDocument, language: str) -> dict[str, TeachBack]:
    """Read the right answers and the feedback of the teach-back questions."""
    return {
        link_id: TeachBack(
            link_id,
            correct=node.correct,
            right=translated(node.right, node.translated_right, language),
            wrong={code: text_in(node.wrong, code, language) for code in node.wrong if not code.startswith("_")},
        )
        for link_id, node in document.teach_back.items()
    }


def parse_score(link_id: str, node: ScoreNode) -> Score:
    """Read what makes a total or level, and what staff see beside it."""
    return Score(
        link_id,
        sum=tuple(node.sum),
        levels=tuple(Level(level.value, parse_group(level.when, link_id)) for level in node.levels),
        incomplete_when=parse_group(node.incomplete_when, link_id) if node.incomplete_when else None,
        bands=tuple((band.lowest, band.highest, band.label) for band in node.bands),
        note=node.note,
        incomplete_note=node.incomplete_note,
    )


def parse_subjects(document: RulesDocument, language: str) -> tuple[Subject, ...]:
    """Read the subjects in the order of the confirmation."""
    return tuple(
        Subject(node.id, translated(node.title, node.translated_title, language), frozenset(node.questions))
        for node in document.subjects
    )


def parse_ends(document: RulesDocument) -> Ends | None:
    return Ends(document.ends.rule, document.ends.notice) if document.ends else None

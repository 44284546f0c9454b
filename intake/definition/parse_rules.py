"""Read conditions, rules, thresholds and notices from JSON. The rule language is described in docs/rules.md."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from intake.definition.rules import (
    Condition,
    DefinitionError,
    Ends,
    Expected,
    Group,
    Level,
    Notice,
    Quantity,
    Rule,
    Score,
    Severity,
    TeachBack,
    Threshold,
    ThresholdName,
)
from intake.definition.translations import text_in
from intake.definition.units import as_decimal

Json = dict[str, Any]

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
MODES = ("all", "any", "none")
RULE_KEYS = {
    "id", "severity", "when", "unless", "help", "shownAtOnce", "reason", "reasonExtra", "raisedBy", "watches",
    "patient", "_patient", "sources", "learn", "policy",
}  # fmt: skip


def parse_entry(node: Json, owner: str) -> Condition:
    """Read one enableWhen entry; `owner` is named when it cannot be read."""
    keys = set(node) - {"question", "operator"}
    if len(keys) != 1 or "question" not in node:
        raise DefinitionError(f"{owner}: a condition needs a question, an operator and one answer")
    if node.get("operator") not in OPERATORS:
        raise DefinitionError(f"{owner}: operator {node.get('operator')!r} is not supported")
    key = keys.pop()
    if (node["operator"] == "exists" and key != "answerBoolean") or (
        node["operator"] not in ("exists", "=", "!=") and key in ("answerBoolean", "answerCoding", "answerString")
    ):
        raise DefinitionError(f"{owner}: {node['operator']} does not fit {key}")
    return Condition(node["question"], node["operator"], _expected(key, node[key], owner))


def parse_group(node: Json, owner: str) -> Group:
    """Read `{"all" | "any" | "none": [entries and groups]}`."""
    if len(node) != 1 or next(iter(node)) not in MODES:
        raise DefinitionError(f"{owner}: a group is one of all, any, none")
    mode, members = next(iter(node.items()))
    if not members:
        raise DefinitionError(f"{owner}: a group is empty")
    return Group(
        mode,
        tuple(parse_entry(member, owner) if "question" in member else parse_group(member, owner) for member in members),
    )


def parse_rules(nodes: list[Json], language: str) -> dict[str, Rule]:
    """Read the rules in file order."""
    rules: dict[str, Rule] = {}
    for node in nodes:
        rule = _rule(node, language)
        if rule.id in rules:
            raise DefinitionError(f"{rule.id}: it stands twice")
        rules[rule.id] = rule
    return rules


def _rule(node: Json, language: str) -> Rule:
    name = str(node.get("id", "a rule without an id"))
    unknown = sorted(set(node) - RULE_KEYS)
    if unknown:
        raise DefinitionError(f"{name}: {', '.join(unknown)} is not supported")
    for key in ("severity", "reason", "patient", "sources", "learn"):
        if not node.get(key):
            raise DefinitionError(f"{name}: {key} is missing")
    if node["severity"].upper() not in Severity.__members__:
        raise DefinitionError(f"{name}: severity {node['severity']!r} is not known")
    if node.get("help", "") not in ("", "suicide", "emergency"):
        raise DefinitionError(f"{name}: help {node['help']!r} is not a panel")
    if node.get("raisedBy", "") not in ("", "incomplete", "language", "changed", "tries"):
        raise DefinitionError(f"{name}: raisedBy {node['raisedBy']!r} is not known")
    if not node.get("when") and not node.get("raisedBy"):
        raise DefinitionError(f"{name}: it has no condition")
    extra = node.get("reasonExtra")
    return Rule(
        id=name,
        severity=Severity[node["severity"].upper()],
        reason=node["reason"],
        patient=text_in(node, "patient", language),
        sources=tuple(node["sources"]),
        learn=node["learn"],
        when=parse_group(node["when"], name) if node.get("when") else None,
        unless=tuple(node.get("unless", ())),
        help=node.get("help", ""),
        shown_at_once=bool(node.get("shownAtOnce")),
        reason_when=parse_group(extra["when"], name) if extra else None,
        reason_extra=extra["text"] if extra else "",
        raised_by=node.get("raisedBy", ""),
        watches=tuple(node.get("watches", ())),
        is_policy=bool(node.get("policy")),
    )


def parse_thresholds(nodes: Mapping[str, Json]) -> dict[str, Threshold]:
    """Read the limits a clinic may set."""
    thresholds = {}
    for name, node in nodes.items():
        threshold = Threshold(
            name=name,
            default=as_decimal(node["default"]),
            lowest=as_decimal(node["lowest"]),
            highest=as_decimal(node["highest"]),
            unit=node.get("unit", ""),
            is_policy=bool(node.get("policy", True)),
            label=node.get("label", ""),
            help=node.get("help", ""),
            not_above=node.get("notAbove", ""),
        )
        if not threshold.lowest <= threshold.default <= threshold.highest:
            raise DefinitionError(f"threshold {name}: its default is outside its range")
        thresholds[name] = threshold
    return thresholds


def parse_notices(nodes: list[Json], language: str) -> dict[str, Notice]:
    """Read the notices in a language, else as they stand."""
    return {
        node["id"]: Notice(
            id=node["id"],
            use=node.get("use", ""),
            title=text_in(node, "title", language),
            paragraphs=tuple(node.get("paragraphs", ())),
            bullets=tuple(node.get("bullets", ())),
            action=text_in(node, "action", language),
            language=node["language"],
            rules=tuple(node.get("rules", ())),
        )
        for node in nodes
    }


def parse_ends(node: Json | None) -> Ends | None:
    return Ends(node["rule"], node["notice"]) if node else None


def parse_teach_back(nodes: Mapping[str, Json], language: str) -> dict[str, TeachBack]:
    """Read the right answers and the feedback of the no-driving questions."""
    return {
        link_id: TeachBack(
            link_id,
            correct=node["correct"],
            right=text_in(node, "right", language),
            wrong={code: text_in(node["wrong"], code, language) for code in node["wrong"]},
        )
        for link_id, node in nodes.items()
    }


def parse_scores(nodes: Mapping[str, Json]) -> dict[str, Score]:
    """Read the bands and lines that staff see beside a total."""
    return {
        link_id: Score(
            link_id,
            sum=tuple(node.get("sum", ())),
            levels=tuple(
                Level(level["value"], parse_group(level["when"], link_id)) for level in node.get("levels", ())
            ),
            incomplete_when=parse_group(node["incompleteWhen"], link_id) if "incompleteWhen" in node else None,
            bands=tuple((band["from"], band["to"], band["label"]) for band in node.get("bands", [])),
            note=node.get("note", ""),
            incomplete_note=node.get("incompleteNote", ""),
        )
        for link_id, node in nodes.items()
    }


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
        return Quantity(as_decimal(value["value"]), value["code"])
    if key == "answerThreshold":
        return ThresholdName(str(value))
    raise DefinitionError(f"{owner}: {key} is not supported")

"""Read a Definition from its three JSON documents, and refuse what we would not show or ask as written.

With `definition.py` and `fhir.py` this is the only place that knows FHIR's Questionnaire.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from intake.definition.model import Coding, Definition, Item, LabelVariant, Option, QuestionPage, Section
from intake.definition.parse_rules import (
    parse_ends,
    parse_entry,
    parse_notices,
    parse_rules,
    parse_scores,
    parse_teach_back,
    parse_thresholds,
)
from intake.definition.rules import Condition, DefinitionError, Group, Quantity
from intake.definition.translations import text_in
from intake.definition.units import as_decimal

Json = dict[str, Any]

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
OWN = "https://previsit.example/fhir/StructureDefinition/"

TYPES = ("boolean", "choice", "date", "quantity", "string", "text", "integer", "decimal")
LINK_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

QUESTIONNAIRE_KEYS = {
    "resourceType", "id", "language", "url", "version", "name", "title", "_title", "status",
    "subjectType", "description", "item",
}  # fmt: skip
ITEM_KEYS = {
    "linkId", "type", "text", "_text", "prefix", "code", "required", "repeats", "readOnly", "maxLength",
    "enableWhen", "enableBehavior", "answerOption", "extension", "item",
}  # fmt: skip
ITEM_EXTENSIONS = {
    HL7 + "questionnaire-itemControl",
    HL7 + "questionnaire-unitOption",
    HL7 + "maxDecimalPlaces",
    SDC + "sdc-questionnaire-minQuantity",
    SDC + "sdc-questionnaire-maxQuantity",
    *(
        OWN + name
        for name in (
            "autocomplete", "below", "computed", "disclosure", "inputmode", "learn", "notice",
            "identity", "role", "staff-note", "text-when", "why-we-ask",
        )
    ),
}  # fmt: skip
OPTION_EXTENSIONS = {HL7 + "ordinalValue", HL7 + "questionnaire-optionExclusive"}


def content_hash(questionnaire: Json, rules: Json, notices: Json) -> str:
    """Hash the three documents in canonical JSON, so that spacing and order of keys do not count."""
    documents = {"questionnaire": questionnaire, "rules": rules, "notices": notices}
    canonical = json.dumps(documents, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def parse_definition(questionnaire: Json, rules: Json, notices: Json, language: str = "en") -> Definition:
    """Parse and check the three documents; texts come in `language` where they are translated."""
    try:
        return _parse(questionnaire, rules, notices, language)
    except (KeyError, TypeError, AttributeError) as error:
        raise DefinitionError(f"a document has not the shape it should have: {error!r}") from error


def _parse(questionnaire: Json, rules: Json, notices: Json, language: str) -> Definition:
    _refuse_unknown(questionnaire, QUESTIONNAIRE_KEYS, "Questionnaire")
    if questionnaire.get("resourceType") != "Questionnaire":
        raise DefinitionError("the questionnaire is not a FHIR Questionnaire")
    if not str(questionnaire.get("version", "")).isdecimal():
        raise DefinitionError("the questionnaire's version is not a whole number")
    none_word_questions = set(rules["noneWords"]["questions"])
    sections = tuple(
        _section(node, number, none_word_questions, language) for number, node in enumerate(questionnaire["item"])
    )
    return Definition(
        slug=questionnaire["id"],
        version=int(questionnaire["version"]),
        rule_set=rules["version"],
        title=text_in(questionnaire, "title", language),
        language=language,
        content_hash=content_hash(questionnaire, rules, notices),
        sections=sections,
        rules=parse_rules(rules["rules"], language),
        thresholds=parse_thresholds(rules["thresholds"]),
        notices=parse_notices(notices["notices"], language),
        teach_back=parse_teach_back(notices["teachBack"], language),
        scores=parse_scores(rules["scores"]),
        none_words=frozenset(word.casefold() for word in rules["noneWords"]["words"]),
        worklist=tuple(frozenset(rules) for rules in rules.get("worklist", ())),
        ends=parse_ends(rules.get("ends")),
        signed_off_languages=frozenset(rules["signedOffLanguages"]),
        other_link_ids=frozenset(_other_link_ids(questionnaire["item"])),
        link_ids=tuple(_link_ids(questionnaire["item"])),
    )


def _section(node: Json, number: int, none_word_questions: set[str], language: str) -> Section:
    link_id = _check_node(node)
    if node["type"] != "group":
        raise DefinitionError(f"{link_id}: only a group can stand at the top")
    pages = [child for child in node["item"] if child["type"] == "group"]
    others = [child for child in node["item"] if child["type"] != "group"]
    for child in others:
        if not child.get("readOnly"):
            raise DefinitionError(f"{child.get('linkId')}: a question must stand in a page")
    return Section(
        link_id=link_id,
        number=number,
        title=text_in(node, "text", language),
        pages=tuple(_page(page, link_id, none_word_questions, language) for page in pages),
        computed=tuple(_item(child, none_word_questions, language) for child in others),
        has_disclosure=bool(_value(node, OWN + "disclosure")),
    )


def _page(node: Json, section: str, none_word_questions: set[str], language: str) -> QuestionPage:
    link_id = _check_node(node)
    displays = [child for child in node["item"] if child["type"] == "display"]
    questions = [child for child in node["item"] if child["type"] != "display"]
    for child in displays:
        _check_node(child)
    return QuestionPage(
        link_id=link_id,
        title=text_in(node, "text", language),
        section=section,
        items=tuple(_item(child, none_word_questions, language) for child in questions),
        intro=tuple(text_in(child, "text", language) for child in displays if not _value(child, OWN + "notice")),
        is_grid=_control(node) in ("gtable", "table"),
        enable_when=_enable_when(node),
        codes=_codes(node),
        why=_value(node, OWN + "why-we-ask") or "",
        learn=_value(node, OWN + "learn") or "",
        notices=tuple(notice for child in displays if (notice := _value(child, OWN + "notice"))),
    )


def _item(node: Json, none_word_questions: set[str], language: str) -> Item:
    link_id = _check_node(node)
    if node["type"] not in TYPES:
        raise DefinitionError(f"{link_id}: type {node['type']!r} is not supported here")
    computed = _value(node, OWN + "computed") or ""
    if bool(computed) is not bool(node.get("readOnly")):
        raise DefinitionError(f"{link_id}: a read-only item must say what computes it")
    helps = [child for child in node.get("item", []) if _control(child) == "help"]
    if len(helps) != len(node.get("item", [])) or len(helps) > 1:
        raise DefinitionError(f"{link_id}: items under a question are not supported, but for one help text")
    for child in helps:
        _check_node(child)
    return Item(
        link_id=link_id,
        type=node["type"],
        text=text_in(node, "text", language),
        required=bool(node.get("required")),
        repeats=bool(node.get("repeats")),
        options=tuple(_option(link_id, option, language) for option in node.get("answerOption", [])),
        enable_when=_enable_when(node),
        codes=_codes(node),
        help=text_in(helps[0], "text", language) if helps else "",
        why=_value(node, OWN + "why-we-ask") or "",
        learn=_value(node, OWN + "learn") or "",
        units=tuple(e["valueCoding"]["code"] for e in _extensions(node, HL7 + "questionnaire-unitOption")),
        minimum=_quantity(_value(node, SDC + "sdc-questionnaire-minQuantity")),
        maximum=_quantity(_value(node, SDC + "sdc-questionnaire-maxQuantity")),
        is_whole=_value(node, HL7 + "maxDecimalPlaces") == 0,
        max_length=node.get("maxLength"),
        below=_value(node, OWN + "below") or "",
        takes_none_words=link_id in none_word_questions,
        autocomplete=_value(node, OWN + "autocomplete") or "",
        inputmode=_value(node, OWN + "inputmode") or "",
        computed=computed,
        staff_note=_value(node, OWN + "staff-note") or "",
        role=_value(node, OWN + "role") or "",
        is_identity=bool(_value(node, OWN + "identity")),
        variants=tuple(_variant(e, language) for e in _extensions(node, OWN + "text-when")),
    )


def _option(link_id: str, node: Json, language: str) -> Option:
    _refuse_unknown(node, {"valueCoding", "extension"}, f"{link_id}: an answer option")
    for extension in node.get("extension", []):
        if extension["url"] not in OPTION_EXTENSIONS:
            raise DefinitionError(f"{link_id}: extension {extension['url']} is not supported")
    score = _value(node, HL7 + "ordinalValue")
    return Option(
        code=node["valueCoding"]["code"],
        label=text_in(node["valueCoding"], "display", language),
        score=None if score is None else int(score),
        is_exclusive=bool(_value(node, HL7 + "questionnaire-optionExclusive")),
    )


def _variant(extension: Json, language: str) -> LabelVariant:
    parts = {part["url"]: part for part in extension["extension"]}
    condition = Condition(parts["question"]["valueString"], "=", parts["answer"]["valueCode"])
    return LabelVariant(Group("all", (condition,)), text_in(parts["text"], "valueString", language))


def _enable_when(node: Json) -> Group | None:
    entries = node.get("enableWhen", [])
    if not entries:
        return None
    if len(entries) > 1 and "enableBehavior" not in node:
        raise DefinitionError(f"{node['linkId']}: enableBehavior is missing")
    members = tuple(parse_entry(entry, str(node["linkId"])) for entry in entries)
    return Group(node.get("enableBehavior", "all"), members)


def _check_node(node: Json) -> str:
    link_id = str(node.get("linkId", ""))
    if not LINK_ID.fullmatch(link_id):
        raise DefinitionError(f"{link_id!r} is not a linkId in lower case with hyphens")
    _refuse_unknown(node, ITEM_KEYS, link_id)
    for extension in node.get("extension", []):
        if extension["url"] not in ITEM_EXTENSIONS:
            raise DefinitionError(f"{link_id}: extension {extension['url']} is not supported")
    if not node.get("text"):
        raise DefinitionError(f"{link_id}: it has no text")
    return link_id


def _refuse_unknown(node: Mapping[str, Any], known: set[str], name: str) -> None:
    unknown = sorted(set(node) - known)
    if unknown:
        raise DefinitionError(f"{name}: {', '.join(unknown)} is not supported")


def _extensions(node: Json, url: str) -> list[Json]:
    return [extension for extension in node.get("extension", []) if extension["url"] == url]


def _value(node: Json, url: str) -> Any:
    for extension in _extensions(node, url):
        return next((value for key, value in extension.items() if key.startswith("value")), None)
    return None


def _control(node: Json) -> str:
    concept = _value(node, HL7 + "questionnaire-itemControl")
    return concept["coding"][0]["code"] if concept else ""


def _codes(node: Json) -> tuple[Coding, ...]:
    return tuple(Coding(code["system"], code["code"]) for code in node.get("code", []))


def _quantity(node: Json | None) -> Quantity | None:
    return Quantity(as_decimal(node["value"]), node["code"]) if node else None


def _link_ids(nodes: Iterable[Json]) -> Iterable[str]:
    for node in nodes:
        yield node["linkId"]
        yield from _link_ids(node.get("item", []))


def _other_link_ids(nodes: Iterable[Json]) -> Iterable[str]:
    for node in nodes:
        if node["type"] in ("group", "display"):
            yield node["linkId"]
        yield from _other_link_ids(node.get("item", []))

"""Read the questions from a FHIR Questionnaire; what stands in a wrong place is for `validate_nodes.py` to refuse.

With that, `extensions.py` and `parse_rules.parse_entry` this is the only place that knows FHIR. The extensions are
described in docs/questionnaires.md.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from intake.definition.documents import Json, NoneWordsNode
from intake.definition.extensions import HL7, OWN, SDC, extensions_of, parts_of, value_of, values_of
from intake.definition.model import Coding, Item, LabelVariant, Option, QuestionPage, Section
from intake.definition.parse_rules import parse_entry
from intake.definition.rules import Condition, DefinitionError, Group, Quantity
from intake.definition.translations import text_in
from intake.definition.units import as_decimal

TYPES = ("boolean", "choice", "date", "quantity", "string", "text", "integer", "decimal")
LINK_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Reader:
    """Reads one questionnaire in one language; errors name the linkId they stand at."""

    def __init__(self, questionnaire: Json, none_words: NoneWordsNode, language: str) -> None:
        self.questionnaire = questionnaire
        self.none_words = none_words
        self.language = language
        self.here = "Questionnaire"

    def sections(self) -> tuple[Section, ...]:
        if self.questionnaire.get("resourceType") != "Questionnaire":
            raise DefinitionError("the questionnaire is not a FHIR Questionnaire")
        try:
            nodes = enumerate(self.questionnaire["item"])
            return tuple(self._section(node, number) for number, node in nodes)
        except KeyError as error:
            raise DefinitionError(f"{self.here}: {error.args[0]} is missing") from error
        except (TypeError, AttributeError, IndexError) as error:
            raise DefinitionError(f"{self.here}: it has not the shape it should have: {error}") from error
        except ValueError as error:
            raise error if isinstance(error, DefinitionError) else DefinitionError(f"{self.here}: {error}") from error

    def _section(self, node: Json, number: int) -> Section:
        link_id = self._check_node(node)
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
            title=self._text(node),
            pages=tuple(self._page(page, link_id) for page in pages),
            computed=tuple(self._item(child) for child in others),
            has_disclosure=bool(value_of(node, OWN + "disclosure")),
        )

    def _page(self, node: Json, section: str) -> QuestionPage:
        link_id = self._check_node(node)
        displays = [child for child in node["item"] if child["type"] == "display"]
        for child in displays:
            self._check_node(child)
        return QuestionPage(
            link_id=link_id,
            title=self._text(node),
            section=section,
            items=tuple(self._item(child) for child in node["item"] if child["type"] != "display"),
            intro=tuple(self._text(child) for child in displays if not value_of(child, OWN + "notice")),
            is_grid=_control(node) in ("gtable", "table"),
            enable_when=_enable_when(node),
            codes=_codes(node),
            why=value_of(node, OWN + "why-we-ask") or "",
            learn=value_of(node, OWN + "learn") or "",
            notices=tuple(notice for child in displays if (notice := value_of(child, OWN + "notice"))),
            kind=value_of(node, OWN + "page-kind") or "questions",
            has_disclosure=bool(value_of(node, OWN + "disclosure")),
        )

    def _item(self, node: Json, *, in_rows: bool = False) -> Item:
        link_id = self._check_node(node)
        is_rows = node["type"] == "group" and not in_rows
        if node["type"] not in TYPES and not is_rows:
            raise DefinitionError(f"{link_id}: type {node['type']!r} is not supported here")
        if is_rows and not node.get("repeats"):
            raise DefinitionError(f"{link_id}: a group in a page must repeat")
        computed = value_of(node, OWN + "computed") or ""
        if bool(computed) is not bool(node.get("readOnly")):
            raise DefinitionError(f"{link_id}: a read-only item must say what computes it")
        helps = [child for child in node.get("item", []) if _control(child) == "help"]
        rows = [child for child in node.get("item", []) if _control(child) != "help"]
        if (rows and not is_rows) or len(helps) > 1:
            raise DefinitionError(f"{link_id}: items under a question are not supported, but for one help text")
        for child in helps:
            self._check_node(child)
        not_with = parts_of(node, OWN + "not-with")
        item_type = node["type"]
        return Item(
            link_id=link_id,
            type=item_type,
            text=self._text(node),
            required=bool(node.get("required")),
            repeats=bool(node.get("repeats")),
            options=tuple(self._option(link_id, option) for option in node.get("answerOption", [])),
            enable_when=_enable_when(node),
            codes=_codes(node),
            help=self._text(helps[0]) if helps else "",
            why=value_of(node, OWN + "why-we-ask") or "",
            learn=value_of(node, OWN + "learn") or "",
            units=tuple(e["valueCoding"]["code"] for e in extensions_of(node, HL7 + "questionnaire-unitOption")),
            minimum=_quantity(value_of(node, SDC + "sdc-questionnaire-minQuantity")),
            maximum=_quantity(value_of(node, SDC + "sdc-questionnaire-maxQuantity")),
            is_whole=item_type == "integer" or value_of(node, HL7 + "maxDecimalPlaces") == 0,
            max_length=node.get("maxLength"),
            below=value_of(node, OWN + "below") or "",
            takes_none_words=link_id in self.none_words.questions,
            none_is_blank=link_id in self.none_words.blank,
            autocomplete=value_of(node, OWN + "autocomplete") or "",
            inputmode=value_of(node, OWN + "inputmode") or "",
            computed=computed,
            staff_note=value_of(node, OWN + "staff-note") or "",
            variants=tuple(self._variant(parts) for parts in parts_of(node, OWN + "text-when")),
            role=value_of(node, OWN + "role") or "",
            is_identity=bool(value_of(node, OWN + "identity")),
            control=value_of(node, OWN + "control") or "",
            closed=value_of(node, OWN + "closed") or "",
            short=value_of(node, OWN + "short") or "",
            least=_limit(item_type, value_of(node, HL7 + "minValue")),
            most=_limit(item_type, value_of(node, HL7 + "maxValue")),
            required_with=value_of(node, OWN + "required-with") or "",
            answered_by=values_of(node, OWN + "answered-by"),
            not_with=(not_with[0]["question"], not_with[0]["text"]) if not_with else None,
            format=value_of(node, OWN + "format") or "",
            is_hidden=bool(value_of(node, HL7 + "questionnaire-hidden")),
            suggestions=values_of(node, OWN + "suggest"),
            suggest_list=value_of(node, OWN + "suggest-list") or "",
            items=tuple(self._item(child, in_rows=True) for child in rows),
            rows=int(value_of(node, OWN + "rows") or 1),
            max_rows=int(value_of(node, HL7 + "questionnaire-maxOccurs") or 20),
            row_name=value_of(node, OWN + "row-name") or "",
        )

    def _option(self, link_id: str, node: Json) -> Option:
        score = value_of(node, HL7 + "ordinalValue")
        if score is not None and int(score) != score:
            raise DefinitionError(f"{link_id}: the points of an answer are whole")
        conditions = parts_of(node, OWN + "option-when")
        members = tuple(
            Condition(parts["question"], parts.get("operator", "="), parts.get("answer") or parts["word"])
            for parts in conditions
        )
        return Option(
            code=node["valueCoding"]["code"],
            label=text_in(node["valueCoding"], "display", self.language),
            score=None if score is None else int(score),
            is_exclusive=bool(value_of(node, HL7 + "questionnaire-optionExclusive")),
            when=Group("all", members) if members else None,
            otherwise=next((parts["otherwise"] for parts in conditions if "otherwise" in parts), ""),
        )

    def _variant(self, parts: Mapping[str, str]) -> LabelVariant:
        condition = Condition(parts["question"], "=", parts["answer"])
        return LabelVariant(Group("all", (condition,)), text_in(parts, "text", self.language))

    def _text(self, node: Json) -> str:
        return text_in(node, "text", self.language)

    def _check_node(self, node: Json) -> str:
        link_id = str(node.get("linkId", ""))
        if not LINK_ID.fullmatch(link_id):
            raise DefinitionError(f"{link_id!r} is not a linkId in lower case with hyphens")
        self.here = link_id
        if "type" not in node:
            raise DefinitionError(f"{link_id}: type is missing")
        if not str(node.get("text") or "").strip():
            raise DefinitionError(f"{link_id}: it has no text")
        return link_id


def _enable_when(node: Json) -> Group | None:
    entries = node.get("enableWhen", [])
    if not entries:
        return None
    if len(entries) > 1 and "enableBehavior" not in node:
        raise DefinitionError(f"{node['linkId']}: enableBehavior is missing")
    if node.get("enableBehavior", "all") not in ("all", "any"):
        raise DefinitionError(f"{node['linkId']}: enableBehavior is all or any")
    members = tuple(parse_entry(entry, str(node["linkId"])) for entry in entries)
    return Group(node.get("enableBehavior", "all"), members)


def _control(node: Json) -> str:
    concept = value_of(node, HL7 + "questionnaire-itemControl")
    return concept["coding"][0]["code"] if concept else ""


def _codes(node: Json) -> tuple[Coding, ...]:
    return tuple(Coding(code["system"], code["code"]) for code in node.get("code", []))


def _quantity(node: Json | None) -> Quantity | None:
    return Quantity(as_decimal(node["value"]), node["code"]) if node else None


def _limit(item_type: str, value: Any) -> Decimal | date | None:
    if value is None:
        return None
    return date.fromisoformat(value) if item_type == "date" else as_decimal(value)


def all_link_ids(nodes: Iterable[Json], types: tuple[str, ...] = ()) -> Iterable[str]:
    """Return every linkId in order, or those of some types."""
    for node in nodes:
        if not types or node["type"] in types:
            yield node["linkId"]
        yield from all_link_ids(node.get("item", []), types)

"""Judge where each part of a questionnaire stands: what would be read past in its place is refused with its name."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from intake.definition.documents import Json
from intake.definition.extensions import HL7, OWN, SDC
from intake.definition.rules import DefinitionError
from intake.definition.translations import TRANSLATION

# What stands in each kind of node besides a linkId, a type, a text and extensions. A row's questions are cells.
KEYS = {
    "section": "prefix item",
    "page": "code enableWhen enableBehavior item",
    "display": "",
    "help": "",
    "computed": "code readOnly repeats answerOption",
    "rows": "required repeats enableWhen enableBehavior item",
    "question": "code required repeats maxLength enableWhen enableBehavior answerOption item",
    "cell": "code required maxLength answerOption item",
}
QUESTIONNAIRE = "resourceType id language url version name title _title status subjectType description item"
OPTION = "valueCoding extension"
CODING = "system version code display _display"
QUANTITY = "value unit system code"
TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("required", "repeats", "readOnly", "valueBoolean"), (bool,)),
    **dict.fromkeys(("maxLength", "valueInteger"), (int,)),
    **dict.fromkeys(("value", "valueDecimal"), (int, float)),
    **dict.fromkeys(("linkId", "type", "text", "title", "prefix", "valueString", "valueCode", "valueDate"), (str,)),
    **dict.fromkeys(("system", "version", "code", "display", "unit"), (str,)),
}
OF_TYPES = {"answerOption": "choice", "maxLength": "string text"}


class Place(NamedTuple):
    """The value that an extension has, on which kinds of node it may stand, and of which types if not of all."""

    value: str
    kinds: str
    types: str = ""


EXTENSIONS = {
    HL7 + "maxDecimalPlaces": Place("valueInteger", "question cell", "integer decimal quantity"),
    HL7 + "maxValue": Place("valueInteger valueDecimal valueDate", "question cell", "integer decimal date"),
    HL7 + "minValue": Place("valueInteger valueDecimal valueDate", "question cell", "integer decimal date"),
    HL7 + "questionnaire-hidden": Place("valueBoolean", "computed"),
    HL7 + "questionnaire-itemControl": Place("valueCodeableConcept", "page help"),
    HL7 + "questionnaire-maxOccurs": Place("valueInteger", "rows"),
    HL7 + "questionnaire-unitOption": Place("valueCoding", "question", "quantity"),
    SDC + "sdc-questionnaire-maxQuantity": Place("valueQuantity", "question", "quantity"),
    SDC + "sdc-questionnaire-minQuantity": Place("valueQuantity", "question", "quantity"),
    HL7 + "ordinalValue": Place("valueDecimal", "option cell-option"),
    HL7 + "questionnaire-optionExclusive": Place("valueBoolean", "option"),
    OWN + "answered-by": Place("valueString", "question rows"),
    OWN + "autocomplete": Place("valueCode", "question cell"),
    OWN + "below": Place("valueString", "question"),
    OWN + "closed": Place("valueString", "question"),
    OWN + "computed": Place("valueCode", "computed"),
    OWN + "control": Place("valueCode", "question cell"),
    OWN + "disclosure": Place("valueBoolean", "section page"),
    OWN + "format": Place("valueCode", "question cell"),
    OWN + "identity": Place("valueBoolean", "question"),
    OWN + "inputmode": Place("valueCode", "question cell"),
    OWN + "learn": Place("valueString", "page question rows"),
    OWN + "not-with": Place("question text", "question"),
    OWN + "notice": Place("valueCode", "display"),
    OWN + "option-when": Place("question operator answer word otherwise", "option"),
    OWN + "page-kind": Place("valueCode", "page"),
    OWN + "required-with": Place("valueString", "question"),
    OWN + "role": Place("valueCode", "question cell computed"),
    OWN + "row-name": Place("valueString", "rows"),
    OWN + "rows": Place("valueInteger", "rows"),
    OWN + "short": Place("valueString", "question cell rows"),
    OWN + "staff-note": Place("valueString", "computed"),
    OWN + "suggest": Place("valueString", "question cell", "string"),
    OWN + "suggest-list": Place("valueCode", "question cell", "string"),
    OWN + "text-when": Place("question answer text", "question"),
    OWN + "why-we-ask": Place("valueString", "page question rows"),
}
REPEATED = {
    HL7 + "questionnaire-unitOption",
    *(OWN + name for name in ("answered-by", "not-with", "option-when", "suggest", "text-when")),
}
CONTROLS = {"page": ("gtable", "table"), "help": ("help",)}


def check_nodes(questionnaire: Json) -> None:
    """Raise DefinitionError for the first part of a questionnaire, read already, that has no meaning in its place."""
    _refuse(questionnaire, QUESTIONNAIRE, "Questionnaire")
    _check_types({"title": questionnaire.get("title", "")}, "Questionnaire")
    _check_translations(questionnaire, "Questionnaire")
    for section in questionnaire["item"]:
        _check_node(section, "section")


def _check_node(node: Json, kind: str) -> None:
    name = node["linkId"]
    try:
        # A key that says no says nothing: many tools write `required` and `repeats` everywhere.
        said = {key: value for key, value in node.items() if value is not False}
        _refuse(said, f"linkId type text _text extension {KEYS[kind]}", name)
        _check_types({**node, "code": ""}, name)
        for coding in node.get("code", []):
            _check_coding(coding, name)
        for key, types in OF_TYPES.items():
            if key in node and node["type"] not in types.split():
                raise DefinitionError(f"{name}: {key} is not supported on type {node['type']}")
        _check_translations(node, name)
        _check_extensions(node, kind, name)
        for option in node.get("answerOption", []):
            _check_option(option, "cell-option" if kind == "cell" else "option", name)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise DefinitionError(f"{name}: it has not the shape it should have: {error}") from error
    for child, child_kind in _children(node, kind):
        _check_node(child, child_kind)


def _check_option(option: Json, kind: str, name: str) -> None:
    _refuse(option, OPTION, f"{name}: an answer option")
    _check_coding(option["valueCoding"], f"{name}: an answer option")
    _check_translations(option["valueCoding"], name)
    _check_extensions(option, kind, name)


def _children(node: Json, kind: str) -> Iterator[tuple[Json, str]]:
    for child in node.get("item", []):
        if kind == "section":
            yield child, "page" if child["type"] == "group" else "computed"
        elif child["type"] == "display":
            yield child, "display" if kind == "page" else "help"
        else:
            yield child, "cell" if kind != "page" else "rows" if child["type"] == "group" else "question"


def _check_extensions(node: Json, kind: str, name: str) -> None:
    extensions = node.get("extension", [])
    for url, count in Counter(extension["url"] for extension in extensions).items():
        if url not in EXTENSIONS or kind not in EXTENSIONS[url].kinds.split():
            raise DefinitionError(f"{name}: extension {url} is not supported here")
        if count > 1 and url not in REPEATED:
            raise DefinitionError(f"{name}: extension {url} stands twice")
    for extension in extensions:
        url, place = extension["url"], EXTENSIONS[extension["url"]]
        if place.types and node["type"] not in place.types.split():
            raise DefinitionError(f"{name}: extension {url} is not supported on type {node['type']}")
        given = {part["url"] for part in extension.get("extension", [])} or {*extension} - {"url"}
        if not given or not given <= set(place.value.split()):
            raise DefinitionError(f"{name}: extension {url} takes {place.value}")
        _check_value(extension, name)
        if url == HL7 + "maxDecimalPlaces" and extension["valueInteger"] != 0:
            raise DefinitionError(f"{name}: only 0 is supported as maxDecimalPlaces")
        if url == HL7 + "questionnaire-itemControl":
            control = extension["valueCodeableConcept"]["coding"][0]["code"]
            if control not in CONTROLS[kind]:
                raise DefinitionError(f"{name}: itemControl {control} is not supported here")


def _check_value(extension: Json, name: str) -> None:
    for part in (extension, *extension.get("extension", [])):
        _check_types(part, name)
        if "valueCoding" in part:
            _check_coding(part["valueCoding"], name)
        if "valueQuantity" in part:
            _refuse(part["valueQuantity"], QUANTITY, name)
            _check_types(part["valueQuantity"], name)


def _check_coding(coding: Json, name: str) -> None:
    _refuse(coding, CODING, name)
    _check_types(coding, name)


def _check_types(node: Json, name: str) -> None:
    for key, types in TYPES.items():
        if key in node and type(node[key]) not in types:  # true is no number
            raise DefinitionError(f"{name}: {key} cannot be {node[key]!r:.60}")


def _check_translations(node: Json, name: str) -> None:
    for key in ("_title", "_text", "_display"):
        for extension in node.get(key, {}).get("extension", []):
            if extension["url"] != TRANSLATION:
                raise DefinitionError(f"{name}: extension {extension['url']} is not supported here")


def _refuse(node: Json, known: str, name: str) -> None:
    unknown = sorted({*node} - {*known.split()})
    if unknown:
        raise DefinitionError(f"{name}: {', '.join(unknown)} is not supported here")

"""Judge the questions of a definition before it is published: each can be drawn, answered and compared."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from intake.definition.model import Definition, Item
from intake.definition.rules import DefinitionError
from intake.definition.units import TO_BASE

IN_ROWS = ("string", "text", "choice", "integer", "decimal")
MOST_ROWS = 100
ROLES: Mapping[str, tuple[str, ...]] = {
    "birth-date": ("date",), "weight": ("quantity",), "height": ("quantity",), "driving-agreement": ("boolean",),
    "age": ("integer",), "bmi": ("decimal",), "medicine-name": ("string",), "medicine-text": ("text",),
} | dict.fromkeys((
    "legal-name", "preferred-name", "phone", "email", "address", "emergency-name", "emergency-phone", "escort-name",
    "escort-phone", "helper-name", "helper-relationship", "signature",
), ("string",)) | dict.fromkeys(("sex", "message-ok", "ride", "helper", "safety-level"), ("choice",))  # fmt: skip
MEASURED_IN = {"weight": "kg", "height": "cm"}
CONTROLS = {
    "": (), "row": ("choice",), "cards": ("choice",), "list": ("choice",), "buttons": ("choice",),
    "tick": ("boolean", "choice"), "act": ("boolean",),
}  # fmt: skip
FORMATS = ("", "phone", "email", "name")
CODE = re.compile(r"\S+")
LEARN = re.compile(r"[a-z0-9-]+(#[a-z0-9-]+)?")
PLACE = re.compile(r"\{([^{}]*)\}")


def check_item(definition: Definition, item: Item) -> None:
    """Raise DefinitionError, naming the linkId, for what could not be drawn or answered."""
    name = item.link_id
    _check_options(item)
    _check_limits(item)
    if item.repeats and item.type != "choice":
        raise DefinitionError(f"{name}: only a choice can repeat")
    if item.control not in CONTROLS or (item.control and item.type not in CONTROLS[item.control]):
        raise DefinitionError(f"{name}: control {item.control!r} does not fit")
    if item.format not in FORMATS or (item.format and item.type != "string"):
        raise DefinitionError(f"{name}: format {item.format!r} does not fit")
    if item.suggest_list and (item.suggest_list != "medicines" or definition.medicines is None):
        raise DefinitionError(f"{name}: there is no list {item.suggest_list}")
    check_learn(item.learn, name)
    check_places(definition, (item.text, item.help, *(one.text for one in item.variants)), name)
    check_places(definition, (option.label for option in item.options), name)
    _check_others(definition, item)


def _check_options(item: Item) -> None:
    if item.type == "choice" and not item.options:
        raise DefinitionError(f"{item.link_id}: a choice without options")
    if len(item.option_by_code) != len(item.options):
        raise DefinitionError(f"{item.link_id}: an option's code stands twice")
    for option in item.options:
        if not isinstance(option.code, str) or not CODE.fullmatch(option.code):
            raise DefinitionError(f"{item.link_id}: the code {option.code!r} cannot be posted")
        if not option.label.strip():
            raise DefinitionError(f"{item.link_id}: the answer {option.code} has no words")


def _check_limits(item: Item) -> None:
    """Limits are in the unit that answers are compared in, and leave something to answer."""
    name = item.link_id
    if item.max_length is not None and not (isinstance(item.max_length, int) and item.max_length > 0):
        raise DefinitionError(f"{name}: maxLength {item.max_length!r} leaves nothing to write")
    if item.type == "quantity" and not item.computed and not item.units:
        raise DefinitionError(f"{name}: a quantity without units")
    for unit in item.units:
        if unit not in TO_BASE:
            raise DefinitionError(f"{name}: unit {unit} is not known")
    if len(bases_of(item)) > 1:
        raise DefinitionError(f"{name}: its units do not measure the same")
    limits = [limit for limit in (item.minimum, item.maximum) if limit]
    for limit in limits:
        if limit.unit not in bases_of(item):
            raise DefinitionError(f"{name}: its limits must be in {', '.join(bases_of(item)) or 'a unit of its own'}")
    least: Any = item.minimum.value if item.minimum else item.least
    most: Any = item.maximum.value if item.maximum else item.most
    if least is None or most is None:
        return
    if item.is_whole:
        least, most = math.ceil(least), math.floor(most)
    if least > most:
        raise DefinitionError(f"{name}: no answer lies between its limits")


def _check_others(definition: Definition, item: Item) -> None:
    """What a question says of others can be kept."""
    name = item.link_id
    others = [item.below, item.required_with, *item.answered_by, item.not_with[0] if item.not_with else ""]
    for other in filter(None, others):
        if other not in definition.questions:
            raise DefinitionError(f"{name}: there is no question {other}")
    if item.below:
        upper = definition.questions[item.below]
        if item.type != "quantity" or upper.type != "quantity":
            raise DefinitionError(f"{name}: only a quantity is below another")
        if item.below == name or upper.below or bases_of(upper) != bases_of(item):
            raise DefinitionError(f"{name}: it cannot be below {item.below}")
    if item.not_with:
        beside = definition.questions[item.not_with[0]]
        if beside is item or (item.required and beside.required and beside.link_id not in definition.group_of):
            raise DefinitionError(f"{name}: it cannot be answered beside {beside.link_id}")


def check_group(group: Item) -> None:
    if not 1 <= group.rows <= group.max_rows <= MOST_ROWS:
        raise DefinitionError(f"{group.link_id}: it shows more rows than it may have, or may have over {MOST_ROWS}")
    for item in group.items:
        if item.type not in IN_ROWS or item.repeats or item.enable_when or item.variants or item.required_with:
            raise DefinitionError(f"{item.link_id}: this is not supported in rows")


def check_roles(definition: Definition) -> None:
    roles = Counter(item.role for item in definition.items.values() if item.role)
    for role, count in roles.items():
        item = definition.by_role[role]
        if role not in ROLES:
            raise DefinitionError(f"{item.link_id}: there is no role {role}")
        if count > 1:
            raise DefinitionError(f"{item.link_id}: the role {role} is given twice")
        if item.type not in ROLES[role] or item.repeats:
            raise DefinitionError(f"{item.link_id}: the role {role} needs one {ROLES[role][0]}")
        if role in MEASURED_IN and bases_of(item) != {MEASURED_IN[role]}:
            raise DefinitionError(f"{item.link_id}: the role {role} is measured in {MEASURED_IN[role]}")


def check_learn(link: str, owner: str) -> None:
    if link and not LEARN.fullmatch(link):
        raise DefinitionError(f"{owner}: {link!r} cannot be the address of a section")


def check_places(definition: Definition, texts: Iterable[str], owner: str, words: Iterable[str] = ()) -> None:
    """Each `{...}` of a text must name an item, or words that the program puts there: else it would be a hole."""
    known = {*definition.items, *words}
    for text in texts:
        for name in PLACE.findall(text):
            if name not in known:
                raise DefinitionError(f"{owner}: nothing fills {{{name}}}")


def bases_of(item: Item) -> set[str]:
    """Return the units that answers to a quantity are compared in: one, or none for what has no unit."""
    return {TO_BASE[unit][0] for unit in item.units if unit in TO_BASE}

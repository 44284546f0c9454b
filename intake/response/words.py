"""An answer in the words the reader saw."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.definition.model import Item
from intake.definition.units import as_decimal, ucum_code, unit_word


def display_value(item: Item, value: object) -> str:
    """Give an answer in the words the reader saw."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes, I agree") if value else _("Not checked")
    if item.type == "choice":
        codes = value if isinstance(value, list) else [value]
        labels = (item.option_by_code[code].label if code in item.option_by_code else str(code) for code in codes)
        return ", ".join(labels)
    if item.type == "quantity" and isinstance(value, Mapping):
        return _quantity_words(value)
    if item.type == "date":
        return date_format(date.fromisoformat(str(value)), "F j, Y")
    return str(value)


def _quantity_words(value: Mapping[str, object]) -> str:
    unit = str(value.get("unit"))
    number = as_decimal(value.get("value"))
    if ucum_code(unit) == "[in_i]":
        feet, inches = divmod(number, 12)
        return _("%(feet)s ft %(inches)s in") % {"feet": _plain(feet), "inches": _plain(inches)}
    return f"{_plain(number)} {unit_word(unit)}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

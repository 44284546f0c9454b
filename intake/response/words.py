"""An answer in the words the reader saw."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.definition.contact import show_phone
from intake.definition.model import Item
from intake.definition.units import as_decimal, ucum_code, unit_word

FILLED = re.compile(r"( ?\()?\{([a-z0-9-]+)\}(?(1)\))")


def fill(text: str, words_for: Callable[[str], str]) -> str:
    """Put words in the place of each `{name}`; where there are none it goes, with the parentheses round it."""
    if "{" not in text:
        return text

    def filled(match: re.Match[str]) -> str:
        words = words_for(match[2])
        return f"{match[1]}{words})" if words and match[1] else words

    return FILLED.sub(filled, text)


def display_value(item: Item, value: object, words_for: Callable[[str], str] = lambda name: "") -> str:
    """Return an answer in the words the reader saw; `words_for` gives other answers that a label holds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        if not item.is_acknowledgment:
            return _("Yes") if value else ""
        return _("Yes, I agree") if value else _("Not checked")
    if item.type == "choice":
        codes = value if isinstance(value, list) else [value]
        labels = (item.option_by_code[code].label if code in item.option_by_code else str(code) for code in codes)
        return ", ".join(fill(label, words_for) for label in labels)
    if item.type == "quantity" and isinstance(value, Mapping):
        return _quantity_words(value)
    if item.type == "date":
        return date_format(date.fromisoformat(str(value)), _("F j, Y"))  # a language has its own order
    if item.format == "phone":
        return show_phone(str(value))
    return str(value)


def _quantity_words(value: Mapping[str, object]) -> str:
    unit = str(value.get("unit"))
    number = as_decimal(value.get("value"))
    if ucum_code(unit) == "[in_i]":
        feet, inches = divmod(number, 12)
        return _("%(feet)s ft %(inches)s in") % {"feet": plain_number(feet), "inches": plain_number(inches)}
    return f"{plain_number(number)} {unit_word(unit)}"


def plain_number(number: Decimal) -> str:
    """Return a number without an exponent and without zeros at its end."""
    return f"{number.normalize():f}"


def join_words(words: Iterable[str]) -> str:
    """Return words as people list them: 'a, b and c'."""
    *first, last = list(words) or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last

"""Units a quantity may be given in, and their value in the unit it is compared in."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

UCUM = {"lb": "[lb_av]", "in": "[in_i]", "mmHg": "mm[Hg]"}
WORDS = {"kg": "kg", "[lb_av]": "lb", "cm": "cm", "[in_i]": "in", "mm[Hg]": "mmHg"}
TO_BASE = {
    "kg": ("kg", Decimal(1)),
    "[lb_av]": ("kg", Decimal("0.45359237")),
    "cm": ("cm", Decimal(1)),
    "[in_i]": ("cm", Decimal("2.54")),
    "mm[Hg]": ("mm[Hg]", Decimal(1)),
}


class UnitError(ValueError):
    """Say that a quantity has no number or no unit we know."""


def ucum_code(unit: str) -> str:
    """Return the UCUM code of a unit named by code or by its everyday word."""
    return UCUM.get(unit, unit)


def unit_word(unit: str) -> str:
    """Return the everyday word of a unit."""
    return WORDS.get(ucum_code(unit), unit)


def as_decimal(number: object) -> Decimal:
    """Return a JSON number exactly as it was written."""
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise UnitError(f"{number!r} is not a number")
    try:
        value = Decimal(str(number))
    except InvalidOperation as error:
        raise UnitError(f"{number!r} is not a number") from error
    if not value.is_finite():
        raise UnitError(f"{number!r} is not a number")
    return value


def in_base_unit(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """Convert to kg, cm or mm[Hg]; give the number unrounded and the unit."""
    try:
        base, factor = TO_BASE[ucum_code(unit)]
    except KeyError as error:
        raise UnitError(f"{unit!r} is not a unit we know") from error
    return value * factor, base


def quantity_in_base_unit(quantity: object) -> tuple[Decimal, str]:
    """Convert an answer `{"value": 82, "unit": "kg"}`."""
    if not isinstance(quantity, Mapping):
        raise UnitError(f"{quantity!r} is not a quantity")
    return in_base_unit(as_decimal(quantity.get("value")), str(quantity.get("unit")))

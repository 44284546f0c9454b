"""What may be given as the answer to one question."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from intake.definition.contact import ContactError, clean_email, clean_phone, has_letter
from intake.definition.model import Answer, Item
from intake.definition.units import UnitError, as_decimal, in_base_unit, ucum_code, unit_word
from intake.response.words import display_value, plain_number

OLDEST = 120
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters that show nothing
JOINERS = "\u200c\u200d"  # what emoji and some scripts need between two characters
UNSEEN = ("Cc", "Cf", "Cn", "Mn", "Me", "Zs", "Zl", "Zp")


class AnswerError(ValueError):
    """Say what a person can do about an answer that cannot be taken."""

    def __init__(self, link_id: str, message: str) -> None:
        super().__init__(f"{link_id}: {message}")
        self.link_id = link_id
        self.message = message


def is_blank(raw: object) -> bool:
    """Say whether a raw value is no answer at all; what nobody can see is none."""
    if isinstance(raw, str):
        return not raw.strip() or not (raw.isascii() or any(_is_visible(char) for char in raw))
    return raw is None or raw in ([], ())


def clean_value(item: Item, raw: object, *, today: date, checks_format: bool = False) -> Answer | None:
    """Return a raw JSON value as an answer, or None when it is blank.

    Raises AnswerError for a wrong type, an unknown code or unit, and every limit of the question. A form also checks
    formats: a telephone number, an e-mail address, a name.
    """
    if is_blank(raw):
        return None
    if item.type in CLEANERS:
        return CLEANERS[item.type](item, raw)
    if not isinstance(raw, str):
        raise AnswerError(item.link_id, _("Enter text."))
    if item.type == "date":
        return _clean_date(item, raw, today)
    text = _clean_text(item, raw)
    return _formatted(item, text) if checks_format and item.format else text


def age_on(birth: date, day: date) -> int:
    """Count whole years; who was born on 29 February has the birthday on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _is_visible(char: str) -> bool:
    return char not in FILLERS and unicodedata.category(char) not in UNSEEN


def _clean_text(item: Item, raw: str) -> str:
    if CONTROL_CHARACTERS.search(raw):
        raise AnswerError(item.link_id, _("Use only letters, numbers and signs that can be read."))
    text = raw if raw.isascii() else _without_unseen(raw)
    if item.max_length is not None and len(text) > item.max_length:
        raise AnswerError(
            item.link_id,
            _("Use %(limit)d characters or fewer. You used %(used)d.") % {"limit": item.max_length, "used": len(text)},
        )
    return text


def _without_unseen(text: str) -> str:
    """Take out direction overrides and other signs that nobody sees; joiners stay where they join."""
    kept = []
    for place, char in enumerate(text):
        is_joiner = char in JOINERS and 0 < place < len(text) - 1 and not text[place - 1].isspace()
        if is_joiner or (char not in FILLERS and unicodedata.category(char) != "Cf"):
            kept.append(char)
    return "".join(kept)


def _formatted(item: Item, text: str) -> str:
    if item.takes_none_words and not has_letter(text) and item.format == "name":
        raise AnswerError(item.link_id, _("Enter a name."))
    try:
        if item.format == "phone":
            return clean_phone(text)
        if item.format == "email":
            return clean_email(text)
    except ContactError as error:
        raise AnswerError(item.link_id, str(error)) from None
    if not has_letter(text):
        raise AnswerError(item.link_id, _("Enter a name."))
    return text.strip()


def _clean_boolean(item: Item, raw: object) -> Answer:
    if not isinstance(raw, bool):
        raise AnswerError(item.link_id, _("Answer with true or false."))
    return raw


def _clean_choice(item: Item, raw: object) -> Answer:
    codes = raw if isinstance(raw, list) else [raw]
    if isinstance(raw, list) is not item.repeats:
        message = _("Give a list of answers.") if item.repeats else _("Choose one answer.")
        raise AnswerError(item.link_id, message)
    for code in codes:
        if not isinstance(code, str) or code not in item.option_by_code:
            raise AnswerError(item.link_id, _("Choose one of the answers shown."))
    if len(set(codes)) != len(codes):
        raise AnswerError(item.link_id, _("Choose each answer only once."))
    if len(codes) > 1 and item.exclusive_codes & set(codes):
        label = next(option.label for option in item.options if option.is_exclusive)
        raise AnswerError(item.link_id, _('Choose "%(label)s" alone, or choose the others.') % {"label": label})
    return raw if isinstance(raw, list) else str(raw)


def _clean_number(item: Item, raw: object) -> Answer:
    number, kept = _read_number(item, raw)
    if item.is_whole and number != number.to_integral_value():
        raise AnswerError(item.link_id, _("Enter a whole number."))
    if not _is_within(number, item.least, item.most):
        raise AnswerError(item.link_id, _number_limits(item.least, item.most))
    return int(number) if item.type == "integer" else kept


def _read_number(item: Item, raw: object) -> tuple[Decimal, int | float]:
    """Return a number exactly, and as it is kept; one with more digits than can be kept is refused."""
    try:
        number = as_decimal(raw)
        kept = raw if isinstance(raw, int) else float(number)
        if as_decimal(kept) != number:
            raise UnitError
    except (UnitError, OverflowError):
        message = _("Enter a number with fewer digits.") if isinstance(raw, Decimal) else _("Enter a number.")
        raise AnswerError(item.link_id, message) from None
    return number, kept


def _is_within(number: Decimal, least: object, most: object) -> bool:
    return not (isinstance(least, Decimal) and number < least) and not (isinstance(most, Decimal) and number > most)


def _number_limits(least: object, most: object, unit: str = "") -> str:
    low = plain_number(least) if isinstance(least, Decimal) else ""
    high = plain_number(most) if isinstance(most, Decimal) else ""
    words = {"low": low, "high": high, "unit": unit}
    if low and high:
        text = _("Check this number. Enter one from %(low)s to %(high)s %(unit)s.")
    elif low:
        text = _("Check this number. Enter %(low)s %(unit)s or more.")
    else:
        text = _("Check this number. Enter %(high)s %(unit)s or less.")
    return (text % words).replace(" .", ".").replace("  ", " ")


def _clean_quantity(item: Item, raw: object) -> Answer:
    if not isinstance(raw, Mapping) or set(raw) != {"value", "unit"}:
        raise AnswerError(item.link_id, _("Enter a number and a unit."))
    unit = raw["unit"]
    if not isinstance(unit, str) or ucum_code(unit) not in item.units:
        words = ", ".join(unit_word(code) for code in item.units)
        raise AnswerError(item.link_id, _("Choose a unit: %(units)s.") % {"units": words})
    number, kept = _read_number(item, raw["value"])
    if item.is_whole and number != number.to_integral_value():
        raise AnswerError(item.link_id, _("Enter a whole number."))
    base, _unit = in_base_unit(number, unit)
    if not _is_within(base, item.minimum and item.minimum.value, item.maximum and item.maximum.value):
        raise AnswerError(item.link_id, _quantity_limits(item, unit))
    return {"value": kept, "unit": unit}


def _quantity_limits(item: Item, unit: str) -> str:
    factor = in_base_unit(Decimal(1), unit)[0]
    least = Decimal(math.ceil(item.minimum.value / factor)) if item.minimum else None
    most = Decimal(math.floor(item.maximum.value / factor)) if item.maximum else None
    return _number_limits(least, most, unit_word(unit))


def _clean_date(item: Item, raw: str, today: date) -> str:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
            raise ValueError
        day = date.fromisoformat(raw)
    except ValueError:
        raise AnswerError(item.link_id, _("Enter a real date, with month, day and year.")) from None
    if isinstance(item.least, date) and day < item.least:
        raise AnswerError(item.link_id, _("Check this date. It is before %(day)s.") % {"day": _day(item, item.least)})
    if isinstance(item.most, date) and day > item.most:
        raise AnswerError(item.link_id, _("Check this date. It is after %(day)s.") % {"day": _day(item, item.most)})
    if item.role == "birth-date" and day > today:
        raise AnswerError(item.link_id, _("Check the year. This date is in the future."))
    if item.role == "birth-date" and age_on(day, today) > OLDEST:
        raise AnswerError(item.link_id, _("Check the year. This date is too long ago."))
    return raw


def _day(item: Item, day: date) -> str:
    return display_value(item, day.isoformat())


CLEANERS: Mapping[str, Callable[[Item, object], Answer]] = {
    "boolean": _clean_boolean,
    "choice": _clean_choice,
    "quantity": _clean_quantity,
    "integer": _clean_number,
    "decimal": _clean_number,
}

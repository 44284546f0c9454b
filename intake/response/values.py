"""What may be given as an answer, and when two answers do not go together."""

import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from intake.definition.model import Answer, Answers, Definition, Item
from intake.definition.units import UnitError, as_decimal, in_base_unit, quantity_in_base_unit, ucum_code, unit_word

OLDEST = 120
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class AnswerError(ValueError):
    """Say what a person can do about an answer that cannot be taken."""

    def __init__(self, link_id: str, message: str) -> None:
        super().__init__(f"{link_id}: {message}")
        self.link_id = link_id
        self.message = message


def is_blank(raw: object) -> bool:
    """Say whether a raw value is no answer at all."""
    return raw is None or raw in ("", []) or (isinstance(raw, str) and not raw.strip())


def clean_value(item: Item, raw: object, *, today: date) -> Answer | None:
    """Give a raw JSON value as an answer, or None when it is blank.

    Raises AnswerError for a wrong type, an unknown code or unit, and every limit of the question.
    """
    if is_blank(raw):
        return None
    if item.type == "boolean":
        if not isinstance(raw, bool):
            raise AnswerError(item.link_id, _("Answer with true or false."))
        return raw
    if item.type == "choice":
        return _clean_choice(item, raw)
    if item.type == "quantity":
        return _clean_quantity(item, raw)
    if not isinstance(raw, str):
        raise AnswerError(item.link_id, _("Enter text."))
    if item.type == "date":
        return _clean_date(item, raw, today)
    if item.max_length is not None and len(raw) > item.max_length:
        raise AnswerError(
            item.link_id,
            _("Use %(limit)d characters or fewer. You used %(used)d.") % {"limit": item.max_length, "used": len(raw)},
        )
    if CONTROL_CHARACTERS.search(raw):
        raise AnswerError(item.link_id, _("Use only letters, numbers and signs that can be read."))
    return raw


def parse_answers(definition: Definition, raw: object, *, today: date) -> dict[str, Answer]:
    """Check every answer of a JSON object and leave out the blank ones.

    Raises AnswerError for the first one that cannot be taken, in the object's order.
    """
    if not isinstance(raw, Mapping):
        raise AnswerError("answers", _("The answers are not a JSON object."))
    answers: dict[str, Answer] = {}
    for link_id, value in raw.items():
        if link_id in definition.computed:
            raise AnswerError(link_id, _("This is computed and takes no answer."))
        if link_id in definition.other_link_ids:
            raise AnswerError(link_id, _("This is not a question and takes no answer."))
        if link_id not in definition.questions:
            raise AnswerError(str(link_id), _("There is no question with this link id."))
        cleaned = clean_value(definition.questions[link_id], value, today=today)
        if cleaned is not None:
            answers[link_id] = cleaned
    for error in errors_between(definition, answers):
        raise error
    return answers


def errors_between(definition: Definition, answers: Answers) -> list[AnswerError]:
    """Find the answers that do not go together with another one."""
    errors = []
    for item in definition.questions.values():
        if item.below and item.link_id in answers and item.below in answers:
            lower = quantity_in_base_unit(answers[item.link_id])[0]
            upper = quantity_in_base_unit(answers[item.below])[0]
            if lower >= upper:
                errors.append(
                    AnswerError(item.link_id, _("Check the two numbers. The bottom number is the lower one."))
                )
    return errors


def age_on(birth: date, day: date) -> int:
    """Count whole years; who was born on 29 February has the birthday on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _clean_choice(item: Item, raw: object) -> Answer:
    codes = raw if isinstance(raw, list) else [raw]
    if isinstance(raw, list) is not item.repeats:
        message = _("Give a list of answers.") if item.repeats else _("Choose one answer.")
        raise AnswerError(item.link_id, message)
    for code in codes:
        if not isinstance(code, str) or code not in item.option_by_code:
            raise AnswerError(item.link_id, _("Choose one of the answers shown. %(code)r is not one.") % {"code": code})
    if len(set(codes)) != len(codes):
        raise AnswerError(item.link_id, _("Choose each answer only once."))
    if len(codes) > 1 and item.exclusive_codes & set(codes):
        label = next(option.label for option in item.options if option.is_exclusive)
        raise AnswerError(item.link_id, _('Choose "%(label)s" alone, or choose the others.') % {"label": label})
    return raw if isinstance(raw, list) else str(raw)


def _clean_quantity(item: Item, raw: object) -> Answer:
    if not isinstance(raw, Mapping) or set(raw) != {"value", "unit"}:
        raise AnswerError(item.link_id, _("Enter a number and a unit."))
    unit = raw["unit"]
    if not isinstance(unit, str) or ucum_code(unit) not in item.units:
        words = ", ".join(unit_word(code) for code in item.units)
        raise AnswerError(item.link_id, _("Choose a unit: %(units)s.") % {"units": words})
    try:
        number = as_decimal(raw["value"])
    except UnitError:
        raise AnswerError(item.link_id, _("Enter a number.")) from None
    if item.is_whole and number != number.to_integral_value():
        raise AnswerError(item.link_id, _("Enter a whole number."))
    base = quantity_in_base_unit(raw)[0]
    if (item.minimum and base < item.minimum.value) or (item.maximum and base > item.maximum.value):
        raise AnswerError(item.link_id, _limits(item, unit))
    return {"value": raw["value"], "unit": unit}


def _limits(item: Item, unit: str) -> str:
    factor = in_base_unit(Decimal(1), unit)[0]
    words: dict[str, str | int] = {"unit": unit_word(unit)}
    if item.minimum and item.maximum:
        words["low"] = math.ceil(item.minimum.value / factor)
        words["high"] = math.floor(item.maximum.value / factor)
    return _("Check this number. Enter one from %(low)d to %(high)d %(unit)s.") % words


def _clean_date(item: Item, raw: str, today: date) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            raise ValueError
        day = date.fromisoformat(raw)
    except ValueError:
        raise AnswerError(item.link_id, _("Enter a real date, with month, day and year.")) from None
    if day > today:
        raise AnswerError(item.link_id, _("Check the year. This date is in the future."))
    if age_on(day, today) > OLDEST:
        raise AnswerError(item.link_id, _("Check the year. This date is too long ago."))
    return raw

"""Form fields that give answers: each reads what was posted, and `clean_value` judges it as everywhere else."""

import math
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Answer, Item, Option
from intake.definition.units import in_base_unit
from intake.journey.forms.widgets import (
    CENTIMETERS,
    INCHES,
    INCHES_IN_A_FOOT,
    DateBoxes,
    HeightBoxes,
    Hidden,
    Lines,
    QuantityBoxes,
    Radios,
    Text,
    Ticks,
    read_number,
)
from intake.response.response import Response
from intake.response.values import AnswerError, clean_value, is_blank

MOST_SEGMENTS = 5
LONGEST_SEGMENT = 24  # characters
NOT_A_NUMBER = _("Enter a number, such as 82 or 82.5.")


def names_id(item: Item) -> str:
    """Return the id of the list that is offered while a question is answered; its rows share it."""
    return f"names-{item.link_id}"


class AnswerField(forms.Field):
    """One question. Cleans to the answer as it is kept, or to None for a blank one.

    Whether a blank will do is not the field's to say: it depends on the other answers.
    """

    missing: Any = _("Enter an answer.")
    full_label = ""  # what the list of errors calls a field in rows: 'Medicine 1: Name'

    def __init__(self, item: Item, response: Response, today: date) -> None:
        self.item = item
        self.response = response
        self.today = today
        label = response.text_of(item)
        if not item.required and not item.required_with:
            label = _("%(question)s (optional)") % {"question": label}
        super().__init__(required=False, label=label, help_text=response.fill(item.help))
        self.widget = self.make_widget()  # it is this form's own: what is passed would be copied

    def make_widget(self) -> forms.Widget:
        attrs = {name: getattr(self.item, name) for name in ("autocomplete", "inputmode") if getattr(self.item, name)}
        if self.item.suggestions or self.item.suggest_list:
            attrs["list"] = names_id(self.item)
        if self.item.is_long_text:
            return Lines({"rows": 5})
        if self.item.autocomplete == "street-address":  # HTML has it for a box of several lines alone
            return Lines({"rows": 2, **attrs})
        return Text(attrs)

    def read(self, posted: Any) -> object:
        """Turn what the widget found into a raw JSON value; raise ValueError for what cannot be one."""
        return str(posted or "").replace("\r\n", "\n").strip()

    def clean(self, value: Any) -> Answer | None:
        try:
            return clean_value(self.item, self.read(value), today=self.today, checks_format=True)
        except AnswerError as error:
            raise ValidationError(error.message) from error


class ChoiceAnswerField(AnswerField):
    missing = _("Choose an answer.")
    widget_class: type[Radios] = Radios

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return self.response.options_of(self.item)

    @property
    def control(self) -> str:
        """Return how templates/previsit/ draws it: a few short answers side by side, others one under another."""
        if self.item.control in ("row", "cards"):
            return {"row": "segments", "cards": "cards"}[self.item.control]
        lengths = [len(option.label) for option in self.options]
        return "segments" if len(lengths) <= MOST_SEGMENTS and max(lengths, default=0) <= LONGEST_SEGMENT else "cards"

    def make_widget(self) -> forms.Widget:
        return self.widget_class(choices=[(option.code, option.label) for option in self.options])

    def clean(self, value: Any) -> Answer | None:
        answer = super().clean(value)
        offered = {option.code for option in self.options}
        for code in answer if isinstance(answer, list) else [answer]:
            option = self.item.option_by_code.get(str(code))
            if option and option.code not in offered:
                raise ValidationError(option.otherwise or self.missing)
        return answer


class SeveralAnswersField(ChoiceAnswerField):
    missing = _("Choose one or more answers.")
    control = "ticks"
    widget_class = Ticks

    def read(self, posted: Any) -> object:
        chosen = set(posted or ())
        known = [option.code for option in self.item.options if option.code in chosen]
        return known + sorted(chosen - set(known))

    def make_widget(self) -> forms.Widget:
        widget = super().make_widget()
        widget.attrs["data-exclusive"] = " ".join(sorted(self.item.exclusive_codes))
        return widget


class TickField(AnswerField):
    """One box: ticked says yes, or the first of its answers. Not ticked is no answer."""

    missing = _("Check this box to go on.")

    def __init__(self, item: Item, response: Response, today: date) -> None:
        super().__init__(item, response, today)
        self.label = response.text_of(item)  # a box that may stay empty needs no word about it

    def make_widget(self) -> forms.Widget:
        return forms.CheckboxInput(check_test=lambda value: value not in (None, "", False))

    def read(self, posted: Any) -> object:
        if not posted:
            return None
        return True if self.item.type == "boolean" else self.item.options[0].code


class ActField(TickField):
    """An agreement that the page's own button gives: it comes with every post of that button."""

    def make_widget(self) -> forms.Widget:
        return Hidden()


class DateAnswerField(AnswerField):
    missing = _("Enter the month, the day and the year.")

    def make_widget(self) -> forms.Widget:
        return DateBoxes(self.item.autocomplete)

    def read(self, posted: Any) -> object:
        return read_date(posted)


class NumberField(AnswerField):
    missing = _("Enter a number.")

    def make_widget(self) -> forms.Widget:
        whole = self.item.type == "integer"
        return Text({"inputmode": "numeric" if whole else "decimal", "autocomplete": "off"})

    def read(self, posted: Any) -> object:
        text = str(super().read(posted))
        if not text:
            return None
        try:
            return -read_number(text[1:]) if text.startswith("-") else read_number(text)
        except ValueError:
            whole = self.item.type == "integer"
            raise ValidationError(_("Enter a whole number, such as 3.") if whole else NOT_A_NUMBER) from None


class QuantityAnswerField(AnswerField):
    missing = _("Enter a number.")

    def make_widget(self) -> forms.Widget:
        return QuantityBoxes(self.item)

    def read(self, posted: Any) -> object:
        number, unit = [*stripped(posted), self.item.units[0]][:2]
        if not number:
            return None
        try:
            return {"value": read_number(number), "unit": unit}
        except ValueError:
            message = _("Enter a whole number, such as 120.") if self.item.is_whole else NOT_A_NUMBER
            raise ValidationError(message) from None


class HeightAnswerField(AnswerField):
    """Kept as inches when given in feet and inches."""

    missing = _("Enter feet and inches, or centimeters.")

    def make_widget(self) -> forms.Widget:
        return HeightBoxes()

    def clean(self, value: Any) -> Answer | None:
        raw = self.read(value)
        try:
            return clean_value(self.item, raw, today=self.today)
        except AnswerError as error:
            is_inches = isinstance(raw, dict) and raw["unit"] == INCHES
            raise ValidationError(self.limits_in_feet() if is_inches else error.message) from error

    def limits_in_feet(self) -> Any:
        """Return the limits in the units of the boxes that were filled in."""
        if self.item.minimum is None or self.item.maximum is None:
            return _("Check this number.")
        inch = in_base_unit(Decimal(1), INCHES)[0]
        low = divmod(math.ceil(self.item.minimum.value / inch), INCHES_IN_A_FOOT)
        high = divmod(math.floor(self.item.maximum.value / inch), INCHES_IN_A_FOOT)
        words = {"low_feet": low[0], "low_inches": low[1], "high_feet": high[0], "high_inches": high[1]}
        return (
            _(
                "Check your height. Enter one from %(low_feet)d feet %(low_inches)d inches "
                "to %(high_feet)d feet %(high_inches)d inches."
            )
            % words
        )

    def read(self, posted: Any) -> object:
        feet, inches, centimeters = stripped(posted)
        if centimeters and (feet or inches):
            raise ValidationError(_("Enter feet and inches, or centimeters. Leave the other boxes blank."))
        try:
            if centimeters:
                return {"value": read_number(centimeters), "unit": CENTIMETERS}
            if not (feet or inches):
                return None
            if feet and not (feet.isascii() and feet.isdecimal()):
                # 5.11 may mean 5 feet 11: a number of feet with a point is never guessed at.
                raise ValidationError(_("Enter whole feet, such as 5, and put the inches in the next box."))
            rest = read_number(inches or "0")
            if feet and rest >= INCHES_IN_A_FOOT:
                raise ValidationError(_("Check the inches. There are 12 inches in a foot."))
            total = read_number(feet or "0") * INCHES_IN_A_FOOT + rest
            return {"value": round(total, 3), "unit": INCHES}
        except ValueError:
            message = _("Enter numbers, such as 5 feet 6 inches, or 168 centimeters.")
            raise ValidationError(message) from None


def stripped(posted: Any) -> list[str]:
    """Return the posted boxes as text without spaces around it."""
    return [str(box or "").strip() for box in posted or ()]


def read_date(posted: Any) -> str | None:
    """Read three boxes as an ISO date, not yet known to be a real one; None when all are blank."""
    month, day, year = stripped(posted)
    if is_blank(month + day + year):
        return None
    if not (month and day and year):
        raise ValidationError(_("Enter the month, the day and the year."))
    if not all(box.isascii() and box.isdecimal() and len(box) <= 4 for box in (month, day, year)):
        raise ValidationError(_("Use numbers for the month, the day and the year, such as 4 15 1980."))
    if len(year) != 4:
        raise ValidationError(_("Enter the year with four numbers, such as 1980."))
    return f"{year}-{int(month):02d}-{int(day):02d}"


BUILDERS: dict[tuple[str, str], type[AnswerField]] = {
    ("boolean", ""): TickField,
    ("boolean", "act"): ActField,
    ("choice", ""): ChoiceAnswerField,
    ("choice", "list"): SeveralAnswersField,
    ("choice", "tick"): TickField,
    ("date", ""): DateAnswerField,
    ("decimal", ""): NumberField,
    ("integer", ""): NumberField,
    ("quantity", ""): QuantityAnswerField,
    ("quantity", "height"): HeightAnswerField,
    ("string", ""): AnswerField,
    ("text", ""): AnswerField,
}


def control_of(item: Item) -> str:
    """Return the control that a question needs, where its definition leaves it to its type."""
    if item.repeats:
        return "list"
    if item.type == "quantity" and {INCHES, CENTIMETERS} <= set(item.units):
        return "height"
    return item.control


def field_for(item: Item, response: Response, today: date) -> AnswerField:
    """Build the field of a question by its type and control."""
    builder = BUILDERS.get((item.type, control_of(item))) or BUILDERS[item.type, ""]
    return builder(item, response, today)

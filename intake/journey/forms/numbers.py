"""Form fields for dates, numbers and measures: boxes that are read together."""

import math
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Answer
from intake.definition.units import in_base_unit
from intake.journey.forms.fields import AnswerField
from intake.journey.forms.widgets import (
    CENTIMETERS,
    INCHES,
    INCHES_IN_A_FOOT,
    DateBoxes,
    HeightBoxes,
    QuantityBoxes,
    Text,
    read_number,
)
from intake.response.values import AnswerError, clean_value, is_blank

NOT_A_NUMBER = _("Enter a number, such as 82 or 82.5.")


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

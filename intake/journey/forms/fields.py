"""Form fields that give answers: each reads what was posted, and `clean_value` judges it as everywhere else."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import ChoiceWidget
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Answer, Item, Option
from intake.journey.forms.widgets import (
    CENTIMETERS,
    INCHES,
    INCHES_IN_A_FOOT,
    DateBoxes,
    HeightBoxes,
    QuantityBoxes,
    read_number,
)
from intake.response.values import AnswerError, clean_value, is_blank

MOST_SEGMENTS = 5
LONGEST_SEGMENT = 24  # characters
NOT_A_NUMBER = _("Enter a number, such as 82 or 82.5.")


class AnswerField(forms.Field):
    """One question. Cleans to the answer as it is kept, or to None for a blank one."""

    missing: Any = _("Enter an answer.")

    def __init__(self, item: Item, label: str, today: date) -> None:
        self.item = item
        self.today = today
        if not item.required:
            label = _("%(question)s (optional)") % {"question": label}
        super().__init__(required=item.required, label=label, help_text=item.help, widget=self.make_widget())

    def make_widget(self) -> forms.Widget:
        attrs = {name: getattr(self.item, name) for name in ("autocomplete", "inputmode") if getattr(self.item, name)}
        return forms.Textarea({"rows": 5}) if self.item.is_long_text else forms.TextInput(attrs)

    def read(self, posted: Any) -> object:
        """Turn what the widget found into a raw JSON value; raise ValueError for what cannot be one."""
        return str(posted or "").replace("\r\n", "\n").strip()

    def clean(self, value: Any) -> Answer | None:
        try:
            answer = clean_value(self.item, self.read(value), today=self.today)
        except AnswerError as error:
            raise ValidationError(error.message) from error
        if answer is None and self.required:
            raise ValidationError(self.missing, code="required")
        return answer


class ChoiceAnswerField(AnswerField):
    missing = _("Choose an answer.")
    widget_class: type[ChoiceWidget] = forms.RadioSelect

    @property
    def control(self) -> str:
        """Return how templates/previsit/ draws it: a few short answers side by side, others one under another."""
        lengths = [len(option.label) for option in self.options()]
        return "segments" if len(lengths) <= MOST_SEGMENTS and max(lengths) <= LONGEST_SEGMENT else "cards"

    def options(self) -> tuple[Option, ...]:
        return self.item.options

    def make_widget(self) -> forms.Widget:
        return self.widget_class(choices=[(option.code, option.label) for option in self.options()])


class SeveralAnswersField(ChoiceAnswerField):
    missing = _("Choose one or more answers.")
    control = "ticks"
    widget_class = forms.CheckboxSelectMultiple

    def read(self, posted: Any) -> object:
        chosen = set(posted or ())
        known = [option.code for option in self.item.options if option.code in chosen]
        return known + sorted(chosen - set(known))

    def make_widget(self) -> forms.Widget:
        widget = super().make_widget()
        widget.attrs["data-exclusive"] = " ".join(sorted(self.item.exclusive_codes))
        return widget


class AcknowledgmentField(AnswerField):
    """A box to check. Not checked is not given, and is kept as blank."""

    missing = _("Check this box to go on.")

    def make_widget(self) -> forms.Widget:
        return forms.CheckboxInput()

    def read(self, posted: Any) -> object:
        return True if posted else None


class DateAnswerField(AnswerField):
    missing = _("Enter the month, the day and the year.")

    def make_widget(self) -> forms.Widget:
        return DateBoxes(self.item.autocomplete)

    def read(self, posted: Any) -> object:
        return read_date(posted)


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
            raise ValidationError(_("Enter a whole number, such as 120.") if self.item.is_whole else NOT_A_NUMBER)


class HeightAnswerField(AnswerField):
    """Kept as inches when given in feet and inches."""

    missing = _("Enter feet and inches, or centimeters.")

    def make_widget(self) -> forms.Widget:
        return HeightBoxes()

    def read(self, posted: Any) -> object:
        feet, inches, centimeters = stripped(posted)
        if centimeters and (feet or inches):
            raise ValidationError(_("Enter feet and inches, or centimeters. Leave the other boxes blank."))
        try:
            if centimeters:
                return {"value": read_number(centimeters), "unit": CENTIMETERS}
            if not (feet or inches):
                return None
            rest = read_number(inches or "0")
            if feet and rest >= INCHES_IN_A_FOOT:
                raise ValidationError(_("Check the inches. There are 12 inches in a foot."))
            total = read_number(feet or "0") * INCHES_IN_A_FOOT + rest
            return {"value": round(total, 3), "unit": INCHES}
        except ValueError:
            raise ValidationError(_("Enter numbers, such as 5 feet 6 inches, or 168 centimeters."))


def stripped(posted: Any) -> list[str]:
    """Give the posted boxes as text without spaces around it."""
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


def field_for(item: Item, label: str, today: date) -> AnswerField:
    """Build the field of a question by its type."""
    if item.type == "choice":
        return (SeveralAnswersField if item.repeats else ChoiceAnswerField)(item, label, today)
    if item.type == "boolean":
        return AcknowledgmentField(item, label, today)
    if item.type == "date":
        return DateAnswerField(item, label, today)
    if item.type == "quantity":
        is_height = {INCHES, CENTIMETERS} <= set(item.units)
        return (HeightAnswerField if is_height else QuantityAnswerField)(item, label, today)
    return AnswerField(item, label, today)

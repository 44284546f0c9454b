"""Boxes a person can type in without a picker: a date in three, a number with its unit, feet and inches or cm."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Item
from intake.definition.units import unit_word

INCHES = "[in_i]"
CENTIMETERS = "cm"
INCHES_IN_A_FOOT = 12


class LabelledBoxes(forms.MultiWidget):
    """Several boxes in one fieldset, each with a visible label of its own."""

    box_labels: Sequence[Any] = ()
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # The fieldset carries the description and the error; repeated on each box they would be read each time.
        kept = {key: val for key, val in (attrs or {}).items() if key not in ("aria-describedby", "aria-invalid")}
        context = super().get_context(name, value, kept)
        for box, label in zip(context["widget"]["subwidgets"], self.box_labels, strict=True):
            box["label"] = label
        return context


class DateBoxes(LabelledBoxes):
    """Month, day and year, typed."""

    template_name = "previsit/date_boxes.html"
    box_labels = (_("Month"), _("Day"), _("Year"))

    def __init__(self, autocomplete: str = "") -> None:
        def box(part: str, length: int) -> forms.TextInput:
            attrs = {"inputmode": "numeric", "size": str(length)}
            if autocomplete == "bday":
                attrs["autocomplete"] = f"bday-{part}"
            return forms.TextInput(attrs)

        super().__init__({"month": box("month", 2), "day": box("day", 2), "year": box("year", 4)})

    def decompress(self, value: Any) -> list[str]:
        parts = str(value).split("-") if value else []
        if len(parts) != 3:
            return ["", "", ""]
        year, month, day = parts
        return [month.lstrip("0"), day.lstrip("0"), year]


class QuantityBoxes(LabelledBoxes):
    """A number, and beside it the unit: a choice when there are several, else its word."""

    template_name = "previsit/quantity.html"

    def __init__(self, item: Item) -> None:
        self.units = item.units
        number = forms.TextInput({"inputmode": item.inputmode or "decimal", "autocomplete": "off"})
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {"value": number}
        self.box_labels: list[Any] = [_("Number")]
        if len(self.units) > 1:
            choices = [(unit, unit_word(unit)) for unit in self.units]
            widgets["unit"] = forms.Select(choices=choices)
            self.box_labels.append(_("Unit"))
        super().__init__(widgets)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["only_unit"] = unit_word(self.units[0]) if len(self.units) == 1 else ""
        return context

    def decompress(self, value: Any) -> list[str]:
        if not isinstance(value, dict):
            return ["", self.units[0]][: len(self.widgets)]
        return [plain_number(value["value"]), str(value["unit"])][: len(self.widgets)]


class HeightBoxes(LabelledBoxes):
    """Feet and inches, or centimeters: whichever the person knows."""

    template_name = "previsit/height.html"
    box_labels = (_("Feet"), _("Inches"), _("Centimeters"))

    def __init__(self) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__({name: forms.TextInput(attrs) for name in ("feet", "inches", "cm")})

    def decompress(self, value: Any) -> list[str]:
        if not isinstance(value, dict):
            return ["", "", ""]
        if value["unit"] == CENTIMETERS:
            return ["", "", plain_number(value["value"])]
        feet, inches = divmod(value["value"], INCHES_IN_A_FOOT)
        return [plain_number(feet), plain_number(round(inches, 3)), ""]


NUMBER = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")


def read_number(text: str) -> int | float:
    """Read a number as a person types it; raise ValueError for anything else."""
    if not NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return float(text) if "." in text else int(text)


def plain_number(number: float) -> str:
    """Write a number without a point when it needs none."""
    return str(int(number)) if number == int(number) else str(number)

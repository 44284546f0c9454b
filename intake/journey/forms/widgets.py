"""Boxes a person can type in without a picker, and options to press.

They draw themselves: a page has many, and a template for each would cost more than the rest of the page.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Item
from intake.definition.units import unit_word

INCHES = "[in_i]"
CENTIMETERS = "cm"
INCHES_IN_A_FOOT = 12

INPUT = '<input type="{}" name="{}" value="{}"{}>'
BOX = '{}<div class="box"><label for="{}">{}</label>{}</div>'
BOXES = '<div class="boxes">{}</div>'
OPTION = '<div class="option"><input {kind} value="{code}" id="{id}"{chosen}><label for="{id}">{label}</label></div>'
KIND = 'type="{}" name="{}"'
OPTIONS = '<div class="options"{}>{}</div>'
OR = '<span class="or">{}</span>'
UNITS = '<select name="{}"{}>{}</select>'
UNIT = '<option value="{}"{}>{}</option>'
NAMES = '<datalist id="{}">{}</datalist>'
LINES = '<textarea name="{}"{}>\n{}</textarea>'

Attributes = dict[str, Any]


class Text(forms.TextInput):
    """A box for one line."""

    def render(self, name: str, value: Any, attrs: Attributes | None = None, renderer: Any = None) -> SafeString:
        more = flatatt({**self.attrs, **(attrs or {})})
        return format_html(INPUT, self.input_type, name, self.format_value(value) or "", more)


class Hidden(Text):
    """What comes with the page unseen."""

    input_type = "hidden"


class Lines(forms.Textarea):
    """A box for several lines."""

    def render(self, name: str, value: Any, attrs: Attributes | None = None, renderer: Any = None) -> SafeString:
        return format_html(LINES, name, flatatt({**self.attrs, **(attrs or {})}), self.format_value(value) or "")


class Units(forms.Select):
    """The units a number may be in."""

    def render(self, name: str, value: Any, attrs: Attributes | None = None, renderer: Any = None) -> SafeString:
        units = ((code, " selected" if code == value else "", word) for code, word in self.choices)
        return format_html(UNITS, name, flatatt(attrs or {}), format_html_join("", UNIT, units))


class Radios(forms.RadioSelect):
    """Options, each wholly its label's, or its control's, to press. The fieldset says what is wrong, once."""

    def render(self, name: str, value: Any, attrs: Attributes | None = None, renderer: Any = None) -> SafeString:
        kind, id_, chosen = format_html(KIND, self.input_type, name), (attrs or {})["id"], self.format_value(value)
        options = (
            {
                "kind": kind,
                "code": code,
                "id": f"{id_}_{number}",
                "chosen": " checked" * (code in chosen),
                "label": label,
            }
            for number, (code, label) in enumerate(self.choices)
        )
        return format_html(OPTIONS, flatatt(self.attrs), format_html_join("\n", OPTION, options))


class Ticks(Radios, forms.CheckboxSelectMultiple):
    """Check boxes."""


@cache
def draw_names(id_: str, names: tuple[str, ...]) -> SafeString:
    """Return names to choose from while typing. They work without a script, and anything else can be typed."""
    return format_html(NAMES, id_, format_html_join("", "<option>{}</option>", ((name,) for name in names)))


class LabelledBoxes(forms.MultiWidget):
    """Several boxes in one fieldset, each with a visible label of its own.

    The fieldset carries the description and the error; repeated on each box they would be read each time.
    """

    box_labels: Sequence[Any] = ()
    widgets_names: list[str]
    use_fieldset = True

    def render(self, name: str, value: Any, attrs: Attributes | None = None, renderer: Any = None) -> SafeString:
        values = (value if isinstance(value, list) else self.decompress(value)) or []
        boxes = []
        for number, (box, part, label) in enumerate(
            zip(self.widgets, self.widgets_names, self.box_labels, strict=True)
        ):
            id_ = f"{(attrs or {})['id']}_{number}"
            drawn = box.render(name + part, values[number], {"id": id_}, renderer)
            boxes.append((self.before(number), id_, label, drawn))
        return format_html(BOXES, format_html_join("", BOX, boxes))

    def before(self, number: int) -> str:
        """Return what stands before a box."""
        return ""


class DateBoxes(LabelledBoxes):
    """Month, day and year, typed."""

    box_labels = (_("Month"), _("Day"), _("Year"))

    def __init__(self, autocomplete: str = "") -> None:
        def box(part: str, length: int) -> forms.TextInput:
            attrs = {"inputmode": "numeric", "size": str(length)}
            if autocomplete == "bday":
                attrs["autocomplete"] = f"bday-{part}"
            return Text(attrs)

        super().__init__({"month": box("month", 2), "day": box("day", 2), "year": box("year", 4)})

    def decompress(self, value: Any) -> list[str]:
        parts = str(value).split("-") if value else []
        if len(parts) != 3:
            return ["", "", ""]
        year, month, day = parts
        return [month.lstrip("0"), day.lstrip("0"), year]


class QuantityBoxes(LabelledBoxes):
    """A number, and beside it the unit: a choice when there are several, else its word."""

    def __init__(self, item: Item) -> None:
        self.units = item.units
        number = Text({"inputmode": item.inputmode or "decimal", "autocomplete": "off"})
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {"value": number}
        if len(self.units) > 1:
            widgets["unit"] = Units(choices=[(unit, unit_word(unit)) for unit in self.units])
            self.box_labels = (_("Number"), _("Unit"))
        else:
            self.box_labels = (unit_word(self.units[0]),)
        super().__init__(widgets)

    def decompress(self, value: Any) -> list[str]:
        if not isinstance(value, dict):
            return ["", self.units[0]][: len(self.widgets)]
        return [plain_number(value["value"]), str(value["unit"])][: len(self.widgets)]


class HeightBoxes(LabelledBoxes):
    """Feet and inches, or centimeters: whichever the person knows."""

    box_labels = (_("Feet"), _("Inches"), _("Centimeters"))

    def __init__(self) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        sizes = {"feet": "2", "inches": "2", "cm": "4"}  # together no wider than a phone
        super().__init__({name: Text({**attrs, "size": size}) for name, size in sizes.items()})

    def before(self, number: int) -> str:
        return format_html(OR, _("or")) if number == len(self.widgets) - 1 else ""

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

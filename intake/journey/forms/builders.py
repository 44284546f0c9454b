"""Which field asks a question: by its type and control."""

from datetime import date

from intake.definition.model import Item
from intake.journey.forms.fields import ActField, AnswerField, ChoiceAnswerField, SeveralAnswersField, TickField
from intake.journey.forms.numbers import DateAnswerField, HeightAnswerField, NumberField, QuantityAnswerField
from intake.journey.forms.widgets import CENTIMETERS, INCHES
from intake.response.response import Response

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

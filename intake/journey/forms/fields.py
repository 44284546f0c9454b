"""Form fields that give answers: each reads what was posted, and `clean_value` judges it as everywhere else."""

from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Answer, Item, Option
from intake.journey.forms.widgets import Hidden, Lines, Radios, Text, Ticks
from intake.response.response import Response
from intake.response.values import AnswerError, clean_value

MOST_SEGMENTS = 5
LONGEST_SEGMENT = 24  # characters


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

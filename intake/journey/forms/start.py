"""Forms of the ways in: beginning, and coming back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from intake.definition.model import Answer, Definition, Item
from intake.journey.forms.numbers import read_date
from intake.journey.forms.widgets import DateBoxes


class BirthDateField(forms.Field):
    widget = DateBoxes

    def clean(self, value: Any) -> str:
        found = read_date(value)
        if found is None:
            raise ValidationError(_("Enter the month, the day and the year."))
        return found


class BirthDateForm(forms.Form):
    """Ask who comes back for the date of birth in the form."""

    use_required_attribute = False
    birth_date = BirthDateField(label=_("What is the patient's date of birth?"), help_text=_("Month, day, year."))

    @classmethod
    def again(cls, why: str) -> "BirthDateForm":
        """Return the form with what was wrong the last time, and empty boxes."""
        form = cls({})
        if why == "wrong":
            form.errors.clear()
            form.add_error("birth_date", _("That is not the date of birth in this form. Check it and try again."))
        return form


class StartForm(forms.Form):
    """What is settled by beginning: whose device it is, and what the definition's start page asks with its buttons."""

    use_required_attribute = False
    shared = forms.BooleanField(label=_("I share this device with other people"), required=False)

    def __init__(self, data: QueryDict | None, definition: Definition) -> None:
        super().__init__(data)
        self.definition = definition
        self.items = [item for page in definition.pages if page.kind == "start" for item in page.items]

    @property
    def chosen_by_button(self) -> Item | None:
        return next((item for item in self.items if item.control == "buttons"), None)

    @property
    def acts(self) -> list[Item]:
        return [item for item in self.items if item.control == "act"]

    def answers(self) -> dict[str, Answer]:
        """Return what the pressed button says; the agreements of the page are given by it."""
        found: dict[str, Answer] = {item.link_id: True for item in self.acts}
        item = self.chosen_by_button
        code = str(self.data.get(item.link_id, "")) if item else ""
        if item and code in item.option_by_code:
            found[item.link_id] = code
        return found

    def clean(self) -> dict[str, Any]:
        item = self.chosen_by_button
        if item and str(self.data.get(item.link_id, "")) not in item.option_by_code:
            raise ValidationError(_("Choose who fills in the form."))
        return self.cleaned_data

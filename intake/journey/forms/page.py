"""Forms of the patient's way: a page of questions, a birth date, the device."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clinic.web.links import learn_url
from intake.definition.model import BY_PHONE, Answer, Answers, Definition, Item, Option, QuestionPage
from intake.journey.forms.fields import AnswerField, ChoiceAnswerField, field_for, read_date
from intake.journey.forms.widgets import DateBoxes
from intake.response.response import Response
from intake.response.values import errors_between


@dataclass(frozen=True)
class Question:
    """A field, and what stands round it on the page."""

    item: Item
    field: BoundField
    panel: str  # suicide, emergency, or none: the short help that always stands below it
    why: str
    learn_url: str


class PageForm(forms.Form):
    """The questions of one page, each built by its item's type, and the revision they were shown at."""

    use_required_attribute = False
    revision = forms.CharField(required=False, widget=forms.HiddenInput({"autocomplete": "off"}))

    def __init__(
        self,
        data: QueryDict | None,
        page: QuestionPage,
        definition: Definition,
        answers: Answers,
        *,
        revision: int,
        today: date,
    ) -> None:
        super().__init__(data, initial={**answers, "revision": revision})
        self.posted = data
        self.page = page
        self.definition = definition
        self.answers = answers
        response = Response(definition, answers)
        for item in page.items:
            self.fields[item.link_id] = self.build_field(item, response.text_of(item), today)

    def build_field(self, item: Item, label: str, today: date) -> AnswerField:
        return field_for(item, label, today)

    def clean(self) -> dict[str, Any]:
        """Refuse two numbers that do not go together; neither of them is kept."""
        posted = {name: value for name, value in self.cleaned_data.items() if name != "revision"}
        together = {name: value for name, value in {**self.answers, **posted}.items() if value is not None}
        for error in errors_between(self.definition, together):
            if error.link_id in self.fields:
                self.add_error(error.link_id, error.message)
                self.cleaned_data.pop(self.definition.questions[error.link_id].below, None)
        return self.cleaned_data

    def show_at(self, revision: int) -> None:
        """Let the page that is shown again, with what was typed, carry the draft's newest revision."""
        if self.posted is not None:
            data = self.posted.copy()
            data["revision"] = str(revision)
            self.data = data

    def posted_revision(self) -> int:
        """Give the revision the page was shown at; 0, older than any, when what came is no number."""
        posted = str(self.data.get("revision", ""))
        return int(posted) if posted.isascii() and posted.isdecimal() and len(posted) < 10 else 0

    def valid_answers(self) -> dict[str, Answer | None]:
        """Give the answers that can be kept, None for one that was left blank; what is wrong is left out.

        Reads `errors` first, so that the form is cleaned.
        """
        blank = {
            name: None for name, errors in self.errors.as_data().items() if all(e.code == "required" for e in errors)
        }
        cleaned = {name: value for name, value in self.cleaned_data.items() if name != "revision"}
        return {**blank, **cleaned}

    def has_only_blanks(self) -> bool:
        """Say whether nothing is wrong but questions not answered yet."""
        return all(error.code == "required" for errors in self.errors.as_data().values() for error in errors)

    def questions(self) -> Iterator[Question]:
        panels = self.definition.help_panels
        for item in self.page.items:
            url = learn_url(item.learn) if item.learn else ""
            yield Question(item, self[item.link_id], panels.get(item.link_id, ""), item.why, url)


class TeachBackField(ChoiceAnswerField):
    """A no-driving question: going over it by phone is a button of its own, not one of the answers."""

    missing = _("Choose an answer. It is OK to choose “I'm not sure”.")

    def options(self) -> tuple[Option, ...]:
        return tuple(option for option in self.item.options if option.code != BY_PHONE)

    def clean(self, value: Any) -> Answer | None:
        if value == BY_PHONE:
            raise ValidationError(self.missing, code="required")
        return super().clean(value)


class TeachBackForm(PageForm):
    """The no-driving questions that are not right yet, with nothing chosen."""

    def build_field(self, item: Item, label: str, today: date) -> AnswerField:
        return TeachBackField(item, label, today)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        # Each try starts clean; what was chosen last stands beside the question in words.
        return super().get_initial_for_field(field, field_name) if field_name == "revision" else None


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


class DeviceForm(forms.Form):
    """Ask whose device this is: it decides how long answers can be found from here."""

    use_required_attribute = False
    device = forms.ChoiceField(
        label=_("Is this your own device?"),
        help_text=_("This decides how long you can come back to your answers from here."),
        choices=[
            ("own", _("Yes, it is my own phone, tablet or computer")),
            ("shared", _("No, other people use it too")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Tell us whose device this is."),
            "invalid_choice": _("Tell us whose device this is."),
        },
    )

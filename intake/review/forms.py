"""The small forms on staff pages. Each says near its field what to do; none edits a row."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from intake.models import REFERENCE_ALPHABET, REFERENCE_LENGTH, Decision, Flag, Outcome, Status

LONG = 4000
DATE_FORMATS = ["%Y-%m-%d", "%m/%d/%Y"]


def long_text(
    label: Any, message: Any, *, required: bool = True, rows: int = 3, help_text: Any = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONG,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": message},
    )


def day(label: Any, *, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=DATE_FORMATS,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date such as 04/25/1980.")},
    )


class FindForm(forms.Form):
    """Find a person by reference, by exact name, or by name and date of birth."""

    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Full legal name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_date = day(_("Date of birth"))

    def clean_reference(self) -> str:
        reference = str(self.cleaned_data["reference"]).replace(" ", "").replace("-", "").upper()
        if reference and (len(reference) != REFERENCE_LENGTH or set(reference) - set(REFERENCE_ALPHABET)):
            raise forms.ValidationError(_("A reference has 8 letters and numbers, and never 0, 1, I, L, O or U."))
        return reference

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("reference") and not data.get("name"):
            if data.get("birth_date"):
                self.add_error("name", _("Enter the name too. A date of birth alone is not enough."))
            else:
                self.add_error("reference", _("Enter a reference or a name."))
        return data


class FilterForm(forms.Form):
    """The filters that everyone with a worklist has; what is not a field here is refused."""

    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *Status.choices])
    assigned = forms.ChoiceField(
        label=_("With"), required=False, choices=[("", _("Anyone")), ("me", _("Me")), ("nobody", _("Nobody"))]
    )
    submitted = forms.ChoiceField(
        label=_("Sent"),
        required=False,
        choices=[
            ("", _("Any day")),
            ("today", _("Today")),
            ("7-days", _("Last 7 days")),
            ("30-days", _("Last 30 days")),
            ("older", _("Longer ago")),
        ],
    )


class ClinicalFilterForm(FilterForm):
    """Filters that read flags: for those who may read answers."""

    severity = forms.ChoiceField(
        label=_("Worst open flag"),
        required=False,
        choices=[
            ("", _("Any")),
            ("crisis", _("Crisis")),
            ("stop", _("Stop")),
            ("review", _("Review")),
            ("note", _("Note")),
            ("none", _("None open")),
        ],
    )
    rule = forms.ChoiceField(label=_("Rule"), required=False)

    field_order = ["severity", "status", "rule", "submitted", "assigned"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = Flag.objects.order_by("rule").values_list("rule", flat=True).distinct()
        self.fields["rule"].choices = [("", _("Any")), *((rule, rule) for rule in rules)]  # type: ignore[attr-defined]


class ResolveForm(forms.Form):
    """How one flag was settled."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was done.")},
    )
    reason = long_text(_("What you did or found"), _("Say what you did or found."))


class DecideForm(forms.Form):
    """A clinician's decision on the whole form."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a decision.")},
    )
    conditions = long_text(
        _("Conditions"), "", required=False, rows=2, help_text=_("Only for 'Cleared with conditions'.")
    )
    delayed_until = day(_("Delayed until"), help_text=_("Only for 'Delayed'."))
    reason = long_text(_("Reason"), _("Give the reason for your decision."))
    decisions_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class AssignForm(forms.Form):
    """Who takes care of the form."""

    to = forms.ModelChoiceField(label=_("With"), required=False, queryset=User.objects.none(), empty_label=_("Nobody"))
    assignments_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = User.objects.filter(is_active=True, groups__permissions__codename="read_clinical").distinct()
        to = self.fields["to"]
        to.queryset = readers.order_by("first_name", "username")  # type: ignore[attr-defined]
        to.label_from_instance = lambda user: user.get_full_name() or user.get_username()  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A note beside the form."""

    text = long_text(_("Note"), _("Write the note."))
    note_id = forms.UUIDField(widget=forms.HiddenInput)


class CloseForm(forms.Form):
    """Why an unfinished form can leave the worklist."""

    reason = long_text(_("Reason for closing it"), _("Say why it can be closed."))

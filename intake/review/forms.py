"""The small forms on staff pages. Each says near its field what to do; none edits a row."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.sealing.lookup import normalise_name
from clinic.staff.days import DAYS, MOMENTS, UNREADABLE
from intake.models import REFERENCE_ALPHABET, REFERENCE_LENGTH, Decision, DecisionReason, Means, Outcome, Reached

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
        validators=DAYS,
        error_messages=dict.fromkeys(UNREADABLE, _("Enter a date such as 04/25/1980.")),
    )


def short_text(label: Any, length: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=length, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class FindForm(forms.Form):
    """Find a person by reference, by name, or by two of last name, date of birth and the phone's last digits."""

    reference = short_text(_("Reference"), 20)
    name = short_text(_("Last name, or full legal name"), 200)
    birth_date = day(_("Date of birth"))
    phone_end = short_text(_("Last four digits of the phone"), 20)

    def clean_reference(self) -> str:
        reference = str(self.cleaned_data["reference"]).replace(" ", "").replace("-", "").upper()
        if reference and (len(reference) != REFERENCE_LENGTH or set(reference) - set(REFERENCE_ALPHABET)):
            raise forms.ValidationError(_("A reference has 8 letters and numbers, and never 0, 1, I, L, O or U."))
        return reference

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name.strip() and not normalise_name(name):
            raise forms.ValidationError(_("Enter a name with letters."))
        return name

    def clean_phone_end(self) -> str:
        typed = str(self.cleaned_data["phone_end"]).strip()
        if typed and not (len(typed) == 4 and typed.isascii() and typed.isdigit()):
            raise forms.ValidationError(_("Enter four digits."))
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or data.get("reference") or data.get("name"):
            return data
        if data.get("birth_date") and data.get("phone_end"):
            return data
        if data.get("birth_date") or data.get("phone_end"):
            self.add_error("name", _("Enter the name too. One of these alone is not enough."))
        else:
            self.add_error("reference", _("Enter a reference or a name."))
        return data


PERIODS = [
    ("", _("Any day")),
    ("today", _("Today")),
    ("7-days", _("Last 7 days")),
    ("30-days", _("Last 30 days")),
    ("older", _("Longer ago")),
]


class FilterForm(forms.Form):
    """The filters that everyone with a worklist has; what is not a field here is refused."""

    submitted = forms.ChoiceField(label=_("Sent"), required=False, choices=PERIODS)


class ClinicalFilterForm(FilterForm):
    """Filters that read flags: for those who may read answers. They look at open forms."""

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
    rule = forms.ChoiceField(label=_("Flag"), required=False)

    field_order = ["severity", "rule", "submitted"]

    def __init__(self, *args: Any, rules: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [("", _("Any")), *rules]  # type: ignore[attr-defined]


class ResolveForm(forms.Form):
    """How one flag was settled."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was done.")},
    )
    reason = long_text(_("What you did or found"), _("Say what you did or found."))


class ReopenForm(forms.Form):
    """Why a settled flag is open again."""

    reason = long_text(_("Why it is open again"), _("Say why it is open again."), rows=2)


class LogForm(forms.Form):
    """A try to reach the patient."""

    reached = forms.ChoiceField(
        label=_("Result"),
        choices=Reached.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    means = forms.ChoiceField(label=_("How"), choices=Means.choices, initial=Means.CALL)
    text = long_text(_("What was said"), "", required=False)


class ContactForm(LogForm):
    """A try to reach the patient, with the flags it settled."""

    field_order = ["reached", "means", "text", "outcome"]

    outcome = forms.ChoiceField(
        label=_("What settles the ticked flags"),
        choices=[choice for choice in Outcome.choices if choice[0] != Outcome.AGAINST],
        initial=Outcome.TALKED,
    )


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
    delayed_until = day(_("Comes back on"), help_text=_("Only for 'Delayed' and 'Could not reach the patient'."))
    listed = forms.ModelChoiceField(
        label=_("Reason"), required=False, queryset=DecisionReason.objects.none(), empty_label=_("In your own words")
    )
    reason = long_text(_("Reason in your own words"), "", required=False)
    decisions_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(DecisionReason.objects.all())
        if not offered:
            del self.fields["listed"]
            self.fields["reason"].label = _("Reason")
            return
        listed: Any = self.fields["listed"]
        listed.queryset = DecisionReason.objects.all()
        groups = [(of.label, [(one.pk, one.text) for one in offered if one.decision == of]) for of in Decision]
        listed.choices = [("", listed.empty_label), *(group for group in groups if group[1])]

    def clean(self) -> dict[str, Any]:
        """Put the listed reason before what was typed; it must be one for this decision."""
        data = super().clean() or {}
        listed: DecisionReason | None = data.pop("listed", None)
        if listed and data.get("decision") not in (None, listed.decision):
            self.add_error("listed", _("This reason is for '%s'.") % listed.get_decision_display())
        data["reason"] = "\n".join(filter(None, (listed.text if listed else "", data.get("reason", "").strip())))
        if not data["reason"]:
            self.add_error("reason", _("Give the reason for your decision."))
        return data


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


class AppointmentForm(forms.Form):
    """A visit that was agreed on."""

    starts_at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        help_text=_("Leave it empty when the visit is called off."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M"],
        validators=MOMENTS,
        error_messages=dict.fromkeys(UNREADABLE, _("Enter a day and time such as 04/25/2027 14:30.")),
    )
    companion = short_text(_("Who comes along and takes the patient home"), 200)


class CloseForm(forms.Form):
    """Why an unfinished form can leave the worklist."""

    reason = long_text(_("Reason for closing it"), _("Say why it can be closed."))

"""An owner deletes what one form says, or forbids that: asked for on one page, done by a second step."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import site
from intake.models import Submission
from intake.models.retention import Held, delete_contents, hold, is_held
from intake.review.actions import find_submission


class Reason(models.TextChoices):
    """Why it is deleted; a code, for what stays may say nothing of the person."""

    REQUEST = "request", gettext_lazy("The patient asked for it")
    NOT_A_PATIENT = "not-a-patient", gettext_lazy("It is not from a patient of ours")
    TWICE = "twice", gettext_lazy("It was sent twice")
    COURT = "court", gettext_lazy("A court or an authority ordered it")


class EraseForm(forms.Form):
    """The second step: why, and the form's reference once more."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why it is deleted.")},
    )
    reference = forms.CharField(
        label=gettext_lazy("Type the reference to confirm"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type the reference of this form.")},
    )

    def __init__(self, submission: Submission, *args: Any, **kwargs: Any) -> None:
        self.submission = submission
        super().__init__(*args, **kwargs)

    def clean_reference(self) -> str:
        typed = str(self.cleaned_data["reference"]).strip().upper()
        if typed != self.submission.reference:
            raise forms.ValidationError(_("This is not the reference of this form. Look at the top of the page."))
        return typed


def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask before what a form says is deleted; delete it, or forbid or allow that, when posted."""
    submission = find_submission(request.user, pk, "intake.delete_contents")
    by = request.user.get_username()
    if request.method != "POST":
        return show(request, submission, EraseForm(submission))
    if request.POST.get("action") in ("hold", "release"):
        hold(submission, held=request.POST["action"] == "hold", by=by, request=request)
        return HttpResponseRedirect(reverse("admin:intake_submission_erase", args=[pk]))
    form = EraseForm(submission, request.POST)
    if not form.is_valid():
        return show(request, submission, form)
    try:
        delete_contents(submission, reason=form.cleaned_data["reason"], by=by, request=request)
    except Held:
        record(request, Action.DELETION_REFUSED, submission.subject)
        form.add_error(None, _("A legal hold stands: nothing was deleted."))
        return show(request, submission, form)
    messages.success(request, _("What %(reference)s said is deleted.") % {"reference": submission.reference})
    return HttpResponseRedirect(reverse("admin:intake_submission_page", args=[pk]))


def show(request: HttpRequest, submission: Submission, form: EraseForm) -> HttpResponse:
    record(request, Action.RECORD_READ, submission.subject, detail="deletion")
    context = {
        **site.each_context(request),
        "title": _("Delete what %(reference)s says") % {"reference": submission.reference},
        "submission": submission,
        "form": form,
        "errors_in": form,
        "is_held": is_held(submission),
        "is_gone": hasattr(submission, "deletion"),
    }
    return TemplateResponse(request, "admin/intake/erase.html", context)

"""Many submissions taken out: which, chosen on one page; each download leaves its row in the trail first."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import site
from intake.review.actions import require
from intake.review.exports import attachment
from intake.review.forms import day
from intake.review.tables import TABLES, submissions
from intake.review.worklist import Tab


class ManyForm(forms.Form):
    """Which submissions are taken out; everything may stay empty."""

    first = day(_("Sent on or after"), help_text=_("Empty: from the first form on."))
    last = day(_("Sent on or before"), help_text=_("Empty: up to today."))
    tab = forms.ChoiceField(
        label=_("Which forms"),
        required=False,
        choices=[("", _("All")), *((tab.value, tab.label) for tab in (Tab.OPEN, Tab.WAITING, Tab.LATER, Tab.DONE))],
    )

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first one."))
        return self.cleaned_data

    @property
    def wanted(self) -> dict[str, Any]:
        """Return what was chosen, days as moments of the clinic's clock."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return {
            "since": timezone.make_aware(datetime.combine(first, time.min)) if first else None,
            "before": timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min)) if last else None,
            "tab": self.cleaned_data["tab"],
        }

    @property
    def words(self) -> str:
        """Say for the audit trail what was chosen; empty for all."""
        return " ".join(f"{name}={self.data[name]}" for name in self.fields if self.cleaned_data[name])


def choose_many(request: HttpRequest) -> HttpResponse:
    """Ask which submissions are taken out, and in which shape."""
    require(request.user, "intake.export_submission")
    require(request.user, "intake.read_clinical")
    return show_choice(request, ManyForm())


def show_choice(request: HttpRequest, form: ManyForm) -> HttpResponse:
    context = {**site.each_context(request), "title": gettext("Take forms out"), "form": form, "errors_in": form}
    return TemplateResponse(request, "admin/intake/export.html", context)


def export_table(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out the submissions that were chosen, or all, each line as it is read."""
    require(request.user, "intake.export_submission")
    require(request.user, "intake.read_clinical")
    form = ManyForm(request.GET)
    if not form.is_valid():
        return show_choice(request, form)
    content_type, name, lines = TABLES[kind]
    record(request, Action.SUBMISSION_EXPORTED, "submission:many", detail=f"{kind} {form.words}".strip())
    return attachment(StreamingHttpResponse(lines(submissions(**form.wanted)), content_type=content_type), name)

"""One unfinished form: a crisis answer that was given before the form was sent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import site
from intake.definition.rules import Severity
from intake.models import Submission, UnfinishedForm
from intake.review.actions import Refused, close_unfinished, name_of, open_unfinished, require
from intake.review.forms import CloseForm
from intake.review.worklist import make_unfinished_row


def unfinished(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form's rules, time, name and telephone; take that it was opened, and its closing."""
    require(request.user, "intake.read_clinical")  # type: ignore[arg-type]
    forms = UnfinishedForm.objects.with_version().select_related("opened_by", "closed_by")
    form = get_object_or_404(forms, pk=pk)
    here = reverse("admin:intake_unfinishedform_page", args=[pk])
    close_form = CloseForm()
    if request.method == "POST" and request.POST.get("action") == "close":
        close_form = CloseForm(request.POST)
        if close_form.is_valid():
            try:
                close_unfinished(form, request.user, close_form.cleaned_data["reason"], request=request)  # type: ignore[arg-type]
            except Refused as refused:
                close_form.add_error(refused.field, refused.message)
            else:
                messages.success(request, _("The unfinished form is closed."))
                return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))
    elif request.method == "POST":
        open_unfinished(form, request.user, request=request)  # type: ignore[arg-type]
        return HttpResponseRedirect(here)
    else:
        record(request, Action.UNFINISHED_READ, f"unfinished:{pk}")
    context = {
        **site.each_context(request),
        "title": _("Form not sent yet"),
        "row": make_unfinished_row(form),
        "form": form,
        "crisis": Severity.CRISIS,
        "closed_by": name_of(form.closed_by) if form.closed_by else "",
        "sent": Submission.objects.filter(reference=form.reference).only("pk", "reference").first()
        if form.reference
        else None,
        "close_form": close_form,
        "errors_in": close_form,
        "may_close": request.user.has_perm("intake.close_unfinished") and form.settled_at is None,
    }
    return TemplateResponse(request, "admin/intake/unfinished.html", context)

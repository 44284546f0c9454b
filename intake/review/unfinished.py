"""One unfinished form: a crisis answer that was given before the form was sent."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import site
from intake.definition.rules import Severity
from intake.models import Submission, UnfinishedForm
from intake.review.actions import Refused, format_time, name_of, require, require_text
from intake.review.forms import CloseForm
from intake.review.rows import make_unfinished_row
from intake.review.views import user_of


@transaction.atomic(durable=True)
def open_unfinished(form: UnfinishedForm, by: User, *, request: HttpRequest | None = None) -> UnfinishedForm:
    """Say that a member of staff has opened it; the first one stands."""
    require(by, "intake.read_clinical")
    form = UnfinishedForm.objects.select_for_update().get(pk=form.pk)
    if form.opened_at is None:
        form.opened_at, form.opened_by = timezone.now(), by
        form.save(update_fields=["opened_at", "opened_by"])
    record(request, Action.UNFINISHED_OPENED, f"unfinished:{form.pk}", actor=by.get_username())
    return form


@transaction.atomic(durable=True)
def close_unfinished(
    form: UnfinishedForm, by: User, reason: str, *, request: HttpRequest | None = None
) -> UnfinishedForm:
    """Take it off the worklist with a reason."""
    require(by, "intake.close_unfinished")
    require_text(reason, "reason", _("Say why it can be closed."))
    form = UnfinishedForm.objects.select_for_update().get(pk=form.pk)
    if form.settled_at is not None and form.reference:
        raise Refused(_("The form was sent meanwhile: see submission %(reference)s.") % {"reference": form.reference})
    if form.settled_at is not None and form.closed_by is not None:
        words = {"who": name_of(form.closed_by), "when": format_time(form.settled_at)}
        raise Refused(_("%(who)s closed it before you, %(when)s.") % words)
    form.settled_at, form.closed_by, form.closed_reason = timezone.now(), by, reason.strip()
    form.save(update_fields=["settled_at", "closed_by", "closed_reason"])
    record(request, Action.UNFINISHED_CLOSED, f"unfinished:{form.pk}", actor=by.get_username())
    return form


def unfinished(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form's rules, time, name and telephone; take that it was opened, and its closing."""
    require(request.user, "intake.read_clinical")
    form = get_object_or_404(UnfinishedForm.objects.with_version().select_related("opened_by", "closed_by"), pk=pk)
    if request.method != "POST":
        return show(request, form, CloseForm())
    if request.POST.get("action") != "close":
        open_unfinished(form, user_of(request), request=request)
        return HttpResponseRedirect(reverse("admin:intake_unfinishedform_page", args=[pk]))
    require(request.user, "intake.close_unfinished")
    return close(request, form)


def close(request: HttpRequest, form: UnfinishedForm) -> HttpResponse:
    close_form = CloseForm(request.POST)
    if not close_form.is_valid():
        return show(request, form, close_form)
    try:
        close_unfinished(form, user_of(request), close_form.cleaned_data["reason"], request=request)
    except Refused as refused:
        record(request, Action.UNFINISHED_REFUSED, f"unfinished:{form.pk}")
        close_form.add_error(refused.field, refused.message)
        return show(request, form, close_form)
    messages.success(request, _("The unfinished form is closed."))
    return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))


def show(request: HttpRequest, form: UnfinishedForm, close_form: CloseForm) -> HttpResponse:
    """Write the read row, then make the page."""
    record(request, Action.UNFINISHED_READ, f"unfinished:{form.pk}")
    sent = Submission.objects.filter(reference=form.reference).first() if form.reference else None
    context = {
        **site.each_context(request),
        "title": _("Form not sent yet"),
        "row": make_unfinished_row(form),
        "form": form,
        "crisis": Severity.CRISIS,
        "closed_by": name_of(form.closed_by) if form.closed_by else "",
        "sent": sent,
        "close_form": close_form,
        "errors_in": close_form,
        "may_close": request.user.has_perm("intake.close_unfinished") and form.settled_at is None,
    }
    return TemplateResponse(request, "admin/intake/unfinished.html", context)

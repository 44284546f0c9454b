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
from clinic.audit.binding import record_rows
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import site
from intake.definition.rules import Severity
from intake.models import Contact, Submission, UnfinishedForm, open_parts
from intake.review.actions import Refused, format_time, name_of, require, require_text
from intake.review.forms import CloseForm, LogForm
from intake.review.rows import make_unfinished_row
from intake.review.timeline import Event, tries
from intake.review.views import user_of


@transaction.atomic(durable=True)
def open_unfinished(form: UnfinishedForm, by: User, *, request: HttpRequest | None = None) -> UnfinishedForm:
    """Say that a member of staff has opened it; the first one stands."""
    require(by, "intake.read_clinical")
    form = UnfinishedForm.objects.select_for_update().get(pk=form.pk)
    if form.opened_at is None:
        form.opened_at, form.opened_by = timezone.now(), by
        form.save(update_fields=["opened_at", "opened_by"])
    record(request, Action.UNFINISHED_OPENED, form.subject, actor=by.get_username())
    return form


@transaction.atomic(durable=True)
def close_unfinished(
    form: UnfinishedForm, by: User, reason: str, *, request: HttpRequest | None = None
) -> UnfinishedForm:
    """Take it off the worklist with a reason."""
    require(by, "intake.close_unfinished")
    require_text(reason, "reason", _("Say why it can be closed."))
    form = lock_waiting(form)
    form.settled_at, form.closed_by, form.closed_reason = timezone.now(), by, reason.strip()
    form.save(update_fields=["settled_at", "closed_by", "closed_reason"])
    record(request, Action.UNFINISHED_CLOSED, form.subject, actor=by.get_username())
    return form


@transaction.atomic(durable=True)
def log_try(
    form: UnfinishedForm, by: User, *, reached: str, means: str, text: str, request: HttpRequest | None = None
) -> Contact:
    """Log a try to reach the person; whoever tried has opened the form. It stays on the worklist."""
    require(by, "intake.read_clinical")
    require(by, "intake.log_contact")
    form = lock_waiting(form)
    if form.opened_at is None:
        form.opened_at, form.opened_by = timezone.now(), by
        form.save(update_fields=["opened_at", "opened_by"])
    contact = Contact(unfinished=form, by=by, reached=reached, means=means, is_clinical=True)
    record_rows(request, Action.UNFINISHED_CONTACT, form.subject, [contact], actor=by.get_username())
    contact.seal(text=text.strip())
    return contact


def lock_waiting(form: UnfinishedForm) -> UnfinishedForm:
    """Return a form anew, locked; refuse when it left the worklist meanwhile."""
    locked: UnfinishedForm = UnfinishedForm.objects.select_for_update().get(pk=form.pk)
    if locked.settled_at is not None and locked.reference:
        raise Refused(_("The form was sent meanwhile: see submission %(reference)s.") % {"reference": locked.reference})
    if locked.settled_at is not None and locked.closed_by is not None:
        words = {"who": name_of(locked.closed_by), "when": format_time(locked.settled_at)}
        raise Refused(_("%(who)s closed it before you, %(when)s.") % words)
    return locked


def unfinished(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form's rules, time, name and telephone; take that it was opened, and its closing."""
    require(request.user, "intake.read_clinical")
    form = get_object_or_404(
        UnfinishedForm.objects.with_version().select_related("opened_by", "closed_by", "data_key"), pk=pk
    )
    if request.method != "POST":
        return show(request, form)
    act = {"close": close, "contact": log}.get(request.POST.get("action", ""))
    if act is not None:
        return act(request, form)
    open_unfinished(form, user_of(request), request=request)
    return HttpResponseRedirect(reverse("admin:intake_unfinishedform_page", args=[pk]))


def close(request: HttpRequest, form: UnfinishedForm) -> HttpResponse:
    require(request.user, "intake.close_unfinished")
    close_form = CloseForm(request.POST)
    if close_form.is_valid():
        try:
            close_unfinished(form, user_of(request), close_form.cleaned_data["reason"], request=request)
        except Refused as refused:
            record(request, Action.UNFINISHED_REFUSED, form.subject)
            close_form.add_error(refused.field, refused.message)
        else:
            messages.success(request, _("The unfinished form is closed."))
            return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))
    return show(request, form, close_form=close_form)


def log(request: HttpRequest, form: UnfinishedForm) -> HttpResponse:
    require(request.user, "intake.log_contact")
    log_form = LogForm(request.POST, prefix="contact")
    if log_form.is_valid():
        try:
            log_try(form, user_of(request), request=request, **log_form.cleaned_data)
        except Refused as refused:
            record(request, Action.UNFINISHED_CONTACT_REFUSED, form.subject)
            log_form.add_error(None, refused.message)
        else:
            messages.success(request, _("The contact is logged."))
            return HttpResponseRedirect(reverse("admin:intake_unfinishedform_page", args=[form.pk]))
    return show(request, form, log_form=log_form)


def show(
    request: HttpRequest, form: UnfinishedForm, *, close_form: CloseForm | None = None, log_form: LogForm | None = None
) -> HttpResponse:
    """Write the read row, then make the page; the one form that is given has errors."""
    record(request, Action.UNFINISHED_READ, form.subject)
    sent = Submission.objects.filter(reference=form.reference).first() if form.reference else None
    is_waiting = form.settled_at is None
    row = make_unfinished_row(form)
    context = {
        **site.each_context(request),
        "title": _("Form not sent yet"),
        "row": row,
        "form": form,
        "crisis": Severity.CRISIS,
        "closed_by": name_of(form.closed_by) if form.closed_by else "",
        "sent": sent,
        "timeline": history(form),
        "close_form": close_form or CloseForm(),
        "contact_form": log_form or LogForm(prefix="contact"),
        "errors_in": close_form or log_form,
        "may_close": request.user.has_perm("intake.close_unfinished") and is_waiting,
        "may_log": request.user.has_perm("intake.log_contact") and is_waiting,
    }
    return TemplateResponse(request, "admin/intake/unfinished.html", context)


def history(form: UnfinishedForm) -> list[Event]:
    """Tell what happened to it, the newest first."""
    contacts = list(form.contacts.select_related("by"))
    open_parts(None, contacts)
    found = [Event(form.first_at, _("Crisis answer given")), *tries(contacts)]
    if form.last_at != form.first_at:
        found.append(Event(form.last_at, _("Another crisis answer given")))
    if form.opened_by and form.opened_at:
        found.append(Event(form.opened_at, _("Opened"), name_of(form.opened_by)))
    return sorted(found, key=lambda event: event.at, reverse=True)

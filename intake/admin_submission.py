"""The page of one submission: made for reading, with small forms that add rows and change none."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.admin import site
from clinic.audit import record
from clinic.models import User
from intake.admin_forms import AssignForm, DecideForm, NoteForm, ResolveForm
from intake.admin_reading import FlagReading, Reading, driving, read, scores, timeline
from intake.admin_worklist import age_of
from intake.definition import Severity
from intake.models import Flag, Submission
from intake.review import Refused, add_note, assign, decide, name_of, require, resolve_flag, subject_of, uncleared

SUMMARY = ("age", "sex-assigned", "visit-reason", "weight-value", "height-value", "bmi", "ketamine-allergy", "med-list")
CONTACTS = (
    ("legal-name", _("Legal name")),
    ("preferred-name", _("Likes to be called")),
    ("phone-number", _("Phone")),
    ("phone-message-ok", _("Message or text is fine")),
    ("email-address", _("Email")),
    ("home-address", _("Address")),
    ("emergency-contact-name", _("Emergency contact")),
    ("emergency-contact-phone", _("Their phone")),
    ("escort-name", _("Adult who takes them home")),
    ("escort-phone", _("That adult's phone")),
)


def submission_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one submission, and do what one of its forms asks."""
    require(user_of(request), "intake.view_submission")
    submission = get_object_or_404(Submission.objects.select_related("version", "work_item__assigned_to"), pk=pk)
    if request.method == "POST":
        return act(request, submission)
    record(request, "read", subject_of(submission))
    return show(request, submission, {})


def act(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Do one deed and come back; with an error show the page again, with what was typed."""
    action = request.POST.get("action", "")
    form, key = bound_form(request, submission, action)
    if form.is_valid():
        try:
            done, place = ACTIONS[action](request, submission, form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, done)
            return HttpResponseRedirect(f"{reverse('admin:intake_submission_page', args=[submission.pk])}#{place}")
    require(user_of(request), "intake.read_clinical")
    record(request, "read", subject_of(submission))
    return show(request, submission, {key: form}, errors_in=form)

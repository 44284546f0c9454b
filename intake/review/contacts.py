"""Who somebody is and how to reach them: what everyone with a worklist may see."""

from typing import Any

from django import forms

from clinic.models import User
from clinic.web.phone import tel
from intake.definition.contact import show_phone
from intake.models import Submission, open_parts
from intake.models.lookup import said
from intake.response.words import display_value
from intake.review.actions import name_of
from intake.review.forms import AppointmentForm, LogForm
from intake.review.rows import age_of

PHONES = ("phone", "emergency-phone", "escort-phone")


def contact_rows(submission: Submission) -> list[tuple[str, str, str]]:
    """Return each contact as its label, its words, and the address that dials it ('' for none)."""
    definition, identity = submission.definition, submission.identity
    rows = []
    for fact in definition.staff.contacts:
        items = [definition.questions[link_id] for link_id in fact.items]
        words = fact.join.join(filter(None, (display_value(item, identity.get(item.link_id)) for item in items)))
        if words:
            rows.append((fact.label, words, tel(words) if items[0].role in PHONES else ""))
    return rows


def contacts_context(submission: Submission, user: User, bound: dict[str, forms.Form]) -> dict[str, Any]:
    definition, identity, work = submission.definition, submission.identity, submission.work_item
    message = definition.role("message-ok")
    contacts = list(submission.contacts.select_related("by").order_by("-at")[:20])
    visit = submission.appointments.order_by("-at").first()
    open_parts(submission, [*contacts, *([visit] if visit else [])])
    return {
        "title": submission.reference,
        "submission": submission,
        "work": work,
        "name": said(definition, identity, "legal-name"),
        "preferred_name": said(definition, identity, "preferred-name"),
        "phone": show_phone(said(definition, identity, "phone")),
        "message_ok": display_value(message, identity.get(message.link_id)) if message else "",
        "emergency_name": said(definition, identity, "emergency-name"),
        "emergency_phone": show_phone(said(definition, identity, "emergency-phone")),
        "escort_name": said(definition, identity, "escort-name"),
        "escort_phone": show_phone(said(definition, identity, "escort-phone")),
        "age_of_form": age_of(submission.submitted_at),
        "assigned": name_of(work.assigned_to) if work.assigned_to else "",
        "contacts": contact_rows(submission),
        "tries": contacts,
        "visit": visit,
        "contact_form": bound.get("contact") or LogForm(prefix="contact"),
        "appointment_form": bound.get("appointment") or AppointmentForm(prefix="appointment"),
        "bound": next(iter(bound.values()), None),
        "may_log": user.has_perm("intake.log_contact"),
    }

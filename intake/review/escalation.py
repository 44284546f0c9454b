"""A crisis or stop that nobody opened in time is told to whoever is on duty."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Clinic
from clinic.profile.duty import on_duty
from intake.definition.rules import Severity
from intake.models import Message, Presence, Status, UnfinishedForm, WorkItem
from intake.models.messages import tell_second

AT_ONCE = 100


def escalate(clinic: Clinic, now: datetime) -> int:
    """Mail the second person about each form that nobody opened in time; return how many forms.

    Off until the clinic sets the minutes. While nobody is on duty it waits: the next hours on duty get it.
    """
    if not clinic.escalate_after or not (people := on_duty(clinic, now)):
        return 0
    forms = list(unopened(now - timedelta(minutes=clinic.escalate_after)))
    for form in forms:
        tell(form, people)
    return len(forms)


def unopened(before: datetime) -> Iterable[WorkItem | UnfinishedForm]:
    """Yield what came before a moment, stands open untouched, and was not yet told to a second person."""
    told = Message.objects.filter(is_second=True)
    new = WorkItem.objects.filter(is_open__in=(True,), worst_unresolved__in=(Severity.CRISIS, Severity.STOP))
    seen = Exists(Presence.objects.filter(submission=OuterRef("pk")))
    sent = new.filter(status=Status.NEW, submitted_at__lte=before).exclude(seen)
    yield from sent.exclude(Exists(told.filter(submission=OuterRef("pk")))).select_related("submission")[:AT_ONCE]
    waiting = UnfinishedForm.objects.waiting().filter(opened_at=None, first_at__lte=before)
    yield from waiting.exclude(Exists(told.filter(unfinished=OuterRef("pk"))))[:AT_ONCE]


@transaction.atomic
def tell(form: WorkItem | UnfinishedForm, people: list[Any]) -> None:
    tell_second(
        people,
        submission=form.submission if isinstance(form, WorkItem) else None,
        unfinished=form if isinstance(form, UnfinishedForm) else None,
    )
    subject = form.submission.subject if isinstance(form, WorkItem) else f"unfinished:{form.pk}"
    names = ", ".join(user.get_username() for user in people)
    record(None, Action.ESCALATED, subject, actor="command send_messages", detail=names)

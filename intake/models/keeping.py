"""How long each kind is kept, as the clinic profile says; the audit trail, and that a form was sent, stay for good."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from clinic.audit.actions import Action
from clinic.audit.trail import record
from intake.models.decisions import Hold
from intake.models.drafts import UnfinishedForm
from intake.models.messages import MOST_TRIES, Message
from intake.models.retention import Held, delete_contents, empty_for_good
from intake.models.submissions import Submission
from intake.models.work_items import Status, WorkItem

DECIDED = (Status.CLEARED, Status.CLEARED_WITH_CONDITIONS, Status.NOT_SUITABLE)
UNDECIDED = tuple(status for status in Status if status not in (*DECIDED, Status.DELETED))
BY = "command apply_retention"


class Kind(Struct, frozen=True):
    """What is kept equally long: `field` is the profile's, `older` finds it, `delete` deletes it and says how many."""

    name: Any
    field: str
    older: Callable[[datetime], "QuerySet[Any]"]
    delete: Callable[["QuerySet[Any]"], int]


def with_status(statuses: Iterable[Status]) -> "Callable[[datetime], QuerySet[Submission]]":
    def older(before: datetime) -> "QuerySet[Submission]":
        rows = WorkItem.objects.filter(status__in=list(statuses), submitted_at__lt=before)
        return Submission.objects.filter(pk__in=rows.values("submission"), deletion=None).exclude(pk__in=on_hold())

    return older


def never_sent(before: datetime) -> "QuerySet[UnfinishedForm]":
    """Return what a clinician closed, that was never sent after all, and still says something."""
    return UnfinishedForm.objects.filter(reference="", closed_reason__isnull=False, settled_at__lt=before)


def done_messages(before: datetime) -> "QuerySet[Message]":
    tried = Q(sent_at__isnull=False) | Q(tries__gte=MOST_TRIES)
    return Message.objects.filter(tried, created_at__lt=before).exclude(submission__in=on_hold())


def on_hold() -> list[Any]:
    """Return the submissions that a legal hold stands on: the newest row of each counts."""
    newest = dict(Hold.objects.order_by("at").values_list("submission", "is_held"))
    return [pk for pk, is_held in newest.items() if is_held]


def delete_submissions(found: "QuerySet[Submission]") -> int:
    number = 0
    for one in found.iterator(chunk_size=200):
        with suppress(Held), transaction.atomic():
            WorkItem.lock(one)
            if not found.filter(pk=one.pk).exists():  # somebody decided since it was looked for
                continue
            number += delete_contents(one, reason="retention", by=BY) is not None
    return number


@transaction.atomic
def empty_forms(found: "QuerySet[UnfinishedForm]") -> int:
    forms = list(found.select_for_update())
    for form in forms:
        empty_for_good(form, "retention", BY)
    return len(forms)


def delete_messages(found: "QuerySet[Message]") -> int:
    number, _by_table = found.delete()
    if number:
        record(None, Action.MESSAGES_DELETED, f"count:{number}", actor=BY, detail="retention")
    return number


KINDS = (
    Kind(_("forms with a decision"), "keep_decided_days", with_status(DECIDED), delete_submissions),
    Kind(_("forms without a decision"), "keep_undecided_days", with_status(UNDECIDED), delete_submissions),
    Kind(_("closed forms that were never sent"), "keep_unsent_days", never_sent, empty_forms),
    Kind(_("messages to staff"), "keep_messages_days", done_messages, delete_messages),
)

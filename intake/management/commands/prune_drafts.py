"""`manage.py prune_drafts`: delete drafts whose time is over. Run it every hour."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import AuditEntry, Clinic
from intake.journey.drafts import CONFIRMATION_HOURS
from intake.models import Draft, Stop
from intake.models.retention import shred_unsent

BATCH = 500
JUMP = timedelta(days=1)


def why_not(now: datetime) -> str:
    """Say why the clock cannot be believed, if so: a jump must not delete what people are still filling in."""
    unsent = Draft.objects.filter(closed_at=None)
    newest = unsent.order_by("-saved_at").values_list("saved_at", flat=True).first()
    if newest is None:
        return ""
    entry = AuditEntry.objects.order_by("-position").values_list("at", flat=True).first()
    if now - max(newest, entry or newest) > JUMP:
        return "nobody has saved or done anything for more than a day."
    pruned_at = Clinic.current().pruned_at
    over = unsent.filter(expires_at__lte=now).count()
    if pruned_at is not None and now - pruned_at > JUMP and over * 2 > unsent.count():
        return f"it last ran more than a day ago, and {over} of {unsent.count()} drafts would go."
    return ""


class Command(BaseCommand):
    help = "Delete drafts that expired or were sent; those that staff still need to see are kept. Prints counts only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also when the clock seems to have jumped")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["force"] and (reason := why_not(now)):
            raise CommandError(f"Nothing is deleted: {reason} Is the clock right? Then run it with --force.")
        kept_until = now - timedelta(days=Clinic.current().unfinished_days)
        sent = Q(closed_at__lte=now - timedelta(hours=CONFIRMATION_HOURS))
        expired = Q(closed_at=None, expires_at__lte=now)
        # An unfinished form keeps its draft until a clinician closed it, and for the clinic's days at least.
        waits = Q(unfinished_form__settled_at=None) | Q(unfinished_form__first_at__gt=kept_until)
        over = Draft.objects.filter(sent | expired)
        waiting = over.filter(expired, unfinished_form__isnull=False).filter(waits)
        deleted = 0
        while ids := list(over.exclude(pk__in=waiting.values("pk")).values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                # Asked again under the lock: someone may have come back to a draft in between.
                found = over.filter(pk__in=ids).exclude(pk__in=waiting.values("pk")).select_for_update(of=("self",))
                drafts = list(found.select_related("version"))
                Stop.count_drafts((draft for draft in drafts if draft.closed_at is None), Clinic.current().today())
                pks = [draft.pk for draft in drafts]
                shred_unsent(pks)
                record(None, Action.DRAFTS_PRUNED, f"count:{len(pks)}", actor="command prune_drafts")
            deleted += len(pks)
        Clinic.objects.filter(pk=1).update(pruned_at=now)
        self.stdout.write(f"{deleted} drafts deleted, {waiting.count()} kept for an unfinished form.")

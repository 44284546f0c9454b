"""`manage.py prune_drafts`: delete drafts whose time is over. Run it every day."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from clinic.audit import record
from clinic.models import ClinicProfile
from intake.drafts import CONFIRMATION_HOURS
from intake.models import Draft

BATCH = 500


class Command(BaseCommand):
    help = "Delete drafts that expired or were sent; those that staff still need to see are kept. Prints counts only."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        kept_until = now - timedelta(days=ClinicProfile.current().unfinished_days)
        sent = Q(closed_at__lte=now - timedelta(hours=CONFIRMATION_HOURS))
        expired = Q(closed_at=None, expires_at__lte=now)
        # An unfinished form keeps its draft until a clinician closed it, and for the clinic's days at least.
        waits = Q(unfinished_form__settled_at=None) | Q(unfinished_form__first_at__gt=kept_until)
        over = Draft.objects.filter(sent | expired)
        waiting = over.filter(expired, unfinished_form__isnull=False).filter(waits)
        ids = list(over.exclude(pk__in=waiting.values("pk")).values_list("pk", flat=True))
        kept = waiting.count()
        for first in range(0, len(ids), BATCH):
            Draft.objects.filter(pk__in=ids[first : first + BATCH]).delete()
        if ids:
            record(None, "drafts.prune", f"count:{len(ids)}", actor="prune_drafts")
        self.stdout.write(f"{len(ids)} drafts deleted, {kept} kept for an unfinished form.")

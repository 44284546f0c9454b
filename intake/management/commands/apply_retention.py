"""Delete what old submissions say, as the clinic profile has it."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.models import Clinic
from intake.models import UnfinishedForm
from intake.models.retention import NEVER_SENT, Held, delete_contents, empty_never_sent, too_old


class Command(BaseCommand):
    help = "Deletes what closed forms older than the clinic profile says hold: names, answers, notes. Holds are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        days = Clinic.current().keep_submissions_days
        if days is None:
            self.stdout.write("The clinic profile says that nothing is deleted.")
            return
        before = timezone.now() - timedelta(days=days)
        found = too_old(before)
        if options["dry_run"]:
            never_sent = UnfinishedForm.objects.filter(NEVER_SENT, settled_at__lt=before).count()
            self.stdout.write(
                f"{found.count()} submissions and {never_sent} closed forms that were never sent are older than "
                f"{days} days; nothing was deleted."
            )
            return
        deleted = held = 0
        for submission in found.iterator(chunk_size=200):
            try:
                deleted += delete_contents(submission, reason="retention", by="command apply_retention") is not None
            except Held:
                held += 1
        emptied = empty_never_sent(before, by="command apply_retention")
        self.stdout.write(f"{emptied} closed forms that were never sent are emptied.")
        self.stdout.write(f"Contents of {deleted} submissions deleted, {held} are on hold.")

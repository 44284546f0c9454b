"""Delete what old submissions say, as the clinic profile has it."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.models import Clinic
from intake.models.retention import Held, delete_contents, too_old


class Command(BaseCommand):
    help = "Deletes names, answers and notes of closed submissions older than the clinic profile says. Holds are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        days = Clinic.current().keep_submissions_days
        if days is None:
            self.stdout.write("The clinic profile says that nothing is deleted.")
            return
        found = too_old(timezone.now() - timedelta(days=days))
        if options["dry_run"]:
            self.stdout.write(f"{found.count()} submissions are older than {days} days; nothing was deleted.")
            return
        deleted = held = 0
        for submission in found.iterator(chunk_size=200):
            try:
                deleted += delete_contents(submission, reason="retention", by="command apply_retention") is not None
            except Held:
                held += 1
        self.stdout.write(f"Contents of {deleted} submissions deleted, {held} are on hold.")

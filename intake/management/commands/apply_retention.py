"""Delete what is older than the clinic profile says, kind by kind."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.models import Clinic
from intake.models.keeping import KINDS


class Command(BaseCommand):
    help = "Deletes what is older than the clinic profile says, kind by kind. What is on legal hold is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic, now = Clinic.current(), timezone.now()
        for kind in KINDS:
            days = getattr(clinic, kind.field)
            if days is None:
                self.stdout.write(f"{kind.name}: kept for good.")
                continue
            found = kind.older(now - timedelta(days=days))
            number = found.count() if options["dry_run"] else kind.delete(found)
            done = "would be deleted" if options["dry_run"] else "deleted"
            self.stdout.write(f"{kind.name}: {number} older than {days} days {done}.")

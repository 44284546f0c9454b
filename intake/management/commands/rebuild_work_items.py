"""Compute every work item anew from the rows that are only ever added."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from clinic.models import Clinic
from intake.models import Submission, WorkItem, start_work


class Command(BaseCommand):
    help = "Rebuilds the worklist's rows from submissions, flags, resolutions, decisions, notes and assignments."

    def handle(self, *args: Any, **options: Any) -> None:
        made = changed = kept = 0
        today = Clinic.current().today()
        for submission in Submission.objects.iterator(chunk_size=200):
            with transaction.atomic():
                if not WorkItem.objects.filter(submission=submission).exists():
                    start_work(submission, today)
                    made += 1
                elif WorkItem.lock(submission).refresh(today):
                    changed += 1
                else:
                    kept += 1
        self.stdout.write(f"Work items: {made} made, {changed} changed, {kept} right already.")

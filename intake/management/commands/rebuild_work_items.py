"""Compute every work item anew from the rows that are only ever added."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from intake.models import Submission, WorkItem
from intake.review.actions import keep_work_right, lock, work_of


class Command(BaseCommand):
    help = "Rebuilds the worklist's rows from submissions, flags, resolutions, decisions, notes and assignments."

    def handle(self, *args: Any, **options: Any) -> None:
        made = changed = kept = 0
        for submission in Submission.objects.defer("answers", "computed", "record", "identity").iterator(
            chunk_size=200
        ):
            with transaction.atomic():
                if not WorkItem.objects.filter(submission=submission).exists():
                    WorkItem.objects.create(submission=submission, **work_of(submission))
                    made += 1
                elif keep_work_right(lock(submission)):
                    changed += 1
                else:
                    kept += 1
        self.stdout.write(f"Work items: {made} made, {changed} changed, {kept} right already.")

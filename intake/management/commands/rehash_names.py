"""Make the hashes that people are found by anew, after INDEX_KEY or the comparison of names was changed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from clinic.audit.actions import Action
from clinic.audit.trail import record
from intake.models import LookupHash, Submission
from intake.models.lookup import hashes_of

BATCH = 100


class Command(BaseCommand):
    help = (
        "Makes the look-up hashes of every submission anew under INDEX_KEY. Can be stopped and run again: what is "
        "right already stays. Until it is through, people sent before the change are not found by name. Prints counts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = right = 0
        last: Any = None
        rows = Submission.objects.with_version().filter(content__isnull=False).order_by("pk")
        while batch := list((rows.filter(pk__gt=last) if last else rows).select_related("content__data_key")[:BATCH]):
            for submission in batch:
                if rehash(submission):
                    changed += 1
                else:
                    right += 1
            last = batch[-1].pk
        record(None, Action.NAMES_REHASHED, actor="command rehash_names", detail=f"{changed} changed, {right} right")
        self.stdout.write(f"{changed} submissions hashed anew, {right} right already.")


@transaction.atomic
def rehash(submission: Submission) -> bool:
    """Bring one submission's hashes up to date; say whether any was different."""
    wanted = set(hashes_of(submission.definition, submission.identity))
    kept = set(LookupHash.objects.select_for_update().filter(submission=submission).values_list("kind", "hash"))
    if kept == wanted:
        return False
    LookupHash.objects.filter(submission=submission).delete()
    LookupHash.objects.bulk_create(LookupHash(submission=submission, kind=kind, hash=found) for kind, found in wanted)
    return True

"""`python -m benchmarks.export`: memory for taking many submissions out, at 1,000 and 10,000 sealed forms.

The peak of what Python holds while each table is streamed (tracemalloc), on SQLite. The forms are one made-up
person's, each really sealed under a key of its own. A stream holds some forms at a time, so the peak must not grow.
"""

import os
import platform
import tracemalloc
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.public import own_environment

ROWS = (1_000, 10_000)
BATCH = 500


def main() -> None:
    with TemporaryDirectory(prefix="previsit-bench-") as name:
        os.environ.update({**own_environment(Path(name)), "SITE_URL": "http://localhost"})
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
        import django

        django.setup()
        from django.core.management import call_command

        from intake.review.tables import TABLES

        call_command("migrate", verbosity=0)
        call_command("load_questionnaires", stdout=StringIO())
        call_command("make_demo_submissions", "1", stdout=StringIO())
        print(f"{date.today()}, Python {platform.python_version()}, SQLite")
        print("| forms | " + " | ".join(TABLES) + " |")
        print("|---|" + "---|" * len(TABLES))
        there = 1
        for rows in ROWS:
            copy_forms(rows - there)
            there = rows
            print(f"| {rows:,} | " + " | ".join(measure(lines) for _, _, lines in TABLES.values()) + " |", flush=True)


def copy_forms(number: int) -> None:
    """Add forms that say what the one there says, each sealed under its own key."""
    from clinic.models import DataKey
    from intake.models import Screening, Submission, SubmissionContent, WorkItem

    one = Submission.objects.select_related("version", "content__data_key").earliest("submitted_at")
    said = {name: getattr(one.content, name) for name in ("identity", "answers", "computed", "record")}
    for first in range(0, number, BATCH):
        keys = [DataKey() for _ in range(min(BATCH, number - first))]
        forms = [
            Submission(
                draft_id=key.pk,
                version=one.version,
                submitted_at=one.submitted_at + timedelta(seconds=first + place),
                reference=uuid4().hex[:8],
                audit_position=0,
            )
            for place, key in enumerate(keys)
        ]
        DataKey.objects.bulk_create(keys)
        Submission.objects.bulk_create(forms)
        pairs: list[tuple[Any, Any]] = list(zip(forms, keys, strict=True))
        SubmissionContent.objects.bulk_create(
            SubmissionContent(submission=form, data_key=key, **said) for form, key in pairs
        )
        WorkItem.objects.bulk_create(
            WorkItem(submission=form, rank=103, submitted_at=form.submitted_at) for form in forms
        )
        Screening.objects.bulk_create(
            Screening(submission=form, at=form.submitted_at, screened_on=date.today(), audit_position=0)
            for form in forms
        )


def measure(lines: Any) -> str:
    """Return the most that Python held while the lines were streamed."""
    from intake.review.tables import submissions

    tracemalloc.start()
    number = sum(1 for _line in lines(submissions()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"{peak / 2**20:.1f} MiB for {number:,} lines"


if __name__ == "__main__":
    main()

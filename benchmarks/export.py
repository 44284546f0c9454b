"""`python -m benchmarks.export`: memory and processor time for taking 1,000 and 10,000 sealed forms out.

Each table is streamed in a process of its own, whose greatest resident size is read at its end, on SQLite. The forms
are those of some made-up people, each really sealed under a key of its own. A stream holds some forms at a time, so
what it needs must not grow with them.
"""

import os
import platform
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.public import own_environment

ROWS = (1_000, 10_000)
BATCH = 500
PEOPLE = 20


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    import django

    django.setup()


def main() -> None:
    with TemporaryDirectory(prefix="previsit-bench-") as name:
        os.environ.update({**own_environment(Path(name)), "SITE_URL": "http://localhost"})
        set_up()
        from django.core.management import call_command

        from intake.review.tables import TABLES

        call_command("migrate", verbosity=0)
        call_command("load_questionnaires", stdout=StringIO())
        call_command("make_demo_submissions", str(PEOPLE), stdout=StringIO())
        print(f"{date.today()}, Python {platform.python_version()}, SQLite")
        print("| forms | " + " | ".join(TABLES) + " |")
        print("|---|" + "---|" * len(TABLES))
        there = PEOPLE
        for rows in ROWS:
            copy_forms(rows - there)
            there = rows
            print(f"| {rows:,} | " + " | ".join(map(measured, TABLES)) + " |", flush=True)


def copy_forms(number: int) -> None:
    """Add forms that say what those of the made-up people say, each sealed under its own key, with its flags."""
    from intake.models import Submission

    found = Submission.objects.with_version().select_related("content__data_key", "work_item")
    people = list(found.order_by("submitted_at")[:PEOPLE])
    for first in range(0, number, BATCH):
        places = range(first, min(first + BATCH, number))
        write_copies([(people[place % PEOPLE], timedelta(seconds=place)) for place in places])


def write_copies(pairs: list[tuple[Any, timedelta]]) -> None:
    from clinic.models import DataKey
    from intake.models import Flag, Screening, SealedPart, Submission, SubmissionContent, WorkItem

    rows: dict[type[Any], list[Any]] = {
        model: [] for model in (DataKey, Submission, SubmissionContent, WorkItem, Screening, Flag, SealedPart)
    }
    for one, later in pairs:
        key, at = DataKey(), one.submitted_at + later
        reference = uuid4().hex[:8]
        form = Submission(draft_id=key.pk, version=one.version, submitted_at=at, reference=reference, audit_position=0)
        words = {name: getattr(one.content, name) for name in ("identity", "answers", "computed", "record")}
        screening = Screening(submission=form, at=at, screened_on=at.date(), audit_position=0)
        rows[DataKey].append(key)
        rows[Submission].append(form)
        rows[SubmissionContent].append(SubmissionContent(submission=form, data_key=key, **words))
        rows[WorkItem].append(WorkItem(submission=form, rank=one.work_item.rank, submitted_at=at))
        rows[Screening].append(screening)
        for flag in one.flags.all():
            same = {name: getattr(flag, name) for name in ("rule", "severity", "position", "rank")}
            copy = Flag(submission=form, screening=screening, audit_position=0, **same)
            rows[Flag].append(copy)
            rows[SealedPart].append(SealedPart(pk=copy.pk, submission=form, data_key=key, value=flag.evidence))
    for model, made in rows.items():
        model.objects.bulk_create(made)


def measured(kind: str) -> str:
    """Stream one table in a process of its own; return its greatest size and how long it took."""
    command = [sys.executable, "-m", "benchmarks.export", kind]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def stream(kind: str) -> None:
    set_up()
    from intake.review.tables import TABLES, submissions

    number = sum(1 for _line in TABLES[kind][2](submissions()))
    unit = 1024 if sys.platform != "darwin" else 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    print(f"{peak:.0f} MiB, {time.process_time():.0f} s for {number:,} lines")


if __name__ == "__main__":
    stream(sys.argv[1]) if len(sys.argv) > 1 else main()

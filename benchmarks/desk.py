"""`python -m benchmarks.desk`: what staff pages cost as the table grows, beside the admin's stock change list.

CPU milliseconds of the process, the median of several requests through Django's test client, on SQLite. The
measured forms are really sealed; the others are slim copies made in SQL, nearly all of them done; those of the
reports' twelve weeks have two flags and a decision each.
Quick: 1,000 and 100,000 rows. `--rows 1000 100000 1000000` takes some minutes.
"""

import argparse
import os
import platform
import re
import statistics
import time
from datetime import date
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.public import own_environment

SEALED = 120  # forms that the measured pages may show
REPEATS = 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000])
    options = parser.parse_args()
    with TemporaryDirectory(prefix="previsit-bench-") as name:
        os.environ.update({**own_environment(Path(name)), "SITE_URL": "http://localhost"})
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
        import django

        django.setup()
        client = prepare()
        print(f"{date.today()}, Python {platform.python_version()}, Django {django.get_version()}, SQLite")
        print("| rows | " + " | ".join(pages()) + " |")
        print("|---|" + "---|" * len(pages()))
        first: list[float] = []
        for rows in options.rows:
            grow(rows)
            found = [measure(client, path) for path in pages().values()]
            first = first or found
            cells = [f"{now:.0f} ms ({now / before:.2f} x)" for now, before in zip(found, first, strict=True)]
            print(f"| {rows:,} | " + " | ".join(cells) + " |", flush=True)


def pages() -> dict[str, str]:
    base = "/admin/intake/submission/"
    return {
        "worklist": base,
        "its second page": f"{base}?after={SECOND_PAGE or ''}".removesuffix("?after="),
        "mine": f"{base}?tab=mine",
        "done": f"{base}?tab=done",
        "worst is stop": f"{base}?severity=stop",
        "one flag": f"{base}?rule={RULE}",
        "sent today": f"{base}?submitted=today",
        "a name": "find",
        "one form": f"{base}{FORM}/",
        "reports": f"{base}reports/",
        "stock list": "/stock/",
    }


RULE, FORM, SECOND_PAGE = "", "", ""


def prepare() -> Any:
    """Make the database, a clinician who is signed in, and the forms that are really sealed."""
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.test import Client

    from clinic.models import User
    from intake.models import OpenFlag
    from tests.signing_in import sign_in

    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0, stdout=StringIO())
    call_command("collectstatic", "--no-input", verbosity=0, stdout=StringIO())
    call_command("load_questionnaires", stdout=StringIO())
    call_command("make_demo_submissions", str(SEALED), stdout=StringIO())
    user = User.objects.create_user("bench", is_staff=True)
    user.groups.add(Group.objects.get(name="clinician"))
    client = Client(headers={"host": "localhost"})
    sign_in(client, user)
    global RULE, FORM, SECOND_PAGE
    flag = OpenFlag.objects.order_by("-severity").first()
    RULE, FORM = (flag.rule, str(flag.work_item_id)) if flag else ("", "")
    answer = client.get("/admin/intake/submission/")
    found = re.search(r"after=([0-9a-f-]{36})", answer.content.decode())
    SECOND_PAGE = found[1] if found else ""
    return client


def grow(rows: int) -> None:
    """Copy slim rows in SQL until there are so many submissions; nearly all of them done."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_submission")
        there = cursor.fetchone()[0]
        if rows > there:
            for statement in COPY:
                cursor.execute(
                    statement if "%s" in statement else statement.replace("%%", "%"),
                    [rows - there] if "%s" in statement else None,
                )
        cursor.execute("ANALYZE")


COPY = (
    "CREATE TEMP TABLE IF NOT EXISTS fresh (id TEXT PRIMARY KEY, n INTEGER)",
    "DELETE FROM fresh",
    """INSERT INTO fresh WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s)
    SELECT lower(hex(randomblob(16))), n FROM c""",
    """INSERT INTO intake_submission (id, reference, draft_id, version_id, language, submitted_at, audit_position)
    SELECT f.id, substr(f.id, 1, 8), lower(hex(randomblob(16))), s.version_id, 'en',
    datetime('now', '-' || (f.n %% 1400 + 31) || ' days'), 0
    FROM fresh f, (SELECT version_id FROM intake_submission LIMIT 1) s
    WHERE true ON CONFLICT DO NOTHING""",
    """INSERT INTO intake_workitem (submission_id, status, is_open, worst_unresolved, rank, submitted_at)
    SELECT f.id, 'cleared', 0, CASE WHEN f.n %% 3 THEN NULL ELSE 2 END, 103, s.submitted_at
    FROM fresh f JOIN intake_submission s ON s.id = f.id""",
    """INSERT INTO intake_lookuphash (submission_id, kind, hash)
    SELECT f.id, 'name', lower(hex(randomblob(32))) FROM fresh f JOIN intake_submission s ON s.id = f.id""",
    "CREATE TEMP VIEW IF NOT EXISTS recent AS SELECT s.id, s.submitted_at FROM temp.fresh f "
    "JOIN main.intake_submission s ON s.id = f.id WHERE s.submitted_at > datetime('now', '-84 days')",
    """INSERT INTO intake_screening
    (id, at, cause, thresholds, screened_on, severity, submission_id, audit_position)
    SELECT id, submitted_at, 'sent', '{}', date(submitted_at), 2, id, 0 FROM recent""",
    """INSERT INTO intake_flag (id, rule, severity, position, rank, submission_id, screening_id, audit_position)
    SELECT lower(hex(randomblob(16))), r.rule, 2, 0, 103, recent.id, recent.id, 0
    FROM recent, (SELECT 'SR-P11' AS rule UNION SELECT 'SR-P10') r""",
    """INSERT INTO intake_review (id, at, decision, has_conditions, by_id, submission_id, audit_position)
    SELECT id, datetime(submitted_at, '+5 hours'), 'cleared', 0, (SELECT min(id) FROM clinic_user), id, 0
    FROM recent""",
)


def measure(client: Any, path: str) -> float:
    """Return the CPU of one request."""
    ask(client, path)
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        ask(client, path)
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def ask(client: Any, path: str) -> None:
    if path == "find":
        client.post("/admin/intake/submission/find/", {"name": "Abbott"})
        path = "/admin/intake/submission/"
    if path == "/stock/":
        stock_list(client)
        return
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")


def stock_list(client: Any) -> None:
    """Draw Django's own change list over the work items, as a plain ModelAdmin would."""
    from django.contrib.admin import ModelAdmin
    from django.test import RequestFactory

    from clinic.models import Clinic, User
    from clinic.staff.site import site
    from intake.models import WorkItem

    class Stock(ModelAdmin):  # type: ignore[type-arg]
        list_display = ("submission", "status", "worst_unresolved", "submitted_at")
        list_filter = ("status", "worst_unresolved")
        list_select_related = ("submission",)
        ordering = ("-is_open", "rank", "submitted_at")

        def has_view_or_change_permission(self, request: Any, obj: Any = None) -> bool:
            return True

    request = RequestFactory(headers={"host": "localhost"}).get("/admin/intake/workitem/")
    request.user = User.objects.get(username="bench")
    request.clinic = Clinic.current()  # type: ignore[attr-defined]
    request.session = client.session
    changes = Stock(WorkItem, site).get_changelist_instance(request)
    list(changes.result_list)


if __name__ == "__main__":
    main()

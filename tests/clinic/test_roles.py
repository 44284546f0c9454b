"""PostgreSQL's own roles: the one that serves may add to the trail, and change nothing in it."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from clinic.audit.append_only import append_only_tables, guard_tables
from clinic.models import Clinic
from intake.review.actions import add_note
from tests.intake.submissions import make_staff, make_submission, make_unfinished, make_version

pytestmark = pytest.mark.django_db
ROLE = "previsit_app_in_tests"


def sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def app_role(settings):
    """Serve as the application's role from here on; SQLite has none."""
    if connection.vendor != "postgresql":
        return
    settings.DATABASE_APP_ROLE = ROLE
    make_version()
    Clinic.objects.get_or_create(pk=1)
    sql(f"CREATE ROLE {ROLE}")
    guard_tables()
    sql(f"SET LOCAL ROLE {ROLE}")


def test_the_role_that_serves_can_do_everything_but_change_what_is_written_once(app_role):
    if connection.vendor != "postgresql":
        return  # SQLite has no roles: the triggers stand alone there
    clinician = make_staff("clinician")
    submission = make_submission({"bp-diagnosis": "yes", "bp-controlled": "no"})
    add_note(submission, by=clinician, text="A note.")
    make_unfinished()
    call_command("verify_audit")
    call_command("prune")

    for table in append_only_tables():
        for verb in ("DELETE FROM", "TRUNCATE"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(f"{verb} {table}")
    for statement in ("UPDATE clinic_auditentry SET actor = ''", "UPDATE intake_flag SET severity = 1"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql(statement)
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic():
        sql("DROP TRIGGER append_only_rows ON clinic_auditentry")

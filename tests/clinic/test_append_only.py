"""What is written once stays: in Python, and in the database for every other program."""

import pytest
from django.apps import apps
from django.core.checks import Tags, run_checks
from django.db import DatabaseError, connection, transaction

from clinic.audit.actions import Action
from clinic.audit.append_only import append_only_tables, guard_tables, unguarded_tables, unguarding
from clinic.audit.models import AppendOnly
from clinic.audit.trail import record
from clinic.models import AuditEntry
from tests.intake.submissions import make_submission

pytestmark = pytest.mark.django_db
MODELS = [model for model in apps.get_models() if issubclass(model, AppendOnly)]


def refuses(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return True


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_append_only_table_is_guarded(model):
    assert model._meta.db_table in append_only_tables()
    assert model._meta.db_table not in unguarded_tables()


def test_the_database_refuses_to_change_or_delete_a_row():
    submission = make_submission({"bp-controlled": "no", "bp-diagnosis": "yes"})
    record(None, Action.RECORD_READ)

    for table in {"intake_submission", "intake_flag", "clinic_auditentry"}:
        column = connection.introspection.get_primary_key_column(connection.cursor(), table)
        assert refuses(f"UPDATE {table} SET {column} = {column}")  # noqa: S608
        assert refuses(f"DELETE FROM {table}")  # noqa: S608
    submission.refresh_from_db()


def test_a_row_cannot_be_written_over():
    record(None, Action.RECORD_READ, "submission:ABCD2345")
    entry = AuditEntry.objects.get()
    entry.subject = "submission:OTHER234"

    with pytest.raises(TypeError, match="append-only"):
        AuditEntry.objects.bulk_create([entry], update_conflicts=True, unique_fields=["id"], update_fields=["subject"])
    columns = ", ".join(field.column for field in AuditEntry._meta.concrete_fields)
    if connection.vendor == "sqlite":
        assert refuses(f"INSERT OR REPLACE INTO clinic_auditentry ({columns}) SELECT {columns} FROM clinic_auditentry")  # noqa: S608
    else:
        assert refuses(
            f"INSERT INTO clinic_auditentry ({columns}) SELECT {columns} FROM clinic_auditentry "  # noqa: S608
            "ON CONFLICT (id) DO UPDATE SET subject = 'x'"
        )
        assert refuses("TRUNCATE clinic_auditentry")
    assert AuditEntry.objects.get().subject == "submission:ABCD2345"


def test_each_missing_trigger_is_told_and_put_back():
    takes_away = list(unguarding(connection, ["clinic_auditentry"]))
    if connection.vendor == "postgresql":
        takes_away.append("ALTER TABLE clinic_auditentry DISABLE TRIGGER append_only_rows")
    for statement in takes_away:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        found = run_checks(tags=[Tags.database], databases=["default"])

        assert [one.msg.split()[0] for one in found if one.id == "clinic.W002"] == ["clinic_auditentry"], statement
        guard_tables()
        assert unguarded_tables() == []

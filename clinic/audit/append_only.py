"""The database's own refusal: no row of an append-only table is changed or deleted, by whatever program.

The triggers are put in place after every `migrate`, for every model that is AppendOnly. A migration of
their own would not do: on SQLite a later change of a column makes the table anew, without its triggers.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

FUNCTION = "clinic_refuse_change"


def append_only_tables() -> list[str]:
    """Return the names of the tables whose rows are written once."""
    from clinic.audit.models import AppendOnly

    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly))


def guard_tables(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Have the database refuse UPDATE and DELETE on every append-only table that exists. Safe to run again."""
    connection = connections[using]
    existing = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for statement in guarding(connection, [name for name in append_only_tables() if name in existing]):
            cursor.execute(statement)
        if connection.vendor == "postgresql" and settings.DATABASE_APP_ROLE:
            for statement in granting(settings.DATABASE_APP_ROLE, existing):
                cursor.execute(statement)


def granting(role: str, existing: list[str]) -> Iterator[str]:
    """Yield what lets the application's own role work, and leaves it no right to change what is written once."""
    yield f'GRANT USAGE ON SCHEMA public TO "{role}"'
    yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"'
    yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"'
    yield f'REVOKE ALL ON "django_migrations" FROM "{role}"'
    yield f'GRANT SELECT ON "django_migrations" TO "{role}"'
    for table in append_only_tables():
        if table in existing:
            yield f'REVOKE UPDATE, DELETE ON "{table}" FROM "{role}"'


def guarding(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    """Yield the statements that put the triggers in place."""
    if connection.vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table in tables:
            yield (
                f'CREATE OR REPLACE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
            )
            yield (
                f'CREATE OR REPLACE TRIGGER append_only_table BEFORE TRUNCATE ON "{table}" '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
            )
    else:
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                yield (
                    f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def unguarding(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    """Yield the statements that take the triggers away, for who owns the tables and has a reason."""
    for table in tables:
        if connection.vendor == "postgresql":
            yield f'DROP TRIGGER IF EXISTS append_only_rows ON "{table}"'
            yield f'DROP TRIGGER IF EXISTS append_only_table ON "{table}"'
        else:
            yield f'DROP TRIGGER IF EXISTS "{table}_no_update"'
            yield f'DROP TRIGGER IF EXISTS "{table}_no_delete"'


def unguarded_tables(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the append-only tables that lack a trigger, or have one that is switched off."""
    connection = connections[using]
    is_postgres = connection.vendor == "postgresql"
    query = (
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgenabled IN ('O', 'A')"
        if is_postgres
        else "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = set(cursor.fetchall())
    wanted = {
        name: {"append_only_rows", "append_only_table"} if is_postgres else {f"{name}_no_update", f"{name}_no_delete"}
        for name in append_only_tables()
    }
    return [name for name, triggers in wanted.items() if not {(name, trigger) for trigger in triggers} <= found]

"""Bring the database, the content, the questionnaire and the static files up to this version."""

import hashlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from clinic.checks import keep_setup_gaps
from clinic.env import BASE_DIR, LOCAL_ENV, VAR
from clinic.models import Clinic
from clinic.web.static_files import delete_old_files

STAMP = VAR / ".prepared"
OWN_APPS = ("clinic", "education", "intake")


def source_files() -> Iterator[Path]:
    """Yield what decides whether anything needs to be done: our files and the locked packages."""
    root = BASE_DIR
    yield root / "requirements.txt"
    for folder in ("clinic", "education", "intake", "static"):
        yield from sorted(path for path in (root / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")


def fingerprint() -> str:
    """Hash the source files and the database's address."""
    where = [connection.settings_dict.get(name) for name in ("NAME", "HOST", "PORT", "OPTIONS")]
    found = hashlib.sha256(repr(where).encode())
    for path in source_files():
        found.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def database_name() -> str:
    """Return what the reader can find the database by."""
    name = Path(str(connection.settings_dict["NAME"]))
    return str(name.relative_to(BASE_DIR)) if name.is_relative_to(BASE_DIR) else str(name)


def is_of_another_release() -> bool:
    """Say whether the database lacks what the migrations it has been through now make."""
    loader = MigrationLoader(connection)
    applied = [key for key in loader.applied_migrations if key[0] in OWN_APPS]
    if not all(key in loader.graph.nodes for key in applied):
        return True
    models = loader.project_state(applied).apps.get_models() if applied else []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in models:
            if model._meta.app_label not in OWN_APPS or not model._meta.managed:
                continue
            if model._meta.db_table not in tables:
                return True
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)} LIMIT 0")  # noqa: S608
            found = {column[0] for column in cursor.description}
            if not found.issuperset(field.column for field in model._meta.local_concrete_fields):
                return True
    return False


class Command(BaseCommand):
    help = "Migrates, loads content and questionnaires, and collects static files; skips what has not changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="do every step, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        VAR.mkdir(mode=0o700, exist_ok=True)
        if is_of_another_release():
            keys = "var/local.env" if LOCAL_ENV.is_file() else "its keys"
            raise CommandError(
                f"The database {database_name()} was made by another release and cannot be carried over: move it "
                f"away, together with {keys}, and run again. Nothing was changed."
            )
        current = fingerprint()
        if not options["force"] and STAMP.is_file() and STAMP.read_text() == current and self.is_migrated():
            self.stdout.write("Nothing changed since the last start.")
            keep_setup_gaps()
            return
        call_command("migrate", verbosity=0, interactive=False)
        Clinic.objects.get_or_create(pk=1)
        call_command("load_content", stdout=self.stdout)
        call_command("load_questionnaires", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        delete_old_files()
        keep_setup_gaps()
        STAMP.write_text(current)
        self.close_to_others()
        self.stdout.write("Database, content and static files are ready.")

    def close_to_others(self) -> None:
        """Let only this user read the folder and the database file, whatever the umask was."""
        VAR.chmod(0o700)
        database = Path(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite" and database.is_file():
            database.chmod(0o600)

    def is_migrated(self) -> bool:
        """Say whether this database has every table, which a restored older copy has not."""
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())

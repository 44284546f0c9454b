"""Bring the database, the content, the questionnaire and the static files up to this version."""

import hashlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clinic.env import BASE_DIR, VAR
from clinic.models import Clinic

STAMP = VAR / ".prepared"


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


class Command(BaseCommand):
    help = "Migrates, loads content and questionnaires, and collects static files; skips what has not changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="do every step, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        VAR.mkdir(mode=0o700, exist_ok=True)
        current = fingerprint()
        if not options["force"] and STAMP.is_file() and STAMP.read_text() == current and self.is_migrated():
            self.stdout.write("Nothing changed since the last start.")
            call_command("prune_drafts", stdout=self.stdout)
            return
        call_command("migrate", verbosity=0, interactive=False)
        Clinic.objects.get_or_create(pk=1)
        call_command("load_content", stdout=self.stdout)
        call_command("load_questionnaires", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        call_command("prune_drafts", stdout=self.stdout)
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

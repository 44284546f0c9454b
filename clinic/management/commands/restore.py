"""Restore a backup into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from clinic.backup.database import is_empty, restore
from clinic.backup.envelope import BadBackup
from clinic.backup.files import opened


class Command(BaseCommand):
    help = "Restores FILE into the configured database, which must be empty. Needs BACKUP_KEY."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_empty():
            raise CommandError("The database is not empty. Restore into a new one; nothing was changed.")
        try:
            with opened(options["file"]) as (manifest, pieces):
                if manifest["vendor"] != connection.vendor:
                    raise CommandError(f"The backup is of {manifest['vendor']}, the database is {connection.vendor}.")
                restore(pieces)
        except (BadBackup, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the backup of {manifest['made_at']}. Now run `manage.py verify_audit --since FILE` with the "
            "newest head from the logs: what came after the backup is not in it."
        )

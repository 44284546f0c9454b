"""Restore a backup into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from clinic.backup.database import is_empty, restore
from clinic.backup.envelope import BadBackup
from clinic.backup.files import opened
from clinic.backup.keys import NAME, after_restore, check_pair, keys_beside, put_keys


class Command(BaseCommand):
    help = (
        "Restores FILE, with the newest file of keys, into the configured database, which must be empty. What was "
        "deleted since FILE was made stays deleted. Needs BACKUP_KEY."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, help=f"the newest file of keys; else {NAME} beside FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_empty():
            raise CommandError("The database is not empty. Restore into a new one; nothing was changed.")
        keys = keys_beside(options["file"], options["keys"])
        try:
            with opened(options["file"]) as (manifest, pieces), opened(keys, "keys") as (key_manifest, lines):
                check_pair(manifest, key_manifest)
                if manifest["vendor"] != connection.vendor:
                    raise CommandError(f"The backup is of {manifest['vendor']}, the database is {connection.vendor}.")
                restore(pieces)
                call_command("migrate", verbosity=0)
                put_keys(lines)
        except (BadBackup, OSError) as error:
            raise CommandError(str(error)) from error
        for bury in after_restore:
            self.stdout.write(bury())
        self.stdout.write(
            f"Restored the backup of {manifest['made_at']}. Now run `manage.py verify_audit --since FILE` with the "
            "newest head from the logs: what came after the backup is not in it."
        )

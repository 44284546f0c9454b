"""Restore a backup into a place of its own, look into it, and throw that away."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.backup.database import faults_in, restored_copy
from clinic.backup.envelope import BadBackup
from clinic.backup.files import opened


class Command(BaseCommand):
    help = (
        "Restores FILE into a scratch database, counts its rows, compares the audit trail's head, opens one sealed "
        "value of each column and key, and drops it again. On PostgreSQL the role must be allowed to create databases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with opened(options["file"]) as (manifest, pieces), restored_copy(pieces) as alias:
                faults = list(faults_in(alias, manifest))
        except (BadBackup, OSError) as error:
            raise CommandError(str(error)) from error
        if faults:
            raise CommandError("The backup does not hold:\n" + "\n".join(faults))
        rows = sum(manifest["counts"].values())
        self.stdout.write(f"The backup of {manifest['made_at']} holds: {rows} rows, {manifest['head']}")

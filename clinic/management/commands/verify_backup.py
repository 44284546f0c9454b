"""Restore a backup into a place of its own, look into it, and throw that away."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.backup.database import Manifest, faults_in, restored_copy
from clinic.backup.envelope import BadBackup
from clinic.backup.files import opened
from clinic.backup.keys import NAME, check_pair, keys_beside, put_keys
from clinic.sealing.keys import lost_keys


class Command(BaseCommand):
    help = (
        "Restores FILE into a scratch database, counts its rows, compares the audit trail's head, opens one sealed "
        "value of each column and key, and drops it again. On PostgreSQL the role must be allowed to create databases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, help=f"the newest file of keys; else {NAME} beside FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        keys = keys_beside(options["file"], options["keys"])
        try:
            with opened(options["file"]) as (manifest, pieces), opened(keys, "keys") as (key_manifest, lines):
                check_pair(manifest, key_manifest)
                faults, deleted = look_into(manifest, pieces, lines)
        except (BadBackup, OSError) as error:
            raise CommandError(str(error)) from error
        if faults:
            raise CommandError("The backup does not hold:\n" + "\n".join(faults))
        rows = sum(manifest["counts"].values())
        self.stdout.write(f"The backup of {manifest['made_at']} holds: {rows} rows, {manifest['head']}")
        for line in deleted:
            self.stdout.write(f"Deleted since, and not to be opened: {line}")


def look_into(manifest: Manifest, pieces: Iterator[bytes], lines: Iterator[bytes]) -> tuple[list[str], list[str]]:
    """Return what is wrong with a backup, and of which tables rows were deleted since."""
    with restored_copy(pieces) as alias:
        put_keys(lines, alias)
        return list(faults_in(alias, manifest)), list(lost_keys(alias))

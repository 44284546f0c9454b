"""Write an encrypted backup of the database, consistent while people write."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.backup.database import snapshot
from clinic.backup.envelope import BadBackup
from clinic.backup.files import opened, write
from clinic.backup.keys import NAME
from clinic.sealing.keys import lost_keys


class Command(BaseCommand):
    help = (
        f"Writes an encrypted backup of the database to FILE, while the site runs, and replaces {NAME} beside it: the "
        "keys of the forms, which no dated file holds. Needs BACKUP_KEY."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        keys = file.with_name(NAME)
        if not settings.BACKUP_KEYS:
            raise CommandError("BACKUP_KEY is not set. Make one: openssl rand -base64 32")
        if file.exists() or file == keys:
            raise CommandError(f"{file} is there already.")
        if lost := list(lost_keys()):
            raise CommandError("\n".join([*lost, f"{keys} may still hold them: it is not replaced."]))
        record(None, Action.BACKED_UP, actor="command backup")
        partial, partial_keys = (path.with_name(f"{path.name}.partial") for path in (file, keys))
        partial_keys.unlink(missing_ok=True)  # of a backup that was cut short
        try:
            with snapshot() as found:
                head = {**found.manifest, "made_at": timezone.now().isoformat()}
                check_own(keys, head["trail"])
                write(partial_keys, {**head, "kind": "keys"}, found.keys)
                write(partial, {**head, "kind": "data"}, found.pieces)
            # The keys first: they open what is there already. Whatever stops it now, keys and data fit.
            partial_keys.replace(keys)
            partial.rename(file)
            see_on_disk(file.parent)
        except (BadBackup, OSError) as error:
            partial.unlink(missing_ok=True)
            partial_keys.unlink(missing_ok=True)
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {sum(head['counts'].values())} rows. {head['head']}")


def check_own(keys: Path, trail: str) -> None:
    """Raise BadBackup when the file of keys that would be replaced is another database's."""
    if not keys.exists():
        return
    with opened(keys, "keys") as (manifest, _lines):
        if manifest["trail"] != trail:
            raise BadBackup(f"{keys} holds the keys of another database. Give each database a folder of its own.")


def see_on_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

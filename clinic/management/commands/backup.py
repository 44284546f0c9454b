"""Write an encrypted backup of the database, consistent while people write."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.backup.database import snapshot
from clinic.backup.envelope import BadBackup, write_sealed


class Command(BaseCommand):
    help = "Writes an encrypted backup of the database to FILE, while the site runs. Needs BACKUP_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not settings.BACKUP_KEY:
            raise CommandError("BACKUP_KEY is not set. Make one: openssl rand -base64 32")
        if file.exists():
            raise CommandError(f"{file} is there already.")
        record(None, Action.BACKED_UP, actor="command backup")
        partial = file.with_name(f"{file.name}.partial")
        try:
            with snapshot() as (manifest, pieces), os.fdopen(os.open(partial, NEW, 0o600), "wb") as target:
                head = json.dumps({**manifest, "made_at": timezone.now().isoformat()}).encode()
                write_sealed(target, chain_of(head, pieces), settings.BACKUP_KEY)
                target.flush()
                os.fsync(target.fileno())
            partial.rename(file)
        except (BadBackup, OSError) as error:
            partial.unlink(missing_ok=True)
            raise CommandError(str(error)) from error
        rows = sum(manifest["counts"].values())
        self.stdout.write(f"{file}: {rows} rows. {manifest['head']}")


NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def chain_of(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces

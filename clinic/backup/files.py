"""Open a backup file: all of it is checked before any of it is used."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from clinic.backup.database import Manifest
from clinic.backup.envelope import BadBackup, read_sealed


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Iterator[bytes]]]:
    """Yield the manifest and the database's bytes; raise BadBackup for a file that is not whole."""
    if not settings.BACKUP_KEY:
        raise BadBackup("BACKUP_KEY is not set.")
    with path.open("rb") as file:
        for _piece in read_sealed(file, settings.BACKUP_KEY):
            pass
        file.seek(0)
        pieces = read_sealed(file, settings.BACKUP_KEY)
        yield json.loads(next(pieces)), pieces

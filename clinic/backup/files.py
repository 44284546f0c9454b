"""Write and open the files of a backup: all of it is checked before any of it is used."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from clinic.backup.database import Manifest
from clinic.backup.envelope import BadBackup, read_sealed, write_sealed


@contextmanager
def opened(path: Path, kind: str = "data") -> Iterator[tuple[Manifest, Iterator[bytes]]]:
    """Yield the manifest and the bytes of the data, or of the keys; raise BadBackup for a file that is not whole."""
    if not settings.BACKUP_KEYS:
        raise BadBackup("BACKUP_KEY is not set.")
    with path.open("rb") as file:
        key = key_of(file)
        file.seek(0)
        pieces = read_sealed(file, key)
        manifest = json.loads(next(pieces))
        if manifest["kind"] != kind:
            raise BadBackup(f"{path} holds {manifest['kind']}, not {kind}.")
        yield manifest, pieces


def key_of(file: BinaryIO) -> str:
    """Return the key that opens the whole file: the first of BACKUP_KEY, or an older one."""
    for key in settings.BACKUP_KEYS:
        file.seek(0)
        try:
            for _piece in read_sealed(file, key):
                pass
        except BadBackup as error:
            fault = error
        else:
            return str(key)
    raise fault


def write(path: Path, head: Manifest, pieces: Iterable[bytes]) -> None:
    """Seal a file for its owner only, and see it on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        write_sealed(file, chain([json.dumps(head).encode()], pieces), settings.BACKUP_KEYS[0])
        file.flush()
        os.fsync(file.fileno())

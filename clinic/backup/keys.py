"""The data keys have one file of their own beside the dated backups, replaced at each: the newest opens every older
backup, except what was deleted since. Keys are only ever added or deleted.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from clinic.backup.envelope import BadBackup
from clinic.sealing.keys import DataKey

NAME = "previsit.keys"
TABLE = DataKey._meta.db_table
AT_ONCE = 5000

# What an app does with rows whose key is gone; each says what it did. An app adds its own when it is ready.
after_restore: list[Callable[[], str]] = []


def read_keys(alias: str) -> Iterator[bytes]:
    """Yield every key, still sealed under ANSWER_KEYS, a line each."""
    there = connections[alias]
    with there.chunked_cursor() as cursor:
        cursor.execute(f"SELECT id, wrapped FROM {TABLE} ORDER BY id")  # noqa: S608
        while rows := cursor.fetchmany(AT_ONCE):
            yield "".join(f"{UUID(str(pk)).hex} {bytes(wrapped).hex()}\n" for pk, wrapped in rows).encode()


def put_keys(pieces: Iterable[bytes], alias: str = DEFAULT_DB_ALIAS) -> None:
    """Put the keys of a file into a restored database, which has none."""
    there = connections[alias]
    insert = f"INSERT INTO {TABLE} (id, wrapped) VALUES (%s, %s)"  # noqa: S608
    with transaction.atomic(using=alias), there.cursor() as cursor:
        for piece in pieces:
            words = (line.split() for line in piece.decode().splitlines())
            rows = [(DataKey._meta.pk.get_db_prep_value(UUID(pk), there), bytes.fromhex(key)) for pk, key in words]
            cursor.executemany(insert, rows)


def check_pair(data: dict[str, str], keys: dict[str, str]) -> None:
    """Raise BadBackup unless the keys are those of the data's database, and not from before it."""
    if data["trail"] != keys["trail"]:
        raise BadBackup(f"{NAME} holds the keys of another database.")
    if keys["made_at"] < data["made_at"]:
        raise BadBackup(f"{NAME} is older than the backup: what came in between could not be opened. Take the newest.")


def keys_beside(file: Path, named: Path | None) -> Path:
    return named or file.with_name(NAME)

"""Copy a database as it is at one moment, whoever writes meanwhile; put a copy into an empty one; look into it.

SQLite copies through its own backup call, PostgreSQL through pg_dump on an exported snapshot. The data keys are left
out: they have a file of their own (keys.py).
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.audit.trail import head_line
from clinic.backup.envelope import PIECE, BadBackup
from clinic.backup.keys import TABLE, read_keys
from clinic.env import VAR
from clinic.models import AuditEntry
from clinic.sealing.cipher import CannotOpen
from clinic.sealing.fields import has_own_key, sealed_fields
from clinic.sealing.keys import has_its_key

RESTORED = "restored"
Manifest = dict[str, Any]


class Snapshot(NamedTuple):
    """A database as it is at one moment. The keys are read before the rest."""

    manifest: Manifest
    keys: Iterator[bytes]
    pieces: Iterator[bytes]


def manifest_of(alias: str) -> Manifest:
    """Return what a copy is compared by: rows in each table, the audit trail's head, and whose trail it is."""
    there = connections[alias]
    with there.cursor() as cursor:
        tables = sorted(set(there.introspection.table_names(cursor)) - {TABLE})
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {there.ops.quote_name(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    first = AuditEntry.objects.using(alias).filter(position=1).values_list("mac", flat=True).first()
    return {"vendor": there.vendor, "counts": counts, "head": head_line(using=alias), "trail": first}


def read_pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Yield the manifest, the keys and the bytes of the database as it is now."""
    with snapshot_of_sqlite() if connection.vendor == "sqlite" else snapshot_of_postgres() as found:
        yield found


@contextmanager
def snapshot_of_sqlite() -> Iterator[Snapshot]:
    with TemporaryDirectory(dir=VAR, prefix="backup-") as folder:
        copy = Path(folder) / "copy.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        with using_database(sqlite_settings(copy)):
            yield Snapshot(manifest_of(RESTORED), read_keys(RESTORED), pieces_without_keys(copy))


def pieces_without_keys(copy: Path) -> Iterator[bytes]:
    """Take the keys out of a copy, those deleted before from its free pages too, and yield what is left."""
    with connections[RESTORED].cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608
        cursor.execute("VACUUM")
    with copy.open("rb") as file:
        yield from read_pieces(file)


@contextmanager
def snapshot_of_postgres() -> Iterator[Snapshot]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [name] = cursor.fetchone()
        manifest = manifest_of(DEFAULT_DB_ALIAS)
        command = [tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}",
                   f"--exclude-table-data={TABLE}"]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=postgres_environment(connection)) as dump:
            yield Snapshot(manifest, read_keys(DEFAULT_DB_ALIAS), read_pieces(dump.stdout))
            if dump.wait():
                raise BadBackup("pg_dump failed; what it said stands above.")


def tool(name: str) -> str:
    """Return PostgreSQL's own program; raise when it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise BadBackup(f"{name} is not installed. Install PostgreSQL's client programs.")
    return found


def postgres_environment(there: BaseDatabaseWrapper, database: str = "") -> dict[str, str]:
    """Return libpq's environment for a connection: the password stays out of the process list."""
    names = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
             "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
    given = {**there.settings_dict.get("OPTIONS", {}), **there.get_connection_params()}
    found = {names[name]: str(value) for name, value in given.items() if name in names and value}
    return {**os.environ, **found, **({"PGDATABASE": database} if database else {})}


def is_empty() -> bool:
    """Say whether there is nothing in the database that a restored copy could destroy."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return not path.exists() or not connection.introspection.table_names()
    return not connection.introspection.table_names()


def restore(pieces: Iterator[bytes], database: str = "") -> None:
    """Put a copy into the configured database, which is empty, or into another one of that server."""
    if connection.vendor == "sqlite":
        connection.close()
        path = database or connection.settings_dict["NAME"]
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in pieces:
                file.write(piece)
        return
    environment = postgres_environment(connection, database)
    command = [tool("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
               f"--dbname={environment['PGDATABASE']}"]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        for piece in pieces:
            process.stdin.write(piece)  # type: ignore[union-attr]
        process.stdin.close()  # type: ignore[union-attr]
        if process.wait():
            raise BadBackup("pg_restore failed; what it said stands above.")


@contextmanager
def restored_copy(pieces: Iterator[bytes]) -> Iterator[str]:
    """Restore into a database of its own for as long as the block runs; yield its alias."""
    if connection.vendor == "sqlite":
        with TemporaryDirectory(dir=VAR, prefix="verify-") as folder:
            copy = Path(folder) / "copy.sqlite3"
            restore(pieces, str(copy))
            with using_database(sqlite_settings(copy)):
                yield RESTORED
        return
    name = f"previsit_verify_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        restore(pieces, name)
        with using_database({**connection.settings_dict, "NAME": name}):
            yield RESTORED
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def sqlite_settings(path: Path) -> dict[str, Any]:
    return {**connection.settings_dict, "NAME": str(path), "OPTIONS": {}}


@contextmanager
def using_database(database: dict[str, Any]) -> Iterator[None]:
    """Give Django a second database for a while."""
    connections.databases[RESTORED] = database
    try:
        yield
    finally:
        connections[RESTORED].close()
        del connections[RESTORED]
        del connections.databases[RESTORED]


def faults_in(alias: str, manifest: Manifest) -> Iterator[str]:
    """Yield what is wrong with a restored copy: rows missing, another head, sealed values that do not open."""
    found = manifest_of(alias)
    for table, count in manifest["counts"].items():
        if found["counts"].get(table) != count:
            yield f"{table}: {found['counts'].get(table, 'no table')} rows, {count} expected"
    if found["head"] != manifest["head"]:
        yield "the head of the audit trail is another"
    for model in apps.get_models():
        for field in sealed_fields(model):
            yield from unopened(alias, model, field.name)


def unopened(alias: str, model: type[models.Model], name: str) -> Iterator[str]:
    """Open one value of a sealed column for each of ANSWER_KEYS it was sealed under, or the first that has its key."""
    rows: models.QuerySet[models.Model] = models.QuerySet(model, using=alias).exclude(**{f"{name}__isnull": True})
    rows = rows.filter(has_its_key(alias))[:1] if has_own_key(model) else rows.only(name)
    tried: set[bytes] = set()
    for row in rows.iterator(chunk_size=500):
        sealed = row.__dict__[name]
        if sealed.key_id in tried:
            continue
        tried.add(sealed.key_id)
        try:
            getattr(row, name)
        except CannotOpen as error:
            yield str(error)

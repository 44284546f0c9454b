"""Backups: consistent while people write, readable to nobody else, and they can be restored."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings as real_settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.backup.database import RESTORED, sqlite_settings, using_database
from tests.intake.submissions import make_submission, make_unfinished
from tests.settings import TEST_KEYS

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(real_settings.BASE_DIR)


@pytest.fixture(autouse=True)
def a_second_database(transactional_db, monkeypatch, django_db_blocker):
    """Django lets a test reach only databases of the settings; a restored copy is none."""
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", django_db_blocker._real_ensure_connection)


@pytest.fixture
def rows():
    make_submission({"bp-diagnosis": "yes", "bp-controlled": "no"})
    make_unfinished()


@pytest.fixture
def empty_database(tmp_path):
    """Yield the address and Django's settings of a new, empty database."""
    if connection.vendor == "sqlite":
        path = tmp_path / "restored.sqlite3"
        yield f"sqlite:///{path}", sqlite_settings(path)
        return
    name = f"previsit_restored_{uuid4().hex[:10]}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    url = os.environ["TEST_DATABASE_URL"]
    yield (
        urlsplit(url)._replace(path=f"/{name}").geturl(),  # what follows the name may say where the server is
        {**connection.settings_dict, "NAME": name},
    )
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def everything(alias):
    there = connections[alias]
    found = {}
    with there.cursor() as cursor:
        for table in there.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            found[table] = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor)
    return found


def manage(*words, url):
    keys = {"ANSWER_KEYS": "answers", "INDEX_KEY": "index", "AUDIT_KEYS": "audit", "BACKUP_KEY": "backup"}
    environment = {name: TEST_KEYS[key] for name, key in keys.items()}
    environment |= {"SECRET_KEY": real_settings.SECRET_KEY, "SITE_URL": "http://localhost", "DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def test_a_backup_restores_into_an_empty_database_with_every_row(rows, tmp_path, empty_database):
    url, settings_of_new = empty_database
    file = tmp_path / "backup"
    call_command("backup", str(file))
    before = everything("default")

    done = manage("restore", str(file), url=url)

    assert done.returncode == 0, done.stderr
    with using_database(settings_of_new):
        assert everything(RESTORED) == before
    checked = manage("verify_audit", url=url)
    assert "The audit trail holds" in checked.stdout, checked.stderr
    again = manage("restore", str(file), url=url)
    assert "not empty" in again.stderr


def test_a_backup_is_of_one_moment_while_people_write(rows, tmp_path):
    stop, written = Event(), Event()

    def write():
        with closing(connection):
            while not stop.wait(0.002):  # a breath: every row that it writes is verified below
                with transaction.atomic():
                    record(None, Action.RECORD_READ, actor="writer")
                written.set()

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            written.clear()
            assert written.wait(30)
            call_command("backup", str(tmp_path / f"{number}"))
    finally:
        stop.set()
        writer.join()

    for number in range(3):
        call_command("verify_backup", str(tmp_path / f"{number}"))


def test_a_backup_shows_nothing_and_is_for_its_owner_only(rows, tmp_path):
    file = tmp_path / "backup"
    call_command("backup", str(file))

    content = file.read_bytes()
    assert b"intake_submission" not in content
    assert b"CREATE TABLE" not in content
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("harm", ["flipped", "cut", "other key", "no backup"])
def test_a_backup_that_is_not_whole_is_refused(rows, tmp_path, harm, settings):
    file = tmp_path / "backup"
    call_command("backup", str(file))
    content = bytearray(file.read_bytes())
    if harm == "flipped":
        content[len(content) // 2] ^= 1
    elif harm == "cut":
        del content[-20:]
    elif harm == "other key":
        settings.BACKUP_KEY = TEST_KEYS["old"]
    else:
        content[:4] = b"abcd"
    file.write_bytes(bytes(content))

    with pytest.raises(CommandError, match=r"changed or cut short|no backup"):
        call_command("verify_backup", str(file))


def test_verify_backup_names_a_sealed_value_that_no_key_opens(rows, tmp_path, settings):
    file = tmp_path / "backup"
    call_command("backup", str(file))
    settings.ANSWER_KEYS = [TEST_KEYS["old"]]

    with pytest.raises(CommandError, match="sealed under a key that is not in ANSWER_KEYS"):
        call_command("verify_backup", str(file))


def test_a_backup_needs_its_key_and_never_writes_over_a_file(tmp_path, settings):
    (tmp_path / "there").write_text("x")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(tmp_path / "there"))

    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="BACKUP_KEY is not set"):
        call_command("backup", str(tmp_path / "new"))

"""Backups: consistent while people write, readable to nobody else, and they can be restored."""

import os
import subprocess
import sys
from contextlib import closing
from io import StringIO
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
from clinic.backup.database import RESTORED, restored_copy, snapshot, sqlite_settings, using_database
from clinic.backup.files import opened, write
from clinic.backup.keys import NAME, put_keys
from clinic.models import DataKey
from clinic.sealing.cipher import CannotOpen
from intake.models import Draft, LookupHash, SealedPart, Submission, UnfinishedForm
from intake.models.retention import delete_contents, empty_for_good, hold, shred_unsent
from intake.review.actions import add_note
from tests.intake.submissions import make_draft, make_staff, make_submission, make_unfinished
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


def test_what_was_deleted_stays_deleted_whichever_backup_is_restored(tmp_path, empty_database):
    url, settings_of_new = empty_database
    gone, kept = (make_submission({"legal-name": name}) for name in ("Gone Person", "Kept Person"))
    add_note(gone, by=make_staff("nurse"), text="A note on Gone Person.")
    left, pruned = make_unfinished(), make_draft({"legal-name": "Pruned Person"})
    hold(gone, held=True, by="test")
    first, keys = tmp_path / "monday", tmp_path / NAME
    call_command("backup", str(first))
    hold(gone, held=False, by="test")
    delete_contents(gone, reason="request", by="test")
    empty_for_good(left, "retention", "test")
    shred_unsent([pruned.pk])
    call_command("backup", str(tmp_path / "tuesday"))

    with opened(first) as (_manifest, pieces), opened(keys, "keys") as (_same, lines), restored_copy(pieces) as alias:
        assert not DataKey.objects.using(alias).exists()
        put_keys(lines, alias)
        copies = Submission.objects.using(alias)
        assert copies.get(pk=kept.pk).identity["legal-name"] == "Kept Person"
        parts = SealedPart.objects.using(alias).filter(submission=gone)
        assert parts.count() == 1
        for shredded in (
            lambda: copies.get(pk=gone.pk).identity,
            lambda: parts.get().value,
            lambda: Draft.objects.using(alias).get(pk=pruned.pk).answers,
            lambda: UnfinishedForm.objects.using(alias).get().contact,
        ):
            with pytest.raises(CannotOpen, match="its key was deleted"):
                shredded()
    out = StringIO()
    call_command("verify_backup", str(first), stdout=out)
    assert "Deleted since, and not to be opened: intake.SubmissionContent: the key of 1 rows" in out.getvalue()

    done = manage("restore", str(first), url=url)

    assert "1 forms were deleted after this backup was made" in done.stdout, done.stderr
    checked = manage("verify_audit", url=url)
    assert "The audit trail holds" in checked.stdout, checked.stderr
    with using_database(settings_of_new):
        there = Submission.objects.using(RESTORED)
        assert there.get(pk=kept.pk).identity["legal-name"] == "Kept Person"
        assert (there.get(pk=gone.pk).identity, there.get(pk=gone.pk).deletion.reason) == (
            {},
            "deleted after the backup",
        )
        assert not LookupHash.objects.using(RESTORED).filter(submission=gone).exists()
        assert UnfinishedForm.objects.using(RESTORED).get().contact is None
        assert not Draft.objects.using(RESTORED).filter(pk__in=[gone.draft_id, pruned.pk]).exists()


@pytest.mark.once  # PostgreSQL dumps rows, no pages
def test_no_key_is_left_in_the_free_pages_of_a_copy(tmp_path):
    submission = make_submission()
    raw = bytes(DataKey.objects.get(pk=submission.draft_id).__dict__["wrapped"])
    with snapshot() as found:
        assert raw.hex() in b"".join(found.keys).decode()
        assert raw not in b"".join(found.pieces)


def test_a_file_of_keys_that_does_not_fit_is_refused(rows, tmp_path, empty_database, settings):
    url, _settings_of_new = empty_database
    file, keys, old = tmp_path / "backup", tmp_path / NAME, tmp_path / "old.keys"
    call_command("backup", str(tmp_path / "before"))
    keys.rename(old)
    call_command("backup", str(file))
    assert "older than the backup" in manage("restore", str(file), "--keys", str(old), url=url).stderr
    assert "holds data, not keys" in manage("restore", str(file), "--keys", str(file), url=url).stderr
    with opened(keys, "keys") as (head, _lines):
        pass
    keys.unlink()
    write(keys, {**head, "trail": "another"}, [])
    assert "keys of another database" in manage("restore", str(file), url=url).stderr
    with pytest.raises(CommandError, match="keys of another database"):
        call_command("backup", str(tmp_path / "next"))
    assert not (tmp_path / "next").exists()

    settings.BACKUP_KEYS = [TEST_KEYS["old"], TEST_KEYS["backup"]]  # the key was changed meanwhile
    keys.unlink()
    call_command("backup", str(tmp_path / "next"))
    call_command("verify_backup", str(file))


def test_keys_that_are_lost_are_found_and_never_taken_out_of_the_file(rows, tmp_path, capsys):
    call_command("backup", str(tmp_path / "backup"))
    kept = (tmp_path / NAME).read_bytes()
    DataKey.objects.filter(pk=Submission.objects.get().draft_id).delete()

    with pytest.raises(CommandError, match="the key of 1 rows is lost"):
        call_command("backup", str(tmp_path / "next"))

    assert (tmp_path / NAME).read_bytes() == kept
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert "intake.SubmissionContent: the key of 1 rows is lost" in capsys.readouterr().err


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
    assert sorted(tmp_path.iterdir()) == [file, tmp_path / NAME]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


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
        settings.BACKUP_KEYS = [TEST_KEYS["old"]]
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

    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_KEY is not set"):
        call_command("backup", str(tmp_path / "new"))

from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.test import RequestFactory
from django.test.utils import isolate_apps

from clinic.audit.actions import Action
from clinic.audit.binding import BoundRow, digest_of
from clinic.audit.trail import breaks, is_before, record
from clinic.models import AuditEntry, AuditHead
from tests.settings import TEST_KEYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("table_owner")]
COLUMNS = "position, at, actor, action, subject, address, detail, binds, key_id, mac"


@isolate_apps("intake")
def test_one_digest_stands_for_rows_in_any_order_and_tells_their_tables_apart():
    class One(BoundRow):
        text = models.TextField()

        class Meta:
            app_label = "intake"

    class Other(BoundRow):
        text = models.TextField()

        class Meta:
            app_label = "intake"

    assert digest_of([One(text="a"), One(text="b")]) == digest_of([One(text="b"), One(text="a")])
    assert digest_of([One(text="a")]) != digest_of([Other(text="a")])


@pytest.fixture
def trail():
    for number in range(1, 6):
        record(None, Action.RECORD_READ, f"subject:{number}", actor="somebody")


def sql(statement, *values):
    """Do to the table what somebody with a database shell can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def places():
    return [place.position for place in breaks()]


def test_record_keeps_who_what_when_and_where_and_no_more(django_user_model):
    request = RequestFactory().get("/?name=Ana", REMOTE_ADDR="192.0.2.9")
    request.user = django_user_model.objects.create_user("nina")

    entry = record(request, Action.SUBMISSION_READ, "submission:ABCD2345")

    kept = AuditEntry.objects.get()
    assert kept == entry
    assert (kept.position, kept.actor, kept.action, kept.subject, kept.address) == (
        1,
        "nina",
        "submission.read",
        "submission:ABCD2345",
        "192.0.2.9",
    )


def test_verify_audit_says_that_a_whole_trail_holds(trail, capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out == "The audit trail holds: 5 entries.\n"


def test_verify_audit_holds_on_an_empty_trail(capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out == "The audit trail holds: 0 entries.\n"


@pytest.mark.parametrize("position", [1, 3, 5])
@pytest.mark.parametrize("column", ["actor", "action", "subject", "address", "mac"])
def test_verify_audit_finds_an_edited_row(trail, position, column, capsys):
    sql(f"UPDATE clinic_auditentry SET {column} = 'other' WHERE position = %s", position)  # noqa: S608

    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit")

    assert stopped.value.code == 1
    assert f"position {position}: " in capsys.readouterr().err


@pytest.mark.parametrize("position", [1, 3, 5])
def test_verify_audit_finds_an_edited_time(trail, position):
    sql("UPDATE clinic_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE position = %s", position)

    assert position in places()


@pytest.mark.parametrize("position", [1, 3, 5])
def test_verify_audit_finds_a_deleted_row(trail, position):
    sql("DELETE FROM clinic_auditentry WHERE position = %s", position)

    assert position in places()


def test_verify_audit_finds_a_deleted_row_whose_gap_was_closed(trail):
    sql("DELETE FROM clinic_auditentry WHERE position = 3")
    sql("UPDATE clinic_auditentry SET position = 3 WHERE position = 4")
    sql("UPDATE clinic_auditentry SET position = 4 WHERE position = 5")

    assert 3 in places()


def test_verify_audit_finds_all_rows_deleted(trail):
    sql("DELETE FROM clinic_auditentry")

    assert places() == [1]


def test_verify_audit_finds_a_row_inserted_in_the_middle(trail):
    for position in (5, 4, 3):
        sql("UPDATE clinic_auditentry SET position = position + 1 WHERE position = %s", position)
    sql(f"INSERT INTO clinic_auditentry ({COLUMNS}) SELECT 3, {COLUMNS[10:]} "  # noqa: S608
        "FROM clinic_auditentry WHERE position = 2")  # fmt: skip

    assert 3 in places()


def test_verify_audit_finds_a_row_added_at_the_end(trail):
    sql(f"INSERT INTO clinic_auditentry ({COLUMNS}) SELECT 6, {COLUMNS[10:]} "  # noqa: S608
        "FROM clinic_auditentry WHERE position = 5")  # fmt: skip

    assert 6 in places()


def test_verify_audit_finds_two_rows_in_each_others_place(trail):
    for before, after in ((2, 99), (3, 2), (99, 3)):
        sql("UPDATE clinic_auditentry SET position = %s WHERE position = %s", after, before)

    assert {2, 3} <= set(places())


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE clinic_audithead SET count = 4",
        "UPDATE clinic_audithead SET last_mac = 'x'",
        "UPDATE clinic_audithead SET mac = 'x'",
        "DELETE FROM clinic_audithead",
    ],
)
def test_verify_audit_finds_a_changed_head(trail, tampering):
    sql(tampering)

    assert places() == [5]


def test_verify_audit_finds_a_cut_tail_with_a_head_set_back(trail):
    sql("DELETE FROM clinic_auditentry WHERE position = 5")
    sql("UPDATE clinic_audithead SET count = 4, last_mac = (SELECT mac FROM clinic_auditentry WHERE position = 4)")

    assert places() == [4]


def test_verify_audit_under_another_key_holds_nowhere(trail, settings):
    settings.AUDIT_KEYS = [settings.INDEX_KEY]

    assert set(places()) == {1, 2, 3, 4, 5}


def test_verify_audit_head_tells_a_restored_older_copy(trail, capsys):
    call_command("verify_audit", "--head")
    kept_elsewhere = capsys.readouterr().out
    record(None, Action.RECORD_READ)

    call_command("verify_audit", "--head")

    assert kept_elsewhere.startswith("audit-head 5 ")
    assert capsys.readouterr().out != kept_elsewhere


def test_entries_are_written_once(trail):
    entry = AuditEntry.objects.first()

    for forbidden in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["actor"]),
    ):
        with pytest.raises(TypeError):
            forbidden()


def test_record_goes_back_with_its_transaction_and_leaves_no_gap(trail):
    def record_and_stop():
        with transaction.atomic():
            record(None, Action.RECORD_READ)
            raise LookupError

    with pytest.raises(LookupError):
        record_and_stop()

    record(None, Action.RECORD_READ)

    assert AuditEntry.objects.count() == 6
    assert places() == []


def test_record_refuses_to_write_beside_a_head_that_is_gone(trail):
    AuditHead.objects.all().delete()

    with pytest.raises(Exception, match=r"UNIQUE|unique"), transaction.atomic():
        record(None, Action.RECORD_READ)


@pytest.mark.django_db(transaction=True)
def test_record_by_many_writers_at_once_loses_nothing_and_holds_all_the_while():
    writers, each = 8, 12
    start, errors = Barrier(writers), []

    def write(number):
        try:
            start.wait()
            for turn in range(each):
                with transaction.atomic():
                    record(None, Action.RECORD_READ, f"{number}:{turn}", actor=f"writer {number}")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=write, args=[number]) for number in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert places() == []  # who verifies meanwhile raises no alarm
    for thread in threads:
        thread.join()

    assert errors == []
    assert list(AuditEntry.objects.order_by("position").values_list("position", flat=True)) == list(
        range(1, writers * each + 1)
    )
    assert places() == []


def test_a_newer_key_signs_and_the_older_one_still_verifies(trail, settings):
    older = settings.AUDIT_KEYS
    settings.AUDIT_KEYS = [TEST_KEYS["old"], *older]

    entry = record(None, Action.RECORD_READ)

    assert entry.key_id != AuditEntry.objects.get(position=1).key_id
    assert list(breaks()) == []
    settings.AUDIT_KEYS = [TEST_KEYS["old"]]
    assert next(breaks()).position == 1


@pytest.mark.parametrize("column", ["detail", "binds"])
def test_what_changed_and_which_rows_were_written_is_under_the_mac(trail, column):
    entry = record(None, Action.RECORD_CHANGED, "user:5", detail="groups: +clinician", binds="0" * 64)
    assert list(breaks()) == []

    sql(f"UPDATE clinic_auditentry SET {column} = 'other' WHERE position = %s", entry.position)  # noqa: S608

    assert places() == [entry.position]


def test_verify_audit_finds_the_head_of_a_history_that_was_replaced_by_another_as_long(trail):
    older = AuditHead.objects.get()
    record(None, Action.SUBMISSION_READ, "submission:ABCD2345")
    newer = AuditHead.objects.get()
    sql("DELETE FROM clinic_auditentry WHERE position = 6")
    older.save()
    record(None, Action.RECORD_READ)
    newer.save()

    assert places() == [6]


def test_a_tail_cut_by_who_noted_an_older_head_is_found_by_one_kept_elsewhere(trail, tmp_path, capsys):
    older = AuditHead.objects.get()
    record(None, Action.RECORD_READ, "submission:ABCD2345")
    call_command("verify_audit", head=True)
    kept = tmp_path / "app.log"
    kept.write_text(f"2026-11-26 04:00:00 INFO clinic.audit: {capsys.readouterr().out}")
    call_command("verify_audit", since=kept)
    sql("DELETE FROM clinic_auditentry WHERE position = 6")
    older.save()
    record(None, Action.RECORD_READ, "submission:OTHER234")

    call_command("verify_audit")  # by itself the trail that goes on from the older head holds
    with pytest.raises(SystemExit):
        call_command("verify_audit", since=kept)
    assert "this head is not in the trail: audit-head 6" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "is_so"), [("audit-head 0 -", True), ("audit-head 5", False), ("audit-head x -", False)]
)
def test_a_trail_goes_on_from_no_entry_and_not_from_half_a_head(trail, line, is_so):
    assert is_before(line) is is_so


def test_a_file_without_a_head_is_no_proof(trail, tmp_path):
    (tmp_path / "x").write_text("nothing here\n")

    with pytest.raises(CommandError, match="names no head"):
        call_command("verify_audit", since=tmp_path / "x")

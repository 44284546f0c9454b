"""The outbox: mails to staff that say nothing of the person, sent through a real SMTP server."""

import socketserver
import threading
from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from clinic.checks import keep_setup_gaps
from clinic.models import AuditEntry, Clinic, Duty
from intake.models import Message, Submission, UnfinishedForm
from intake.models import messages as outbox
from intake.review.presence import others_here
from tests.intake.cases import SEVERAL_DAYS
from tests.intake.submissions import make_staff, make_submission
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
CRISIS = {"phq9-q9": SEVERAL_DAYS, "legal-name": "Zoe Verysecret"}


class SmtpServer(socketserver.ThreadingTCPServer):
    """A mail server of the few words that a client needs; keeps what it was sent."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[str] = []
        super().__init__(("127.0.0.1", 0), SmtpTalk)


class SmtpTalk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.server.mails.append(self.read_mail())  # type: ignore[attr-defined]
            self.say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def read_mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail_server(settings):
    server = SmtpServer()
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    settings.EMAIL_USE_TLS = False
    settings.MAIL_IS_SET = True
    settings.SITE_URL = "https://clinic.example"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def nurse():
    return make_staff("nurse", email="nurse@clinic.example", is_told_by_mail=True)


def test_a_crisis_reaches_the_people_on_the_list_with_a_link_and_nothing_else(mail_server, nurse):
    make_staff("clinician", "off-list", email="off@clinic.example")
    make_staff("front desk", email="desk@clinic.example", is_told_by_mail=True)
    submission = make_submission(CRISIS)

    call_command("send_messages")

    (mail,) = mail_server.mails
    assert "To: nurse@clinic.example" in mail
    assert f"https://clinic.example/admin/intake/submission/{submission.pk}/" in mail.replace("=\r\n", "")
    assert "A form needs you" in mail
    for secret in ("Zoe", "Verysecret", "crisis", "PHQ", "SR-", "555 01", submission.reference):
        assert secret not in mail
    assert Message.objects.get().sent_at is not None


def test_a_quiet_form_and_a_review_tell_nobody(nurse):
    make_submission()
    make_submission({"med-benzo": "yes"})

    assert not Message.objects.exists()


def test_sending_twice_sends_once(mail_server, nurse):
    make_submission(CRISIS)

    call_command("send_messages")
    call_command("send_messages")

    assert len(mail_server.mails) == 1


def test_what_fails_is_kept_and_tried_again_later(settings, nurse, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_IS_SET = "127.0.0.1", 9, True
    make_submission(CRISIS)
    before = timezone.now()

    call_command("send_messages")
    call_command("send_messages")

    message = Message.objects.get()
    assert (message.tries, message.sent_at, message.error) == (1, None, "ConnectionRefusedError")
    assert message.next_try_at >= before + timedelta(minutes=1)
    assert "1 failed and tried again later" in capsys.readouterr().out


def test_an_outbox_that_cannot_be_written_does_not_lose_the_form(monkeypatch, nurse):
    def broken() -> list[object]:
        raise DatabaseError("no")

    monkeypatch.setattr(outbox, "people_told", broken)

    make_submission(CRISIS)

    assert Submission.objects.count() == 1
    assert not Message.objects.exists()


def test_an_unfinished_crisis_form_tells_staff_and_again_when_another_rule_fires(nurse):
    form = UnfinishedForm.objects.create(**unfinished_columns())
    outbox.tell_staff(unfinished=form)
    Message.objects.get().note_sent(timezone.now())

    outbox.tell_staff(unfinished=form)

    assert (Message.objects.get().sent_at, Message.objects.get().tries) == (None, 0)


def unfinished_columns():
    from tests.intake.submissions import make_draft, make_version

    draft = make_draft()
    return {"draft": draft, "data_key": draft.data_key, "version": make_version(), "rules": ["SR-C2"], "rank": 1}


def test_the_worklist_says_when_mail_is_late(client, nurse):
    make_submission(CRISIS)
    sign_in(client, make_staff("clinician"))
    assert "could not be sent" not in client.get("/admin/intake/submission/").content.decode()

    Message.objects.update(created_at=timezone.now() - timedelta(minutes=11))

    assert "could not be sent" in client.get("/admin/intake/submission/").content.decode()


@pytest.fixture
def second():
    """Somebody who is on duty at any hour, and a clinic that has turned the second mail on."""
    clinic = Clinic(pk=1, escalate_after=15)
    clinic.save()
    user = make_staff("clinician", "second", email="second@clinic.example")
    for day in range(7):
        Duty.objects.create(clinic=clinic, user=user, weekday=day, starts_at=time(0), ends_at=time(0))
    return user


def test_nobody_is_told_second_until_an_owner_turns_it_on(second):
    Clinic.objects.update(escalate_after=None)
    make_submission(CRISIS, now=timezone.now() - timedelta(hours=5))

    call_command("send_messages")

    assert not Message.objects.filter(is_second=True).exists()


def test_a_crisis_nobody_opened_goes_to_the_second_person_once(mail_server, nurse, second):
    long_ago = timezone.now() - timedelta(minutes=16)
    left = make_submission(CRISIS, now=long_ago)
    opened = make_submission(CRISIS, now=long_ago)
    others_here(opened, nurse)
    make_submission(now=long_ago)
    make_submission(CRISIS)

    call_command("send_messages")
    call_command("send_messages")

    (mail,) = [mail for mail in mail_server.mails if "To: second@clinic.example" in mail]
    assert f"/admin/intake/submission/{left.pk}/" in mail.replace("=\r\n", "")
    assert "nobody has opened it yet" in mail
    assert not [secret for secret in ("Zoe", "Verysecret", "crisis", "SR-", left.reference) if secret in mail]
    (row,) = AuditEntry.objects.filter(action="submission.escalate")
    assert (row.subject, row.detail) == (left.subject, "second")


def test_an_unfinished_crisis_form_goes_to_the_second_person(second):
    form = UnfinishedForm.objects.create(**unfinished_columns(), first_at=timezone.now() - timedelta(hours=1))

    call_command("send_messages")

    assert Message.objects.get(is_second=True).unfinished == form


@pytest.mark.parametrize(
    ("hour", "is_on"),
    [
        (datetime(2026, 11, 23, 21, 59), False),
        (datetime(2026, 11, 23, 22), True),
        (datetime(2026, 11, 24, 5, 59), True),
        (datetime(2026, 11, 24, 6), False),
    ],
)
def test_hours_on_duty_may_go_past_midnight(hour, is_on):
    assert Duty(weekday=0, starts_at=time(22), ends_at=time(6)).covers(hour) is is_on


def test_the_rota_takes_only_who_may_read_and_has_an_address():
    for user in (make_staff("front desk", email="x@clinic.example"), make_staff("nurse")):
        with pytest.raises(ValidationError):
            Duty(user=user, weekday=0).clean()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda user: setattr(user, "is_active", False), "their account is not active"),
        (lambda user: setattr(user, "email", ""), "they have no email address"),
        (lambda user: user.groups.clear(), "they may not read forms"),
    ],
    ids=["left", "no mail", "not clinical"],
)
def test_who_cannot_be_told_does_not_count_and_the_owner_reads_it(client, second, change, why):
    change(second)
    second.save()
    make_submission(CRISIS, now=timezone.now() - timedelta(hours=5))

    call_command("send_messages")
    keep_setup_gaps()
    page = sign_in(client, make_staff("owner")).get("/admin/", follow=True).content.decode()

    assert not Message.objects.filter(is_second=True).exists()
    assert f"second is on the rota, but {why}." in page
    assert "Nobody on the rota can be told" in page

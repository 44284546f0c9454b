"""Mail that a form needs somebody: a link, and nothing about the person."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models.messages import Message


def send_due() -> tuple[int, int]:
    """Send what is due, one at a time; return how many went out, and how many failed."""
    if not settings.MAIL_IS_SET:
        return 0, 0
    sent = failed = 0
    for pk in list(Message.objects.due(timezone.now()).values_list("pk", flat=True)[:200]):
        outcome = send_one(pk)
        sent, failed = sent + (outcome is True), failed + (outcome is False)
    return sent, failed


@transaction.atomic
def send_one(pk: UUID) -> bool | None:
    """Send one message under its lock; None when somebody else has it or sent it."""
    skip = connection.features.has_select_for_update_skip_locked
    waiting = Message.objects.select_for_update(skip_locked=skip, of=("self",)).filter(pk=pk, sent_at=None)
    message = waiting.select_related("to").first()
    if message is None:
        return None
    try:
        make_mail(message).send()
    except Exception as error:
        message.note_failure(error, timezone.now())
        return False
    message.note_sent(timezone.now())
    return True


def make_mail(message: Message) -> EmailMessage:
    if message.submission_id:
        path = reverse("admin:intake_submission_page", args=[message.submission_id])
    else:
        path = reverse("admin:intake_unfinishedform_page", args=[message.unfinished_id])
    title = _("A form needs you: nobody has opened it yet") if message.is_second else _("A form needs you")
    text = f"{title}.\n\n{settings.SITE_URL.rstrip('/')}{path}\n"
    return EmailMessage(title, text, to=[message.to.email], connection=get_connection())

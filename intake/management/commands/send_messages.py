"""Send the mails that wait in the outbox."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.models import Clinic
from intake.review.escalation import escalate
from intake.review.mail import send_due
from intake.review.worklist import wake_due


class Command(BaseCommand):
    help = "Sends the mails that wait, and brings delayed forms back on their day. Run it every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.current()
        wake_due(clinic.today())
        escalate(clinic, timezone.now())
        sent, failed = send_due()
        if not settings.MAIL_IS_SET:
            self.stderr.write("No mail server is set (EMAIL_HOST): nothing is sent.")
        elif sent or failed:
            self.stdout.write(f"Messages: {sent} sent, {failed} failed and tried again later.")

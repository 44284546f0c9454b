"""The outbox: a mail to each person on the clinic's list when a form needs somebody."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from intake.models.drafts import UnfinishedForm
from intake.models.submissions import Submission

logger = logging.getLogger(__name__)
MOST_TRIES = 12
LONGEST_WAIT = timedelta(hours=1)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> Self:
        return self.filter(sent_at=None, tries__lt=MOST_TRIES, next_try_at__lte=now).order_by("next_try_at")

    def late(self, now: datetime) -> Self:
        """Those that should long have been sent."""
        return self.filter(sent_at=None, created_at__lt=now - timedelta(minutes=10))


class Message(models.Model):
    """One mail to one colleague about one form. It holds no name and nothing about health."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.CASCADE, null=True, blank=True, related_name="+")
    unfinished = models.ForeignKey(UnfinishedForm, models.CASCADE, null=True, blank=True, related_name="+")
    is_second = models.BooleanField(default=False)  # nobody had opened the form in time
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True)  # the kind of fault, never its text

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        default_permissions = ()
        indexes = [models.Index(fields=["next_try_at"], condition=Q(sent_at=None), name="message_due")]
        constraints = [
            models.UniqueConstraint(fields=["to", "submission", "is_second"], name="one_message_a_form"),
            models.UniqueConstraint(fields=["to", "unfinished", "is_second"], name="one_message_an_unfinished_form"),
            models.CheckConstraint(
                condition=Q(submission__isnull=True) ^ Q(unfinished__isnull=True), name="message_about_one"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def note_failure(self, error: Exception, now: datetime) -> None:
        """Try again later, each time after twice as long."""
        self.tries += 1
        self.error = type(error).__name__[:60]
        self.next_try_at = now + min(timedelta(minutes=2 ** (self.tries - 1)), LONGEST_WAIT)
        self.save(update_fields=["tries", "error", "next_try_at"])

    def note_sent(self, now: datetime) -> None:
        self.tries, self.sent_at, self.error = self.tries + 1, now, ""
        self.save(update_fields=["tries", "sent_at", "error"])


def people_told() -> list[User]:
    """Return who is on the clinic's list: active, with an address, and allowed to read what they are called to."""
    listed = User.objects.filter(is_active=True, is_told_by_mail=True).exclude(email="")
    return [user for user in listed if user.has_perm("intake.read_clinical")]


def tell_second(users: Iterable[User], *, submission: Submission | None, unfinished: UnfinishedForm | None) -> None:
    """Put the mail to the second person into the outbox: once a form and person."""
    for user in users:
        Message.objects.get_or_create(to=user, submission=submission, unfinished=unfinished, is_second=True)


def tell_staff(*, submission: Submission | None = None, unfinished: UnfinishedForm | None = None) -> None:
    """Put a mail about a form into the outbox. Whatever goes wrong here must not lose the form."""
    try:
        with transaction.atomic():
            for user in people_told():
                again = {"sent_at": None, "tries": 0, "next_try_at": timezone.now()}
                Message.objects.update_or_create(
                    to=user, submission=submission, unfinished=unfinished, is_second=False, defaults=again
                )
    except DatabaseError:
        logger.exception("A message could not be put into the outbox.")

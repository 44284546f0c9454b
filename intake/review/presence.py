"""Who else has a submission open: told, never locked."""

from datetime import timedelta

from django.utils import timezone

from clinic.models import User
from intake.models import Presence, Submission
from intake.review.actions import name_of

HERE = timedelta(minutes=5)


def others_here(submission: Submission, user: User) -> list[str]:
    """Note that this person has it open, and name the others who opened it in the last minutes."""
    now = timezone.now()
    Presence.objects.update_or_create(submission=submission, user=user, defaults={"seen_at": now})
    others = Presence.objects.filter(submission=submission, seen_at__gte=now - HERE).exclude(user=user)
    return [name_of(one.user) for one in others.select_related("user").order_by("-seen_at")]

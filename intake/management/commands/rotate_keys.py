"""Seal anew under the newest key of ANSWER_KEYS what is sealed under it: the forms' data keys, above all."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.sealing.cipher import CannotOpen
from clinic.sealing.fields import has_own_key, reseal, sealed_fields
from clinic.staff.second_factor import reseal_factor

BATCH = 100


class Command(BaseCommand):
    help = (
        "Seals every form's key anew under the first key of ANSWER_KEYS. Can be stopped and run again: what is done "
        "stays done. When it reports none left, the old keys can be taken out. Prints counts only."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        unopened = 0
        for model in apps.get_models():
            if sealed_fields(model) and not has_own_key(model):  # the rest is under data keys, and stays
                counts = rotate(model)
                unopened += counts["not opened"]
                words = ", ".join(f"{number} {name}" for name, number in counts.items())
                self.stdout.write(f"{model._meta.label}: {words}.")
        anew = sum(reseal_factor(factor) for factor in Authenticator.objects.all())
        self.stdout.write(f"Second factors: {anew} sealed anew.")
        record(None, Action.KEYS_ROTATED, actor="command rotate_keys")
        if unopened:
            raise CommandError(f"{unopened} rows do not open with the keys in ANSWER_KEYS. Keep every old key.")


def rotate(model: type[models.Model]) -> dict[str, int]:
    """Go through a table in order of id, a batch in a transaction, so that a stop loses nothing."""
    counts = {"sealed anew": 0, "right already": 0, "not opened": 0}
    rows = model._default_manager.order_by("pk")
    last: Any = None
    while True:
        with transaction.atomic():
            batch = list((rows.filter(pk__gt=last) if last else rows).select_for_update()[:BATCH])
            for row in batch:
                try:
                    counts["sealed anew" if reseal(row) else "right already"] += 1
                except CannotOpen:
                    counts["not opened"] += 1
        if not batch:
            return counts
        last = batch[-1].pk

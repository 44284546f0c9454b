"""Delete what is over: drafts, sessions, limits, addresses. Run it every hour."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.models import Device, KeptForm, KnownAddress, RateLimit
from clinic.staff import devices, kept_forms
from clinic.staff.sign_in import KNOWN_FOR


class Command(BaseCommand):
    help = "Deletes drafts, staff sessions, limits and remembered addresses whose time is over. Prints counts only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also when the clock seems to have jumped")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        call_command("prune_drafts", force=options["force"], stdout=self.stdout)
        call_command("clearsessions", stdout=self.stdout)
        limits, _ = RateLimit.objects.filter(expires_at__lte=now).delete()
        addresses, _ = KnownAddress.objects.filter(seen_at__lte=now - KNOWN_FOR).delete()
        forms, _ = KeptForm.objects.filter(kept_at__lte=now - kept_forms.KEPT_FOR).delete()
        gone, _ = Device.objects.filter(last_at__lte=now - devices.KEPT_FOR).delete()
        self.stdout.write(f"{limits} limits, {addresses} addresses, {forms} kept forms and {gone} devices deleted.")

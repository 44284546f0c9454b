"""Verify the audit trail from its first row to its last."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clinic.audit.trail import breaks
from clinic.models import AuditHead


class Command(BaseCommand):
    help = "Finds an edited, deleted, inserted or reordered audit row; exits 1 and names its position."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", action="store_true", help="print what to keep elsewhere: it tells a restored older copy"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(breaks())
        for place in found:
            self.stderr.write(f"position {place.position}: {place.reason}")
        if found:
            raise SystemExit(1)
        head = AuditHead.objects.filter(pk=1).first() or AuditHead(pk=1)
        if options["head"]:
            self.stdout.write(f"{head.count} {head.mac}")
        else:
            self.stdout.write(f"The audit trail holds: {head.count} entries.")

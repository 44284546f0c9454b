"""Verify the audit trail from its first row to its last, and the rows that it vouches for."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.audit.binding import broken_bindings, further_checks
from clinic.audit.trail import breaks, head_line, is_before

HEAD = "audit-head "


class Command(BaseCommand):
    help = (
        "Finds an edited, deleted, inserted or reordered audit row, and a clinical row that was changed outside "
        "the application; exits 1 and names the position."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", action="store_true", help="print what to keep elsewhere: it tells a cut tail or a restored copy"
        )
        parser.add_argument(
            "--since",
            metavar="FILE",
            type=Path,
            help="log lines or the output of --head; refuses a trail that lacks one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*breaks(), *broken_bindings()]
        for place in found:
            self.stderr.write(f"position {place.position}: {place.reason}")
        derived = [line for check in further_checks for line in check()]
        for line in derived:
            self.stderr.write(line)
        lost = self.lost_since(options["since"]) if options["since"] else []
        for line in lost:
            self.stderr.write(f"this head is not in the trail: {line}")
        if found or derived or lost:
            raise SystemExit(1)
        line = head_line()
        self.stdout.write(line if options["head"] else f"The audit trail holds: {line.split()[1]} entries.")

    def lost_since(self, file: Path) -> list[str]:
        """Return the heads in a file that the trail does not continue."""
        try:
            lines = file.read_text(errors="replace").splitlines()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        heads = [line[line.index(HEAD) :] for line in lines if HEAD in line]
        if not heads:
            raise CommandError(f"{file} names no head of the audit trail.")
        return [head for head in heads if not is_before(head)]

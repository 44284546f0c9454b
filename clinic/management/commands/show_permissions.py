"""Print who may do what: role by object by action, as a Markdown table."""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.staff.groups import GROUPS, TABLE


class Command(BaseCommand):
    help = "Prints who may do what, as docs/permissions.md has it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"| object | action | {' | '.join(GROUPS)} | permission |")
        self.stdout.write("|" + "---|" * (3 + len(GROUPS)))
        for row in TABLE:
            cells = " | ".join("yes" if group in row.groups else "-" for group in GROUPS)
            self.stdout.write(f"| {row.object} | {row.action} | {cells} | `{row.permission}` |")

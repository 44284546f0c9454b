"""Publish the pages whose time has come."""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.models import Clinic
from education.staff.review import publish_due


class Command(BaseCommand):
    help = "Publish the revisions of pages whose time has come; run it every few minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        for revision in publish_due(Clinic.current()):
            self.stdout.write(f"Published: {revision.content_key} ({revision.language}).")

"""Write the content in the database back to files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from education.documents.load import export_folder
from education.models import Page


class Command(BaseCommand):
    help = "Write every page, claim, reference, FAQ entry and glossary term to DIR, in the form load_content reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        for language in Page.objects.order_by("language").values_list("language", flat=True).distinct():
            count = export_folder(options["folder"] / language, language)
            self.stdout.write(f"Content ({language}): {count} files written to {options['folder'] / language}.")

"""Load the content files into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from education.documents.files import ContentError
from education.documents.load import load_folder

CONTENT = Path(__file__).resolve().parents[2] / "content"


class Command(BaseCommand):
    help = (
        "Load pages, claims, references, FAQ and glossary from their files. What staff edited in the admin is kept and "
        "named; --overwrite NAME takes the file for it. What is public under an approval stays until the file is "
        "approved too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=CONTENT, help="holds one folder per language")
        parser.add_argument(
            "--overwrite",
            action="append",
            default=[],
            metavar="NAME",
            help="take the file although the row was edited here: driving-home, claims/iv-05 (can be repeated)",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        folders = sorted(path for path in options["folder"].glob("*") if path.is_dir())
        if not folders:
            raise CommandError(f"{options['folder']} holds no language folders.")
        for folder in folders:
            if folder.name not in dict(settings.LANGUAGES):
                raise CommandError(f"{folder} is not a language of this site.", returncode=2)
        for folder in folders:
            try:
                report = load_folder(folder, folder.name, options["overwrite"])
            except ContentError as error:
                raise CommandError(f"{folder.name}/{error}", returncode=2) from error
            self.stdout.write(
                f"Content ({folder.name}): {len(report.created)} created, {len(report.updated)} updated, "
                f"{len(report.unchanged)} unchanged, {len(report.kept)} kept because edited or approved here."
            )
            if options["verbosity"] > 1:
                self.name("created", report.created)
            self.name("updated", report.updated)
            self.name("kept, edited or approved here", report.kept)
            self.name("waits for an approval, in place of any draft", report.waiting)
            self.name("kept, no longer in the files", report.without_file)

    def name(self, what: str, paths: list[str]) -> None:
        for path in paths:
            self.stdout.write(f"  {what}: {path}")

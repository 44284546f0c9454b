"""Check questionnaires and publish the versions that are new."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from intake.definition.rules import DefinitionError
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import PublishingError, dead_ends, load_folder, publish, shipped
from intake.questionnaires.signs import disagreements


class Command(BaseCommand):
    help = "Checks the questionnaires of the program, or of one folder, and publishes what is new: all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="folder", type=Path, help="a folder with the documents of one version")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        new = []
        for folder in [options["folder"]] if options["folder"] else shipped():
            try:
                version, is_new = publish(load_folder(folder))
            except (DefinitionError, PublishingError) as error:
                raise CommandError(f"{folder}: {error}" if options["folder"] else str(error)) from error
            state = "published" if is_new else "unchanged"
            self.stdout.write(f"{version.slug} {version.version}: {state} ({version.content_hash[:12]})")
            new += [version] if is_new else []
        for version in new:
            # Only what is offered from now on: an older version keeps the words it was signed with.
            is_offered = version == QuestionnaireVersion.objects.latest_published(version.slug)
            if is_offered and (ends := list(dead_ends(version.definition()))):
                raise CommandError(f"{version}: against the content: {'; '.join(ends[:9])}")
            if is_offered and (found := disagreements(version.definition())):
                raise CommandError(f"{version}: against the list of signs for 911: {'; '.join(found)}")

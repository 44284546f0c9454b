"""Check the questionnaire files and publish the versions that are new."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intake.definition.rules import DefinitionError
from intake.questionnaires.publishing import PublishingError, load_folder, publish, shipped


class Command(BaseCommand):
    help = "Checks the questionnaire files and publishes each version that is not published yet."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in shipped():
            try:
                version, is_new = publish(load_folder(folder))
            except (DefinitionError, PublishingError) as error:
                raise CommandError(str(error)) from error
            state = "published" if is_new else "unchanged"
            self.stdout.write(f"{version.slug} {version.version}: {state} ({version.content_hash[:12]})")

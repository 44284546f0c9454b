"""Delete what one submission says at the patient's request; or forbid that by a legal hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intake.models import Submission
from intake.models.retention import Held, delete_contents, hold

ACTOR = "command delete_submission"


class Command(BaseCommand):
    help = "Deletes what one submission says, at the patient's request. --hold forbids it, --release allows it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--yes", action="store_true", help="delete it: this cannot be undone")
        what.add_argument("--hold", action="store_true")
        what.add_argument("--release", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        submission = Submission.objects.filter(reference=options["reference"].upper()).first()
        if submission is None:
            raise CommandError("There is no submission with this reference.")
        if not options["yes"]:
            hold(submission, held=options["hold"], by=ACTOR)
            self.stdout.write("On hold." if options["hold"] else "No longer on hold.")
            return
        try:
            done = delete_contents(submission, reason="request", by=ACTOR)
        except Held as error:
            raise CommandError("It is on hold: nothing was deleted.") from error
        self.stdout.write("Deleted." if done else "It was deleted before.")

"""Fill the desk with made-up people."""

from argparse import ArgumentParser
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.models import Clinic
from intake.models import QuestionnaireVersion, Submission, start_work, write_submission
from intake.questionnaires.demo import fill_in, make_person
from intake.screening.engine import thresholds_in_force
from intake.screening.history import Journey, screen_submission


class Command(BaseCommand):
    help = "Makes submissions of made-up people, to try the desk out. Never on a site that patients use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--unless-any", action="store_true", help="do nothing when there are submissions already")
        parser.add_argument("--yes", action="store_true", help="also where the address is not local")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SITE.is_https or not (settings.SITE.is_local or options["yes"]):
            raise CommandError("This site may have real patients: nothing was made.")
        if options["unless_any"] and Submission.objects.exists():
            return
        clinic = Clinic.current()
        version = QuestionnaireVersion.objects.latest_published(clinic.main_form)
        if version is None:
            raise CommandError("No questionnaire is published yet: run `manage.py load_questionnaires`.")
        random = Random(options["seed"])  # noqa: S311 - nothing here is secret
        made = [make_submission(random, version, clinic) for _ in range(options["number"])]
        self.stdout.write(f"{len(made)} made-up submissions, {sum(one.flags.exists() for one in made)} with flags.")


def make_submission(random: Random, version: QuestionnaireVersion, clinic: Clinic) -> Submission:
    """Make one person, let them answer, and screen the answers as if they had been sent some hours ago."""
    today = clinic.today()
    definition = version.definition()
    response = fill_in(definition, make_person(random, today))
    thresholds = thresholds_in_force(definition, clinic.limits())
    screened = screen_submission(
        response, Journey(crisis={}, tries={}), as_of=today, thresholds=thresholds, language="en"
    )
    identity = {item.link_id for item in definition.identity}
    answers = response.enabled
    submission = write_submission(
        draft_id=UUID(int=random.getrandbits(128), version=4),
        version=version,
        language="en",
        now=timezone.now() - timedelta(minutes=random.randint(1, 5 * 24 * 60)),
        content={
            "identity": {path: value for path, value in answers.items() if path in identity},
            "answers": {path: value for path, value in answers.items() if path not in identity},
            "computed": dict(screened.computed),
            "record": {},
        },
        raised=screened.flags,
        thresholds=thresholds,
        screened_on=today,
    )
    start_work(submission, today)
    return submission

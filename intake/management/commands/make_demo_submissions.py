"""Fill the desk with made-up people."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.models import Clinic
from intake.definition.model import Answer, Definition
from intake.journey.crisis_help import crisis_flags
from intake.journey.drafts import start_draft
from intake.journey.saving import note_agreements, note_crisis, note_notice, screen_answers
from intake.journey.sending import submit
from intake.journey.visit import Visit
from intake.models import Draft, DraftKey, QuestionnaireVersion, Submission, UnfinishedForm
from intake.questionnaires.demo import fill_in, make_person
from intake.response.journey import Journey, Try
from intake.response.response import Response

A_STOP_IN = 10  # one more form a ten is begun and not sent
MOST_PEOPLE = 100
MISSES = 0.2


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
        try:
            self.make(version, clinic, options["number"], options["seed"])
        except IntegrityError as error:
            raise CommandError("The people of this seed are here already: give another --seed.") from error

    def make(self, version: QuestionnaireVersion, clinic: Clinic, number: int, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - nothing here is secret
        made = [make_submission(random, version, clinic) for _ in range(number)]
        stopped = Random(f"{seed} stopped")  # noqa: S311 - one of its own: the people above stay the same
        for place in range(number // A_STOP_IN):
            leave_unfinished(stopped, version, clinic, in_crisis=place % 2 == 0)
        waiting = UnfinishedForm.objects.waiting().count()
        self.stdout.write(f"{len(made)} made-up submissions, {sum(one.flags.exists() for one in made)} with flags.")
        self.stdout.write(
            f"{number // A_STOP_IN} more people stopped on the way; {waiting} forms wait unfinished in crisis."
        )


@transaction.atomic
def make_submission(random: Random, version: QuestionnaireVersion, clinic: Clinic) -> Submission:
    """Make one person, let them answer and sign, and send the form as if that had been some hours ago."""
    definition = version.definition()
    response = fill_in(definition, make_person(random, clinic.today()))
    pk = UUID(int=random.getrandbits(128), version=4)
    now = timezone.now() - timedelta(minutes=random.randint(1, 5 * 24 * 60))
    times = {"created_at": now, "saved_at": now, "expires_at": now}
    draft = Draft(id=pk, version=version, lifetime=timedelta(), answers=response.answers, **times)
    visit = Visit(draft, clinic, now)
    way = note_notice(Journey(tries=tries_of(Random(pk.int), definition, now)), visit)  # noqa: S311
    draft.journey = note_agreements(way, visit, response.answers, response.answers).to_json()
    draft.save(force_insert=True)
    return submit(Visit(draft, clinic, now))


def tries_of(random: Random, definition: Definition, now: datetime) -> tuple[Try, ...]:
    """Answer the no-driving questions; one in five misses one of them at first."""
    right = {link_id: item.correct for link_id, item in definition.teach_back.items()}
    tries = [right]
    if right and random.random() < MISSES:
        missed = random.choice(sorted(right))
        wrong = [option.code for option in definition.questions[missed].options if option.code != right[missed]]
        tries = [{**right, missed: random.choice(wrong)}, {missed: right[missed]}]
    return tuple(Try(now.isoformat(), answers) for answers in tries if answers)


@transaction.atomic
def leave_unfinished(random: Random, version: QuestionnaireVersion, clinic: Clinic, *, in_crisis: bool) -> None:
    """Let somebody stop on the way: anywhere, or after an answer that may mean danger."""
    now = timezone.now() - timedelta(minutes=random.randint(5, 600))
    key, _token = start_draft(version, kind=DraftKey.Kind.OWN, language="en", now=now)
    visit = Visit(key.draft, clinic, now)
    for _person in range(MOST_PEOPLE):
        ways = list(page_by_page(fill_in(version.definition(), make_person(random, clinic.today()))))
        if in_crisis:
            ways = [answers for answers in ways if crisis_flags(screen_answers(visit, answers).flags)]
        if ways:
            visit.draft.answers = random.choice(ways)
            break
    note_crisis(visit, visit.journey, visit.draft.answers)
    visit.draft.save()


def page_by_page(response: Response) -> Iterator[dict[str, Answer]]:
    """Yield what stands in a form after each of its pages."""
    answers: dict[str, Answer] = {}
    for _page, asked in groupby(response.walk, key=lambda one: one.page.link_id):
        answers = {**answers, **{one.path: one.value for one in asked if one.value is not None}}
        yield answers

"""Screen a file of answers: the computed items and the flags. The format is described in docs/answers.md."""

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import Clinic
from intake.definition.model import Definition
from intake.definition.rules import DefinitionError
from intake.definition.strict_json import JsonError, read_json
from intake.questionnaires.publishing import find_definition
from intake.response.answers import parse_answers
from intake.response.response import Response
from intake.response.values import AnswerError
from intake.screening.engine import screen
from intake.screening.results import Raised, Screened
from intake.screening.scores import band, score_notes

BAD_INPUT = 2


def iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-11-21") from None


class Command(BaseCommand):
    help = "Screens a JSON file of answers and prints the computed items and the flags, worst first."

    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version would print Django's version; here it names the questionnaire's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a JSON file of answers by link id; - reads standard input")
        parser.add_argument("--form", help="the slug of a questionnaire; the clinic's main form if left out")
        parser.add_argument("--version", dest="number", type=int, help="a published version; the newest if left out")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--as-of", type=iso_date, help="the day that ages are counted on (YYYY-MM-DD)")
        parser.add_argument("--language", default="en", help="the language the answers were given in")

    def handle(self, *args: Any, **options: Any) -> None:
        profile = Clinic.current()
        as_of = options["as_of"] or profile.today()
        definition = self.find(options["form"] or profile.main_form, options["number"], options["language"])
        try:
            answers = parse_answers(definition, read_json(read_input(options["file"]), is_exact=True), today=as_of)
        except JsonError as error:
            raise CommandError(f"{options['file']}: {error}", returncode=BAD_INPUT) from error
        except AnswerError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        screening = screen(
            Response(definition, answers), as_of=as_of, thresholds=profile.limits(), language=options["language"]
        )
        if options["as_json"]:
            self.stdout.write(json.dumps(as_json(definition, screening), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(as_text(definition, screening)))

    def find(self, form: str, number: int | None, language: str) -> Definition:
        try:
            definition = find_definition(form, number, language)
        except DefinitionError as error:
            raise CommandError(f"The questionnaire cannot be used: {error}", returncode=BAD_INPUT) from error
        if definition is None:
            what = "questionnaire" if number is None else f"version {number} of"
            raise CommandError(f"There is no published {what} {form}.", returncode=BAD_INPUT)
        return definition


def read_input(name: str) -> bytes:
    """Read a file, or standard input for `-`."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=BAD_INPUT) from error


def as_json(definition: Definition, screening: Screened) -> dict[str, Any]:
    """Return a screening as the JSON that docs/answers.md describes."""
    return {
        "version": definition.version,
        "computed": dict(screening.computed),
        "flags": [
            {
                "rule": flag.rule,
                "severity": flag.severity.word,
                "answers": dict(flag.answers),
                "reason": flag.reason,
                "patient": flag.patient,
                "sources": list(flag.sources),
                "learn": flag.learn,
            }
            for flag in screening.flags
        ],
        "missing": list(screening.missing),
        "ignored": list(screening.ignored),
    }


def as_text(definition: Definition, screening: Screened) -> list[str]:
    """Return a screening as lines to read, worst flag first."""
    lines = [f"{definition.slug} {definition.version}, rules {definition.rule_set}", "", "Computed"]
    for link_id, value in screening.computed.items():
        words, said = band(definition, link_id, value), ", ".join(value) if isinstance(value, list) else value
        lines.append(f"  {link_id}: {said}{f' ({words})' if words else ''}")
    lines += [] if screening.computed else ["  nothing can be computed yet"]
    for link_id in definition.scores:
        lines += [f"  {note}" for note in score_notes(definition, link_id, screening.answers)]
    lines += ["", f"Flags: {len(screening.flags)}"]
    for flag in screening.flags:
        lines += ["", *flag_lines(screening.grounds.response, flag)]
    if not screening.flags:
        lines += [f"  {definition.words('no-rule-fired')}"]
    for title, names in (("Not answered", screening.missing), ("Switched off, not counted", screening.ignored)):
        if names:
            lines += ["", title, f"  {', '.join(names)}"]
    return lines


def flag_lines(response: Response, flag: Raised) -> list[str]:
    items = ((path, response.definition.item_at(path), value) for path, value in flag.answers.items())
    answers = (f"{path}: {response.words(item, value) if item else value}" for path, item, value in items)
    return [
        f"{flag.severity.word.upper()}  {flag.rule}",
        f"  Why:     {flag.reason}",
        f"  Answers: {'; '.join(answers) or 'none'}",
        f"  Patient: {flag.patient}",
        f"  Sources: {', '.join(flag.sources)}",
        f"  Read:    {flag.learn}",
    ]

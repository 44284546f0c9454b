"""What only submission can know: a crisis answer that was changed on the way, and no-driving tries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from intake.definition.model import BY_PHONE, IN_PERSON, Definition
from intake.definition.rules import Rule, Severity
from intake.response.response import Response
from intake.screening.engine import Number, engine_rule, raise_rule, screen
from intake.screening.results import Raised, Screened, with_flags

WRONG_TRIES = 3

CrisisRecord = Mapping[str, Sequence[str]]
Tries = Mapping[str, Sequence[str]]


def change_flags(definition: Definition, record: CrisisRecord, screening: Screened) -> list[Raised]:
    """Raise the SR-CHANGED rules for crisis rules that were true on the way and are not true now."""
    flags = []
    for rule in definition.rules.values():
        if rule.raised_by != "changed":
            continue
        lost = [
            watched
            for watched in rule.watches
            if watched in record
            and watched not in screening.true_rules
            and not _said_later(definition, definition.rules[watched], record[watched], screening)
        ]
        if lost:
            questions = [question for watched in lost for question in record[watched]]
            reason = f"{rule.reason} ({', '.join(lost)})"
            flags.append(replace(raise_rule(rule, screening.grounds, dict.fromkeys(questions)), reason=reason))
    return flags


def tries_flags(definition: Definition, tries: Tries, screening: Screened) -> list[Raised]:
    """Raise SR-V9 when a question was wrong three times, though its last answer is right."""
    if not definition.teach_back:
        return []
    rule = engine_rule(definition, "tries")
    hard = [link_id for link_id, codes in tries.items() if wrong_tries(definition, link_id, codes) >= WRONG_TRIES]
    if not hard or screening.fired(rule.id):
        return []
    return [raise_rule(rule, screening.grounds, hard)]


def wrong_tries(definition: Definition, link_id: str, codes: Iterable[str]) -> int:
    """Count the wrong answers among the tries of one question; the choice to go over it by phone is no try."""
    correct = definition.teach_back[link_id].correct
    return sum(code not in (correct, BY_PHONE) for code in codes)


class Journey(Struct, frozen=True):
    """What is kept beside the answers on the way: crisis rules that were true, and no-driving tries."""

    crisis: CrisisRecord
    tries: Tries


def screen_submission(
    response: Response,
    journey: Journey,
    *,
    as_of: date,
    thresholds: Mapping[str, Number] | None = None,
    language: str = "en",
) -> Screened:
    """Screen a form that is being sent: the answers, and what happened on the way."""
    definition = response.definition
    screening = screen(response, as_of=as_of, thresholds=thresholds, language=language)
    more = change_flags(definition, journey.crisis, screening) + tries_flags(definition, journey.tries, screening)
    return with_flags(definition, screening, more)


def _said_later(definition: Definition, rule: Rule, questions: Sequence[str], screening: Screened) -> bool:
    """Say whether "in person" became an answer on the same question that another crisis rule now stands on."""
    asks_in_person = {
        entry.question for entry in (rule.when.entries() if rule.when else ()) if entry.expected == IN_PERSON
    }
    return bool(questions) and all(
        question in asks_in_person
        and any(
            question in used and definition.rules[other].severity == Severity.CRISIS
            for other, used in screening.true_rules.items()
        )
        for question in questions
    )

"""Which help an answer opens: a page of its own once, then a line; in full again only for a graver answer. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from intake.definition.conditions import NO_LIMITS, ConditionError
from intake.definition.model import Answers, Definition
from intake.definition.rules import Notice, Severity
from intake.response.journey import Fired, HelpOpened, Journey, Warned
from intake.screening.results import Raised, Screened, worklist_rank

PANELS = ("emergency", "suicide")


class Panel(Struct, frozen=True):
    """A help panel as it is shown: the version's own words, and those of the gravest rule."""

    name: str
    notice: Notice
    words: str = ""


def note_help(journey: Journey, definition: Definition, screened: Screened, now: datetime, revision: int) -> Journey:
    """Write down which help opened, which warnings, and which crisis rules were true; nothing is ever taken out."""
    flags = [flag for flag in screened.flags if not has_own_page(definition, flag)]
    for name in PANELS:
        journey = _note_panel(journey, definition, name, [flag for flag in flags if flag.help == name], now)
    known = {one.rule for one in journey.warned}
    warned = tuple(
        Warned(flag.rule, flag.words_at_once, revision)
        for flag in flags
        if flag.shown_at_once and not flag.help and flag.rule not in known
    )
    return replace(journey, warned=journey.warned + warned, fired=_fired(journey, definition, screened, now))


def _note_panel(journey: Journey, definition: Definition, name: str, flags: list[Raised], now: datetime) -> Journey:
    before = journey.help_of(name)
    if not flags:
        return journey.with_help(replace(before, holds=False)) if before and before.holds else journey
    grade = max(grade_of(definition, flag) for flag in flags)
    gravest = [flag for flag in flags if grade_of(definition, flag) == grade]
    holds = any(flag.severity == Severity.CRISIS for flag in flags)
    if before and before.grade >= grade:
        return journey.with_help(replace(before, holds=holds))
    opened = HelpOpened(
        panel=name,
        notice=definition.panel(name).id,
        grade=grade,
        rules=tuple(flag.rule for flag in gravest),
        words=gravest[0].words_at_once,
        is_due=True,
        holds=holds,
        shown_on=before.shown_on if before else "",
    )
    panels = {name: now.isoformat(), **journey.panels}
    return replace(journey.with_help(opened), panels=panels)


def _fired(journey: Journey, definition: Definition, screened: Screened, now: datetime) -> tuple[Fired, ...]:
    """Add the crisis rules that are true now. One counts by its own condition, even while another rule silences it."""
    fired = {one.rule: one for one in journey.fired}
    for rule_id, questions in screened.true_rules.items():
        rule = definition.rules[rule_id]
        if rule.severity != Severity.CRISIS:
            continue
        panel = definition.panel(rule.help).id if rule.help else ""
        one = fired.get(rule_id, Fired(rule_id, now.isoformat(), panel))
        fired[rule_id] = replace(one, questions=tuple(dict.fromkeys([*one.questions, *questions])))
    return tuple(fired.values())


def grade_of(definition: Definition, flag: Raised) -> int:
    """Return how grave the help of a rule is: as the version says, else by its place on the worklist."""
    grade = definition.rules[flag.rule].grade
    if grade or flag.severity < Severity.CRISIS:
        return grade or 1
    return len(definition.worklist) - worklist_rank(definition, [flag]) + 1


def has_own_page(definition: Definition, flag: Raised) -> bool:
    """Say whether a rule ends the journey on a page that carries its own words and numbers."""
    return definition.ends is not None and flag.rule == definition.ends.rule


def due_panel(journey: Journey, today: date) -> str:
    """Name the panel whose page comes before any other; empty when none is due.

    Who comes back on a later day, while a crisis rule holds, meets it once more that day.
    """
    for name in PANELS:
        help_ = journey.help_of(name)
        if help_ and (help_.is_due or (help_.holds and help_.shown_on < today.isoformat())):
            return name
    return ""


def line_panel(journey: Journey) -> str:
    """Name the panel whose one line stands on top of every page; empty while none opened."""
    return next((name for name in PANELS if journey.help_of(name)), "")


def mark_shown(journey: Journey, name: str, today: date) -> Journey:
    help_ = journey.help_of(name)
    return journey.with_help(replace(help_, is_due=False, shown_on=today.isoformat())) if help_ else journey


def panels_for(definition: Definition, posted: Answers) -> tuple[Panel, ...]:
    """Return the help that posted answers open by themselves, whatever became of the draft they belong to."""
    opened: dict[str, list[str]] = {}
    for rule in definition.rules.values():
        if not rule.help or rule.when is None or (definition.ends and rule.id == definition.ends.rule):
            continue
        try:
            if definition.compiled.rules[rule.id](posted, NO_LIMITS) is not None:
                opened.setdefault(rule.help, []).append(rule.id)
        except ConditionError:
            continue
    return tuple(Panel(name, definition.panel(name)) for name in PANELS if name in opened)


def sent_panels(
    definition: Definition, record: Mapping[str, Any], evidence: Mapping[str, Mapping[str, Any]]
) -> tuple[Panel, ...]:
    """Return the panels of a form that was sent, each with the words of its gravest flag; `evidence` is by rule."""
    names = {*record.get("panels", {}), *record.get("help_panels", [])}

    def words(name: str) -> str:
        opens = (one["patient"] for rule, one in evidence.items() if opens_panel(definition, rule, name))
        return next(opens, "")

    return tuple(Panel(name, definition.panel(name), words(name)) for name in PANELS if name in names)


def opens_panel(definition: Definition, rule_id: str, panel: str) -> bool:
    rule = definition.rules.get(rule_id)
    return rule is not None and rule.help == panel


def crisis_flags(flags: Iterable[Raised]) -> list[Raised]:
    return [flag for flag in flags if flag.severity == Severity.CRISIS]

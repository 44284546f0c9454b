"""Which help stands first on a page: panels that opened on the way, and the words of rules shown at once. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.definition.model import Definition
from intake.definition.rules import Severity
from intake.screening.engine import Raised, Screened, worklist_rank

PANELS = ("emergency", "suicide")


@dataclass(frozen=True)
class Panel:
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Help:
    """What stands first in the main part; empty when nothing on the way asked for it.

    `warnings` are the words of rules that are shown at once without a panel.
    """

    panels: tuple[Panel, ...] = ()
    warnings: tuple[str, ...] = ()


def find_help(definition: Definition, journey: Mapping[str, Any], screening: Screened) -> Help:
    """Give the panels that opened on the way, and stay, with the words of the rules that fire now."""
    flags = [flag for flag in screening.flags if not has_own_page(definition, flag)]
    return make_help(definition, [*journey.get("panels", {}), *open_now(definition, flags)], flags)


def find_sent_help(
    definition: Definition, record: Mapping[str, Any], evidence: Mapping[str, Mapping[str, Any]]
) -> Help:
    """Give the panels of a form that was sent, with the words of its flags; `evidence` is theirs by rule."""
    names = [*record.get("panels", {}), *record.get("help_panels", [])]
    panels = (
        Panel(
            name,
            tuple(dict.fromkeys(one["patient"] for rule, one in evidence.items() if opens(definition, rule, name))),
        )
        for name in PANELS
        if name in names
    )
    return Help(tuple(panels))


def opens(definition: Definition, rule_id: str, panel: str) -> bool:
    rule = definition.rules.get(rule_id)
    return rule is not None and rule.help == panel


def make_help(definition: Definition, names: Iterable[str], flags: Iterable[Raised]) -> Help:
    """Put panels in their order, each with the words of its rules, the most urgent first, each once."""
    opened = set(names)
    at_once = sorted((flag for flag in flags if flag.shown_at_once), key=lambda flag: worklist_rank(definition, [flag]))
    panels = (Panel(name, words_of(flag for flag in at_once if flag.help == name)) for name in PANELS if name in opened)
    return Help(tuple(panels), words_of(flag for flag in at_once if not flag.help))


def open_now(definition: Definition, flags: Iterable[Raised]) -> list[str]:
    return [flag.help for flag in flags if flag.help and not has_own_page(definition, flag)]


def has_own_page(definition: Definition, flag: Raised) -> bool:
    """Say whether a rule ends the journey on a page that carries its own words and numbers."""
    return definition.ends is not None and flag.rule == definition.ends.rule


def words_of(flags: Iterable[Raised]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flag.words_at_once for flag in flags))


def remember_panels(journey: dict[str, Any], definition: Definition, screening: Screened, now: datetime) -> None:
    """Write into the journey which panels opened and which crisis rules were true; nothing is ever taken out.

    A crisis rule counts when its own condition is true, even while another rule silences it.
    """
    panels = journey.setdefault("panels", {})
    for name in open_now(definition, screening.flags):
        panels.setdefault(name, now.isoformat())
    fired = journey.setdefault("fired", [])
    known = {entry["rule"]: entry for entry in fired}
    for rule_id, questions in screening.true_rules.items():
        rule = definition.rules[rule_id]
        if rule.severity != Severity.CRISIS:
            continue
        if rule_id not in known:
            panel = definition.panel(rule.help).id if rule.help else ""
            known[rule_id] = {"rule": rule_id, "at": now.isoformat(), "panel": panel, "questions": []}
            fired.append(known[rule_id])
        kept = known[rule_id]["questions"]
        kept += [question for question in questions if question not in kept]


def crisis_flags(screening: Screened) -> list[Raised]:
    return [flag for flag in screening.flags if flag.severity == Severity.CRISIS]

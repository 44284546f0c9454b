"""Rules in, flags out: pure. What cannot be evaluated is a flag for review, never a pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from intake.definition.conditions import NO_LIMITS, ConditionError, evaluate
from intake.definition.model import Answers, Definition
from intake.definition.rules import DefinitionError, Rule, Severity
from intake.response.response import Response
from intake.screening.scores import compute, shown_computed, totals_not_made

Number = int | float | Decimal


@dataclass(frozen=True)
class Raised:
    """A rule that fired, with the answers that made it true."""

    rule: str
    severity: Severity
    answers: Mapping[str, object]
    reason: str
    patient: str
    sources: tuple[str, ...]
    learn: str
    help: str = ""
    shown_at_once: bool = False


@dataclass(frozen=True)
class Screened:
    """What a set of answers comes to on one day, under one set of thresholds.

    `true_rules` maps every rule whose own condition is true, read without its `unless` part, to the
    linkIds that made it so. `answers` are the enabled ones; `computed` is as a reader sees it.
    """

    computed: Mapping[str, object]
    flags: tuple[Raised, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    true_rules: Mapping[str, tuple[str, ...]]
    answers: Answers
    thresholds: Mapping[str, float]

    @property
    def severity(self) -> Severity | None:
        """Give the worst severity; None when no rule fired."""
        return max((flag.severity for flag in self.flags), default=None)

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(flag.rule for flag in self.flags)

    def fired(self, rule: str) -> bool:
        return rule in self.rules

    def help_panels(self) -> tuple[str, ...]:
        """Name the help panels that these flags open, `emergency` first."""
        panels = {flag.help for flag in self.flags if flag.help}
        return tuple(panel for panel in ("emergency", "suicide") if panel in panels)


class HasSeverity(Protocol):
    """Anything that knows which rule it is and how severe: a flag here, or a flag's row."""

    @property
    def rule(self) -> str: ...

    @property
    def severity(self) -> int: ...


def screen(
    response: Response,
    *,
    as_of: date,
    thresholds: Mapping[str, Number] | None = None,
    language: str = "en",
) -> Screened:
    """Screen answers as far as they go. Those that branching switched off are left out here."""
    definition = response.definition
    enabled = response.enabled
    in_force = thresholds_in_force(definition, thresholds or {})
    computed, failed = compute(response, as_of=as_of)
    values = {**enabled, **computed}
    findings, errors = _evaluate_rules(definition, values, in_force)
    missing, ignored = list(response.missing), list(response.ignored)
    shown = {**enabled, **shown_computed(computed)}

    flags = [
        raise_rule(rule, findings[rule.id], shown, _reason(definition, rule, values, in_force))
        for rule in definition.rules.values()
        if _fires(definition, rule.id, findings)
    ]
    totals = list(dict.fromkeys([*totals_not_made(response, computed), *failed]))
    for rule in definition.rules.values():
        if rule.raised_by == "incomplete" and (missing or totals or errors):
            waiting = _waiting(definition, ignored, missing)
            flags.append(raise_rule(rule, (), shown, _incomplete_reason(rule, missing, totals, errors, waiting)))
        if rule.raised_by == "language" and language not in definition.signed_off_languages:
            flags.append(raise_rule(rule, (), shown, rule.reason))
    return Screened(
        computed=shown_computed(computed),
        flags=in_order(definition, flags),
        missing=tuple(missing),
        ignored=tuple(ignored),
        true_rules=findings,
        answers=enabled,
        thresholds={name: float(value) for name, value in in_force.items()},
    )


def thresholds_in_force(definition: Definition, chosen: Mapping[str, Number]) -> dict[str, Decimal]:
    """Give every threshold of the version: the clinic's value held within its range, else the default."""
    return {
        name: threshold.within_range(Decimal(str(chosen[name]))) if name in chosen else threshold.default
        for name, threshold in definition.thresholds.items()
    }


def raise_rule(rule: Rule, used: Iterable[str], values: Mapping[str, object], reason: str) -> Raised:
    """Raise a rule on the answers that made it true."""
    return Raised(
        rule=rule.id,
        severity=rule.severity,
        answers={link_id: values[link_id] for link_id in used if link_id in values},
        reason=reason,
        patient=rule.patient,
        sources=rule.sources,
        learn=rule.learn,
        help=rule.help,
        shown_at_once=rule.shown_at_once,
    )


def in_order(definition: Definition, flags: Iterable[Raised]) -> tuple[Raised, ...]:
    """Sort flags worst first, then as the rules file has them."""
    place = {rule_id: number for number, rule_id in enumerate(definition.rules)}
    return tuple(sorted(flags, key=lambda flag: (-flag.severity, place[flag.rule])))


def with_flags(definition: Definition, screening: Screened, more: Iterable[Raised]) -> Screened:
    """Add flags to a screening, in their place."""
    return replace(screening, flags=in_order(definition, [*screening.flags, *more]))


def no_flag_rank(definition: Definition) -> int:
    """Return the place of a form without a flag: behind all others."""
    return len(definition.worklist) + len(Severity)


def worklist_rank(definition: Definition, flags: Iterable[HasSeverity]) -> int:
    """Place a form on the worklist: 0 is the worst.

    The best-placed rule of a form counts. What is crisis and not named by the version stands behind those that are.
    """
    ranks = [no_flag_rank(definition)]
    for flag in flags:
        if flag.severity < Severity.CRISIS:
            ranks.append(no_flag_rank(definition) - flag.severity)
        else:
            named = (rank for rank, rules in enumerate(definition.worklist) if flag.rule in rules)
            ranks.append(next(named, len(definition.worklist)))
    return min(ranks)


def journey_ends(response: Response, *, as_of: date) -> bool:
    """Say whether the answers end the journey: nothing else is asked or sent."""
    ends = response.definition.ends
    if ends is None:
        return False
    computed, _failed = compute(response, as_of=as_of)
    try:
        return response.definition.rule_tests[ends.rule]({**response.enabled, **computed}, NO_LIMITS) is not None
    except ConditionError:
        return False


def _evaluate_rules(
    definition: Definition, values: Mapping[str, object], limits: Mapping[str, Decimal]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Map each rule whose condition is true to what made it so, and name those that cannot be evaluated."""
    findings: dict[str, tuple[str, ...]] = {}
    errors = []
    for rule_id, test in definition.rule_tests.items():
        try:
            used = test(values, limits)
        except ConditionError:
            errors.append(rule_id)
            continue
        if used is not None:
            findings[rule_id] = tuple(dict.fromkeys(used))
    return findings, errors


def _fires(definition: Definition, rule_id: str, findings: Mapping[str, tuple[str, ...]]) -> bool:
    if rule_id not in findings:
        return False
    return not any(_fires(definition, other, findings) for other in definition.rules[rule_id].unless)


def _reason(definition: Definition, rule: Rule, values: Mapping[str, object], limits: Mapping[str, Decimal]) -> str:
    try:
        if rule.reason_when and evaluate(definition, rule.reason_when, values, limits):
            return f"{rule.reason} {rule.reason_extra}"
    except ConditionError:
        pass  # the rule fired: only the addition to its reason is in doubt
    return rule.reason


def _waiting(definition: Definition, ignored: Iterable[str], missing: Iterable[str]) -> list[str]:
    """Name answers that are switched off only because the question before them is blank: on paper that happens."""
    found = []
    for link_id in ignored:
        item = definition.questions[link_id]
        if item.required and item.enable_when and set(item.enable_when.questions()).intersection(missing):
            found.append(link_id)
    return found


def _incomplete_reason(rule: Rule, missing: list[str], totals: list[str], errors: list[str], waiting: list[str]) -> str:
    parts = [rule.reason]
    for words, names in (
        ("Not answered", missing),
        ("Cannot be made", totals),
        ("Rules that cannot be evaluated", errors),
        ("Given, but not counted until the question before is answered", waiting),
    ):
        if names:
            parts.append(f"{words}: {', '.join(names)}.")
    return " ".join(parts)


def engine_rule(definition: Definition, raised_by: str) -> Rule:
    """Give the rule that the engine raises for a cause."""
    for rule in definition.rules.values():
        if rule.raised_by == raised_by:
            return rule
    raise DefinitionError(f"no rule is raised by {raised_by}")

"""Rules in, flags out: pure. What cannot be evaluated is a flag for review, never a pass."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from intake.definition.conditions import FIRED, NO_LIMITS, ConditionError
from intake.definition.model import IN_PERSON, NO, NOT_SURE, YES, Definition
from intake.definition.rules import DefinitionError, Rule
from intake.response.response import Response
from intake.response.words import display_value
from intake.screening.evidence import Evidence, Grounds
from intake.screening.results import Raised, Screened, in_order
from intake.screening.scores import compute, shown_computed, totals_not_made

Number = int | float | Decimal


def screen(
    response: Response,
    *,
    as_of: date,
    thresholds: Mapping[str, Number] | None = None,
    language: str = "en",
    posted: Iterable[str] = (),
) -> Screened:
    """Screen answers as far as they go.

    Those that branching switched off are left out, but for those posted just now: another tab switched them off.
    """
    definition = response.definition
    limits = thresholds_in_force(definition, thresholds or {})
    computed, failed = compute(response, as_of=as_of)
    heard = {path: response.answers[path] for path in set(posted).intersection(response.ignored)}
    values = {**heard, **response.values, **computed}
    findings, errors = _evaluate_rules(definition, values, limits)
    seen = shown_computed(definition, computed, limits)
    rests_on = Grounds(response, values, {**heard, **response.enabled, **seen}, findings, limits)

    flags = [raise_rule(rule, rests_on) for rule in definition.rules.values() if _fires(definition, rule.id, findings)]
    totals = list(dict.fromkeys([*totals_not_made(response, computed), *failed]))
    for rule in definition.rules.values():
        if rule.raised_by == "incomplete" and (response.missing or totals or errors):
            flags.append(replace(raise_rule(rule, rests_on), reason=_incomplete_reason(rule, response, totals, errors)))
        if rule.raised_by == "language" and language not in definition.signed_off_languages:
            flags.append(raise_rule(rule, rests_on))
        if rule.raised_by == "switched-off" and (off := switched_off(rule, response)):
            flags.append(_raise_switched_off(rule, rests_on, off))
    return Screened(
        computed=seen,
        flags=in_order(definition, flags),
        missing=response.missing,
        ignored=response.ignored,
        true_rules=findings,
        answers=response.enabled,
        thresholds={name: float(value) for name, value in limits.items()},
        grounds=rests_on,
    )


def thresholds_in_force(definition: Definition, chosen: Mapping[str, Number]) -> dict[str, Decimal]:
    """Return every threshold of the version: the clinic's value held within its range, else the default."""
    return {
        name: threshold.within_range(Decimal(str(chosen[name]))) if name in chosen else threshold.default
        for name, threshold in definition.thresholds.items()
    }


def raise_rule(rule: Rule, grounds: Grounds, used: Iterable[str] | None = None) -> Raised:
    """Raise a rule on the answers that made it true."""
    evidence = Evidence(rule, tuple(grounds.findings.get(rule.id, ()) if used is None else used), grounds)
    return Raised(
        rule=rule.id,
        severity=rule.severity,
        answers=evidence.answers,
        reason=evidence.reason(),
        patient=evidence.patient(),
        sources=rule.sources,
        learn=rule.learn,
        help=rule.help,
        grade=rule.grade,
        shown_at_once=rule.shown_at_once,
        at_once=evidence.fill(rule.at_once),
        titles=evidence.titles,
        do_not_come=rule.do_not_come,
        always_say=evidence.fill(rule.always_say),
    )


def switched_off(rule: Rule, response: Response) -> dict[str, str]:
    """Map each question that was not answered no, and is switched off by its gate since, to the gate."""
    asked = {one.path for one in response.walk}
    return {
        question: gate
        for question, gate in rule.gates.items()
        if question not in asked
        and response.answers.get(question) in (YES, NOT_SURE, IN_PERSON)
        and gate in asked
        and response.enabled.get(gate) in (None, NO)
    }


def _raise_switched_off(rule: Rule, grounds: Grounds, off: Mapping[str, str]) -> Raised:
    response = grounds.response
    given = {question: response.answers[question] for question in off}
    gates = {gate: response.enabled[gate] for gate in off.values() if gate in response.enabled}
    evidence = Evidence(rule, (), grounds)
    reasons = []
    for question, gate in off.items():
        item = response.definition.questions[question]
        words = {
            "answer": display_value(item, given[question]),
            "question": item.words,
            "gate": response.definition.questions[gate].words,
        }
        is_blank = gate not in response.enabled
        reasons.append(evidence.fill((rule.reason_blank if is_blank else "") or rule.reason, **words))
    return replace(raise_rule(rule, grounds), reason=" ".join(reasons), answers={**given, **gates})


def journey_ends(response: Response, *, as_of: date) -> bool:
    """Say whether the answers end the journey: nothing else is asked or sent."""
    ends = response.definition.ends
    if ends is None:
        return False
    when = response.definition.rules[ends.rule].when
    computed, _failed = compute(response, as_of=as_of, wanted=set(when.questions()) if when else ())
    try:
        return response.definition.compiled.rules[ends.rule]({**response.values, **computed}, NO_LIMITS) is not None
    except ConditionError:
        return False


def _evaluate_rules(
    definition: Definition, values: Mapping[str, object], limits: Mapping[str, Decimal]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Map each rule whose condition is true to what made it so, and name those that cannot be evaluated.

    A rule that reads no answer that was given is decided once for all, so only the others are looked at.
    """
    compiled = definition.compiled
    wanted = set(compiled.rules_on_nothing)
    for question in values:
        wanted.update(compiled.rules_by_question.get(question, ()))
    findings: dict[str, tuple[str, ...]] = {}
    errors = []
    fired: frozenset[str] | None = None
    for rule_id, test in compiled.rules.items():
        if rule_id not in wanted:
            continue
        if fired is None and rule_id in compiled.rules_on_fired:
            fired = frozenset(one for one in findings if _fires(definition, one, findings))
            values = {**values, FIRED: fired}
        try:
            used = test(values, limits)
        except ConditionError:
            errors.append(rule_id)
            continue
        if used is not None:
            findings[rule_id] = used if len(used) < 2 else tuple(dict.fromkeys(used))
    return _in_file_order(definition, findings), [rule_id for rule_id in definition.rules if rule_id in errors]


def _in_file_order(definition: Definition, findings: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {rule_id: findings[rule_id] for rule_id in definition.rules if rule_id in findings}


def _fires(definition: Definition, rule_id: str, findings: Mapping[str, tuple[str, ...]]) -> bool:
    if rule_id not in findings:
        return False
    return not any(_fires(definition, other, findings) for other in definition.rules[rule_id].unless)


def _waiting(response: Response) -> list[str]:
    """Name answers that are switched off only because the question before them is blank: on paper that happens."""
    found = []
    for path in response.ignored:
        item = response.definition.item_at(path)
        opened_by = set(item.enable_when.questions()) if item and item.required and item.enable_when else set()
        if opened_by.intersection(response.missing):
            found.append(path)
    return found


def _incomplete_reason(rule: Rule, response: Response, totals: list[str], errors: list[str]) -> str:
    parts = [rule.reason]
    for words, names in (
        ("Not answered", response.missing),
        ("Cannot be made", totals),
        ("Rules that cannot be evaluated", errors),
        ("Given, but not counted until the question before is answered", _waiting(response)),
    ):
        if names:
            parts.append(f"{words}: {', '.join(names)}.")
    return " ".join(parts)


def engine_rule(definition: Definition, raised_by: str) -> Rule:
    """Return the rule that the engine raises for a cause."""
    for rule in definition.rules.values():
        if rule.raised_by == raised_by:
            return rule
    raise DefinitionError(f"no rule is raised by {raised_by}")

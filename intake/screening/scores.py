"""Computed answers: age, body mass index, instrument totals, safety level. A blank is never counted as 0."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from intake.definition.model import IN_PERSON, Answers, Definition
from intake.definition.units import quantity_in_base_unit
from intake.response.values import age_on, asked_questions

Computed = dict[str, int | str | Decimal]
ComputedValue = int | str | Decimal | None

# The questions that make each total. Those that branching leaves out add nothing; a blank one leaves no total.
TOTALS = {
    "phq9-total": tuple(f"phq9-q{n}" for n in range(1, 10)),
    "gad7-total": tuple(f"gad7-q{n}" for n in range(1, 8)),
    "auditc-total": ("auditc-q1", "auditc-q2", "auditc-q3"),
    "pcptsd5-total": ("pcptsd5-exposure", *(f"pcptsd5-q{n}" for n in range(1, 6))),
}
SAFETY_QUESTIONS = (*(f"safety-q{n}" for n in range(1, 7)), "safety-q6-recent")


def compute(definition: Definition, answers: Answers, *, as_of: date) -> tuple[Computed, list[str]]:
    """Make what can be made from enabled answers, and name the computed items that failed with an error.

    Numbers come unrounded, as they are compared; `shown_computed()` rounds them for a reader.
    """
    computed: Computed = {}
    failed: list[str] = []
    for link_id, item in definition.computed.items():
        try:
            value = COMPUTATIONS[item.computed](definition, answers, as_of)
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            failed.append(link_id)
            continue
        if value is not None:
            computed[link_id] = value
    return computed, failed


def shown_computed(computed: Computed) -> dict[str, int | str | float]:
    """Give computed answers as JSON, numbers with a part after the point with one decimal."""
    return {
        link_id: float(value.quantize(Decimal("0.1"), ROUND_HALF_UP)) if isinstance(value, Decimal) else value
        for link_id, value in computed.items()
    }


def totals_not_made(definition: Definition, answers: Answers, computed: Computed) -> list[str]:
    """Name the computed items that are due, because their questions are asked, and cannot be made."""
    asked = {item.link_id for item in asked_questions(definition, answers)}
    due = [link_id for link_id, questions in TOTALS.items() if asked & set(questions)]
    due += ["age", "bmi"]
    return [link_id for link_id in definition.computed if link_id in due and link_id not in computed]


def band(definition: Definition, link_id: str, value: object) -> str:
    """Give the band of a total, for staff only; empty where it has none."""
    score = definition.scores.get(link_id)
    if score is None or not isinstance(value, int):
        return ""
    return next((label for lowest, highest, label in score.bands if lowest <= value <= highest), "")


def score_notes(definition: Definition, link_id: str, answers: Answers) -> list[str]:
    """Give the lines that stand beside a computed answer where staff read it."""
    score = definition.scores.get(link_id)
    notes = [score.note] if score and score.note else []
    is_incomplete = any(answers.get(question) == IN_PERSON for question in SAFETY_QUESTIONS)
    if score and score.incomplete_note and is_incomplete:
        notes.append(score.incomplete_note)
    return notes


def _age(definition: Definition, answers: Answers, as_of: date) -> ComputedValue:
    birth = answers.get("date-of-birth")
    return None if birth is None else age_on(date.fromisoformat(str(birth)), as_of)


def _bmi(definition: Definition, answers: Answers, as_of: date) -> ComputedValue:
    if "weight-value" not in answers or "height-value" not in answers:
        return None
    kilograms = quantity_in_base_unit(answers["weight-value"])[0]
    meters = quantity_in_base_unit(answers["height-value"])[0] / 100
    return kilograms / (meters * meters)


def _total(link_id: str) -> Callable[[Definition, Answers, date], ComputedValue]:
    def total(definition: Definition, answers: Answers, as_of: date) -> ComputedValue:
        asked = [item for item in asked_questions(definition, answers) if item.link_id in TOTALS[link_id]]
        if not asked or any(item.link_id not in answers for item in asked):
            return None
        return sum(item.option_by_code[str(answers[item.link_id])].score or 0 for item in asked)

    return total


def _safety_level(definition: Definition, answers: Answers, as_of: date) -> ComputedValue:
    yes = {question for question in SAFETY_QUESTIONS if answers.get(question) == "yes"}
    if yes & {"safety-q4", "safety-q5", "safety-q6-recent"}:
        return "high"
    if yes & {"safety-q3", "safety-q6"}:
        return "moderate"
    return "low" if yes else None


COMPUTATIONS: dict[str, Callable[[Definition, Answers, date], ComputedValue]] = {
    "age": _age,
    "bmi": _bmi,
    "safety-level": _safety_level,
    **{link_id: _total(link_id) for link_id in TOTALS},
}

"""The same person fills in both versions: no crisis, stop or review of the first may be missing in the second."""

import random
from typing import Any

import pytest

from intake.definition.rules import Severity
from intake.response.response import Response
from intake.screening.engine import screen
from intake.screening.results import Screened
from tests.intake import cases as version_1
from tests.intake import cases_v2 as version_2
from tests.intake.cases import TODAY, kg, mmhg
from tests.intake.same_facts import same_facts


def screened_twice(answers: dict[str, Any]) -> tuple[Screened, Screened]:
    response = Response(version_1.definition(), answers)
    first = screen(response, as_of=TODAY)
    left_blank = {item.link_id for item in response.asked} - set(response.enabled)
    mapped = same_facts(response.enabled, version_2.RETIRED)
    new = {question: answer for question, answer in version_2.QUIET.items() if question not in left_blank}
    only_here = {question: None for question in version_2.QUIET if question not in new | mapped}
    return first, screen(version_2.response({**new, **mapped, **only_here}), as_of=TODAY)


def may_be_missing(first: Screened, second: Screened) -> set[str]:
    """Name the rules that version 2 may leave out here, each for its reason."""
    allowed = {"SR-BP7", "SR-X5"}  # notes on every form, which nobody read
    if second.fired("SR-UNSURE-LABEL"):
        allowed.add("SR-UNSURE")  # the six of the label have their own rule, as severe
    if "gad7-total" not in second.computed and first.computed.get("phq9-total", 0) < 20:  # type: ignore[operator]
        allowed.add("SR-P9")  # PHQ-9 of 0 to 4 and depression alone: GAD-7 is not asked
    if first.answers.get("sud-active") == "not-sure":
        allowed.add("SR-S8")  # one answer now, and SR-UNSURE stands for it, as severe
    if second.fired("SR-G2"):
        allowed.add("SR-G4")  # offer a test: SR-G2 asks for one
    if set(first.missing) <= version_2.RETIRED | {"interpreter-needed"}:
        allowed.add("SR-INCOMPLETE")  # what is missing is not asked any more, or is a tick
    return allowed


def lost(first: Screened, second: Screened) -> set[str]:
    return set(first.rules) - set(second.rules) - may_be_missing(first, second)


@pytest.mark.parametrize("case", version_1.RULE_CASES, ids=lambda case: case.rule)
@pytest.mark.parametrize("way", ["raises", "unsure"])
def test_every_case_of_version_1_raises_its_rules_in_version_2(case, way):
    answers = version_1.complete_answers(getattr(case, way))

    assert lost(*screened_twice(answers)) == set()


@pytest.mark.parametrize("seed", range(8))
def test_no_flag_is_lost_on_forms_by_chance(seed):
    dice = random.Random(seed)
    for _form in range(40):
        answers = some_form(dice, dice.choice([0.02, 0.08, 0.3, 0.6]))
        first, second = screened_twice(answers)
        assert not first.missing
        assert not second.missing
        assert lost(first, second) == set(), answers
        assert (first.severity or 0) <= (second.severity or 0)
        assert {flag.help for flag in first.flags} <= {flag.help for flag in second.flags}


def some_form(dice: random.Random, share: float) -> dict[str, Any]:
    """Give a complete form of version 1 with about a share of its questions answered by chance."""
    answers = dict(version_1.QUIET)
    for item in version_1.definition().questions.values():
        if item.type != "choice" or dice.random() >= share:
            continue
        codes = [option.code for option in item.options if not option.is_exclusive]
        answers[item.link_id] = dice.sample(codes, dice.randint(1, 2)) if item.repeats else dice.choice(codes)
    if dice.random() < share:
        answers["bp-systolic"] = mmhg(dice.choice([85, 120, 141, 160, 180, 200]))
    if dice.random() < share:
        answers["date-of-birth"] = dice.choice(["1950-01-01", "2009-01-01"])
    if dice.random() < share:
        answers["weight-value"] = kg(dice.choice([40, 160]))
    if dice.random() < share:
        answers["other-conditions"] = "asthma"
    if dice.random() < share:
        answers["emergency-contact-name"] = "none"
    return answers


def test_a_rule_that_is_left_out_is_a_note_or_has_one_as_severe_in_its_place():
    answers = version_1.complete_answers({"sud-active": "not-sure", "sud-recovery": "yes"})
    first, second = screened_twice(answers)

    assert first.fired("SR-S8")
    assert second.fired("SR-UNSURE")
    assert second.severity == Severity.REVIEW

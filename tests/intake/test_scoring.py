from datetime import date
from decimal import Decimal

import pytest

from intake.response.values import age_on
from intake.screening.scores import band, compute, score_notes, shown_computed, totals_not_made
from tests.intake.cases import (
    FOUR_A_WEEK,
    NEARLY_EVERY_DAY,
    NEVER,
    SIX_DAILY,
    TEN_OR_MORE,
    TODAY,
    cm,
    complete_answers,
    complete_response,
    definition,
    kg,
    response,
)


def computed(changes=None):
    values, failed = compute(complete_response(changes), as_of=TODAY)
    assert failed == []
    return values


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1986-11-21", "2026-11-21", 40),
        ("1986-11-22", "2026-11-21", 39),
        ("2004-02-29", "2023-02-28", 18),
        ("2004-02-29", "2023-03-01", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2026-11-21", "2026-11-21", 0),
    ],
)
def test_age_is_in_whole_years(birth, day, age):
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day)) == age


def test_bmi_is_unrounded_and_shown_with_one_decimal():
    values = computed({"weight-value": {"value": 154, "unit": "lb"}, "height-value": {"value": 66, "unit": "in"}})

    assert round(values["bmi"], 6) == Decimal("24.855995")
    assert shown_computed(definition(), values, {})["bmi"] == 24.9
    assert "bmi" not in computed({"height-value": None})


@pytest.mark.parametrize(("total", "questions", "highest"), [("phq9-total", 9, 27), ("gad7-total", 7, 21)])
def test_total_is_the_sum_of_the_answers(total, questions, highest):
    prefix = total.split("-")[0]
    answers = {f"{prefix}-q{n}": NEARLY_EVERY_DAY for n in range(1, questions + 1)}

    assert computed()[total] == 0
    assert computed({f"{prefix}-q2": "LA6570-1"})[total] == 2
    assert computed(answers)[total] == highest


@pytest.mark.parametrize(
    ("total", "blank"),
    [
        *(("phq9-total", f"phq9-q{n}") for n in range(1, 10)),
        *(("gad7-total", f"gad7-q{n}") for n in range(1, 8)),
        ("auditc-total", "auditc-q1"),
    ],
)
def test_blank_is_never_counted_as_0(total, blank):
    assert total not in computed({blank: None})


def test_difficulty_is_not_scored():
    assert computed({"phq9-q1": "LA6569-3", "phq9-difficulty": "LA6574-3"})["phq9-total"] == 1
    assert computed({"phq9-q1": "LA6569-3", "phq9-difficulty": None})["phq9-total"] == 1


def test_instrument_that_is_not_shown_has_no_total_and_lacks_nothing():
    form = complete_response({"visit-reason": ["long-term-pain"]})
    values, _failed = compute(form, as_of=TODAY)

    assert {"gad7-total", "pcptsd5-total"} & set(values) == set()
    assert totals_not_made(form, values) == []


def test_never_drinking_makes_the_other_two_0():
    drinks = {"auditc-q2": TEN_OR_MORE, "auditc-q3": SIX_DAILY}

    assert computed({"auditc-q1": NEVER, **drinks})["auditc-total"] == 0
    assert computed({"auditc-q1": FOUR_A_WEEK, **drinks})["auditc-total"] == 12
    assert "auditc-total" not in computed({"auditc-q1": FOUR_A_WEEK, "auditc-q2": None})


def test_trauma_total_counts_yes_and_is_0_without_an_event():
    ptsd = {"visit-reason": ["ptsd"], "pcptsd5-q1": "yes", "pcptsd5-q5": "yes"}

    assert computed(ptsd)["pcptsd5-total"] == 2
    assert computed({**ptsd, "pcptsd5-exposure": "no"})["pcptsd5-total"] == 0
    assert "pcptsd5-total" not in computed({**ptsd, "pcptsd5-exposure": None})
    assert "pcptsd5-total" not in computed({**ptsd, "pcptsd5-q3": None})


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, None),
        ({"safety-q1": "yes"}, "low"),
        ({"safety-q2": "yes"}, "low"),
        ({"safety-q2": "yes", "safety-q3": "yes"}, "moderate"),
        ({"safety-q6": "yes", "safety-q6-recent": "no"}, "moderate"),
        ({"safety-q6": "yes", "safety-q6-recent": None}, "moderate"),
        ({"safety-q6": "yes", "safety-q6-recent": "in-person"}, "moderate"),
        ({"safety-q6": "yes", "safety-q6-recent": "yes"}, "high"),
        ({"safety-q2": "yes", "safety-q4": "yes"}, "high"),
        ({"safety-q2": "yes", "safety-q5": "yes"}, "high"),
        ({"safety-q1": "yes", "safety-q2": "in-person"}, "low"),
        ({"safety-q1": "in-person"}, None),
        ({"safety-q2": "no", "safety-q4": "yes"}, None),
        ({"harm-others": "yes", "safe-now": "no"}, None),
    ],
)
def test_safety_level_takes_the_first_line_that_fits(changes, level):
    assert computed(changes).get("safety-level") == level


def test_staff_read_that_the_safety_questions_are_not_validated_and_may_be_higher():
    plain = ["Not a validated instrument: a clinician must assess."]

    assert score_notes(definition(), "safety-level", complete_answers()) == plain
    assert score_notes(definition(), "safety-level", complete_answers({"safety-q6": "in-person"})) == [
        *plain, "Not fully answered: may be higher.",
    ]  # fmt: skip
    assert score_notes(definition(), "phq9-total", complete_answers({"safety-q6": "in-person"})) == []
    assert definition().computed["safety-level"].staff_note == plain[0]


@pytest.mark.parametrize(
    ("total", "value", "words"),
    [
        ("phq9-total", 0, "minimal"),
        ("phq9-total", 4, "minimal"),
        ("phq9-total", 5, "mild"),
        ("phq9-total", 10, "moderate"),
        ("phq9-total", 15, "moderately severe"),
        ("phq9-total", 19, "moderately severe"),
        ("phq9-total", 20, "severe"),
        ("phq9-total", 27, "severe"),
        ("gad7-total", 4, "minimal"),
        ("gad7-total", 9, "mild"),
        ("gad7-total", 14, "moderate"),
        ("gad7-total", 15, "severe"),
        ("gad7-total", 21, "severe"),
        ("auditc-total", 12, ""),
        ("bmi", 24.2, ""),
    ],
)
def test_bands_are_for_staff(total, value, words):
    assert band(definition(), total, value) == words


def test_computation_that_fails_is_named_and_not_a_blank():
    values, failed = compute(
        response({"weight-value": {"value": 70, "unit": "stone"}, "height-value": cm(170)}), as_of=TODAY
    )

    assert failed == ["bmi"]
    assert "bmi" not in values


def test_total_that_is_due_and_cannot_be_made_is_named():
    form = complete_response({"phq9-q3": None, "weight-value": None})
    values, _failed = compute(form, as_of=TODAY)

    assert totals_not_made(form, values) == ["bmi", "phq9-total"]


def test_bmi_at_the_limit_is_exact():
    assert computed({"weight-value": kg(102.4), "height-value": cm(160)})["bmi"] == Decimal(40)

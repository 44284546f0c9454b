import copy
from decimal import Decimal

import pytest

from intake.definition.comparisons import is_none_word
from intake.definition.conditions import ConditionError, Finding, evaluate
from intake.definition.parse import parse_definition
from intake.definition.rules import Condition, Group, Quantity, ThresholdName
from intake.response.response import Response
from intake.screening.engine import screen
from tests.intake.cases import TODAY, cm, complete_answers, definition, documents, kg, mmhg


def found(question, operator, expected, values, **options):
    return bool(evaluate(definition(), Condition(question, operator, expected), values, **options))


@pytest.mark.parametrize("operator", ["=", "!=", ">", "<", ">=", "<="])
def test_comparison_with_a_missing_answer_is_false(operator):
    assert found("age", operator, Decimal(18), {}) is False


@pytest.mark.parametrize(
    ("expected", "values", "result"),
    [
        (True, {"seizures": "no"}, True),
        (True, {}, False),
        (False, {"seizures": "no"}, False),
        (False, {}, True),
    ],
)
def test_exists(expected, values, result):
    assert found("seizures", "exists", expected, values) is result


@pytest.mark.parametrize(
    ("operator", "results"),
    [
        ("=", (False, True, False)),
        ("!=", (True, False, True)),
        (">", (False, False, True)),
        ("<", (True, False, False)),
        (">=", (False, True, True)),
        ("<=", (True, True, False)),
    ],
)
def test_numbers_are_compared_at_the_limit(operator, results):
    assert tuple(found("age", operator, Decimal(65), {"age": age}) for age in (64, 65, 66)) == results


def test_several_answers_match_when_any_does_and_are_not_it_when_none_is():
    values = {"visit-reason": ["depression", "ptsd"]}

    assert found("visit-reason", "=", "ptsd", values)
    assert not found("visit-reason", "=", "ocd", values)
    assert found("visit-reason", "!=", "ocd", values)
    assert not found("visit-reason", "!=", "ptsd", values)


def test_quantities_are_compared_in_one_unit():
    assert found("weight-value", "=", Quantity(Decimal(45), "kg"), {"weight-value": {"value": 45, "unit": "kg"}})
    assert found("weight-value", "<", ThresholdName("low-weight"), {"weight-value": {"value": 99, "unit": "lb"}})
    assert not found("weight-value", "<", ThresholdName("low-weight"), {"weight-value": {"value": 100, "unit": "lb"}})
    assert found(
        "height-value", "=", Quantity(Decimal("177.8"), "cm"), {"height-value": {"value": 70, "unit": "[in_i]"}}
    )


def test_threshold_by_name_is_the_clinics_or_its_default():
    entry = Condition("bp-systolic", ">=", ThresholdName("bp1-systolic"))
    values = {"bp-systolic": mmhg(175)}

    assert not evaluate(definition(), entry, values)
    assert evaluate(definition(), entry, values, {"bp1-systolic": Decimal(170)})


YES, NO = Condition("seizures", "=", "yes"), Condition("diabetes", "=", "yes")
VALUES = {"seizures": "yes", "diabetes": "no"}


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (Group("all", (YES,)), Finding(True, ("seizures",))),
        (Group("all", (YES, NO)), Finding(False)),
        (Group("any", (YES, NO)), Finding(True, ("seizures",))),
        (Group("any", (NO,)), Finding(False)),
        (Group("none", (NO,)), Finding(True, ("diabetes",))),
        (Group("none", (YES, NO)), Finding(False)),
        (Group("all", (YES, Group("none", (NO,)))), Finding(True, ("seizures", "diabetes"))),
        (Group("any", (NO, Group("all", (YES, Group("any", (NO, YES)))))), Finding(True, ("seizures",))),
    ],
)
def test_groups_nest_and_name_the_answers_that_made_them_true(group, expected):
    assert evaluate(definition(), group, VALUES) == expected


def test_what_was_not_answered_is_no_evidence():
    assert evaluate(definition(), Condition("seizures", "exists", False), {}) == Finding(True)
    assert evaluate(definition(), Group("none", (YES, NO)), {}) == Finding(True)


@pytest.mark.parametrize(
    ("question", "expected", "values"),
    [
        ("unknown", "yes", {}),
        ("seizures", "yes", {"seizures": "maybe"}),
        ("seizures", "yes", {"seizures": 1}),
        ("ack-truth", True, {"ack-truth": "yes"}),
        ("age", Decimal(18), {"age": "eighteen"}),
        ("weight-value", Quantity(Decimal(45), "kg"), {"weight-value": {"value": 45, "unit": "stone"}}),
        ("weight-value", Quantity(Decimal(45), "kg"), {"weight-value": 45}),
        ("weight-value", Quantity(Decimal(45), "kg"), {"weight-value": {"value": True, "unit": "kg"}}),
        ("date-of-birth", "2000-01-01", {"date-of-birth": "first of May"}),
    ],
)
def test_what_cannot_be_compared_is_an_error_and_not_false(question, expected, values):
    with pytest.raises(ConditionError):
        found(question, "=", expected, values)


def test_group_is_an_error_only_when_the_rest_does_not_decide():
    broken = Condition("unknown", "=", "yes")

    assert evaluate(definition(), Group("any", (broken, YES)), VALUES)
    assert not evaluate(definition(), Group("all", (broken, NO)), VALUES)
    assert not evaluate(definition(), Group("none", (broken, YES)), VALUES)
    for group in (Group("any", (broken, NO)), Group("all", (broken, YES)), Group("none", (broken, NO))):
        with pytest.raises(ConditionError, match="there is no question unknown"):
            evaluate(definition(), group, VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", True),
        ("None.", True),
        ("NO APLICA", True),
        ("n/a", True),
        ("not now", False),
        ("none of it", False),
        ("nones", False),
    ],
)
def test_none_words(text, expected):
    assert is_none_word(definition(), text) is expected


def test_none_word_counts_only_where_the_question_takes_it():
    assert found("med-list", "=", "none", {"med-list": "No."})
    assert not found("legal-name", "=", "none", {"legal-name": "No."})


def test_height_and_weight_words_and_codes_are_the_same_unit():
    for given in (kg(45), {"value": 45.0, "unit": "kg"}):
        assert found("weight-value", "=", Quantity(Decimal(45), "kg"), {"weight-value": given})
    assert found("height-value", "<=", Quantity(Decimal(150), "cm"), {"height-value": cm(150)})


def test_reason_is_added_to_by_the_clinics_threshold():
    parts = copy.deepcopy(documents())
    rule = next(rule for rule in parts.rules["rules"] if rule["id"] == "SR-BP3")
    rule["reasonExtra"] = {
        "when": {"all": [{"question": "bp-systolic", "operator": ">=", "answerThreshold": "bp2-systolic"}]},
        "text": "(high)",
    }
    rule["unless"] = []
    answers = complete_answers({"bp-systolic": mmhg(150)})

    def reason(**limits):
        found = screen(Response(parse_definition(parts), answers), as_of=TODAY, thresholds=limits)
        return next(flag.reason for flag in found.flags if flag.rule == "SR-BP3")

    assert not reason().endswith("(high)")
    assert reason(**{"bp2-systolic": 140}).endswith("(high)")

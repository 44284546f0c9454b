from datetime import date
from decimal import Decimal

import pytest

from intake.definition.rules import Severity
from intake.screening.engine import screen
from intake.screening.results import Raised, worklist_rank
from tests.intake.cases import (
    FOUR_A_WEEK,
    NEARLY_EVERY_DAY,
    ONE_OR_TWO,
    RULE_CASES,
    SEVERAL_DAYS,
    SIX_NEVER,
    TODAY,
    TWO_TO_THREE_A_WEEK,
    cm,
    complete_answers,
    definition,
    kg,
    mmhg,
    response,
)


def screened(changes=None, **options):
    return screen(response(complete_answers(changes)), **{"as_of": TODAY, **options})


def fired(changes=None, **options):
    return set(screened(changes, **options).rules)


def flag_of(rule, changes, **options):
    return next(flag for flag in screened(changes, **options).flags if flag.rule == rule)


def test_screen_of_a_quiet_form_raises_nothing():
    screening = screened()

    assert screening.flags == ()
    assert screening.missing == ()
    assert screening.severity is None
    assert screening.computed == {"age": 40, "bmi": 24.2, "phq9-total": 0, "gad7-total": 0, "auditc-total": 0}


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.rule)
def test_rule_is_raised_by_its_answers(case):
    assert fired(case.raises) == {case.rule} | case.beside


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.rule)
def test_rule_is_not_raised_by_the_nearest_answers(case):
    assert case.rule not in case.near_rules
    assert fired(case.near) == case.near_rules


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.rule)
def test_rule_never_takes_not_sure_or_missing_for_no(case):
    assert fired(case.unsure) == case.unsure_rules


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"safety-q2": "yes", "safety-q5": "yes"}, {"SR-C2"}),
        ({"harm-others": "in-person"}, {"SR-C13"}),
        ({"psychosis-ever": "yes", "psychosis-now": "yes"}, {"SR-P2"}),
        ({"visit-reason": ["bipolar-depression"]}, {"SR-P5"}),
        ({f"gad7-q{n}": NEARLY_EVERY_DAY for n in range(1, 6)}, {"SR-P9"}),
        ({f"gad7-q{n}": NEARLY_EVERY_DAY for n in range(1, 5)}, set()),
        ({"antidepressant-trials": "none"}, {"SR-P11"}),
        ({"visit-reason": ["anxiety"], "antidepressant-trials": "none"}, set()),
        ({"current-clinician": "not-sure"}, {"SR-P10"}),
        ({"pregnant-now": "not-sure"}, {"SR-G2"}),
        ({"bladder-problem": "yes"}, {"SR-B2"}),
        ({"bladder-symptoms": ["frequency"]}, {"SR-B2"}),
        ({"bladder-symptoms": ["pain"]}, {"SR-B2"}),
        ({"bladder-symptoms": ["blood", "leaking"]}, {"SR-B1", "SR-B2"}),
        ({"liver-disease": "yes", "liver-severity": "moderate"}, {"SR-L2"}),
        ({"thyroid-problem": "yes", "thyroid-treated": "not-sure"}, {"SR-T1"}),
        ({"sleep-apnea": "yes", "sleep-apnea-treated": "not-sure"}, {"SR-R2"}),
        ({"weight-value": kg(53.4), "height-value": cm(170)}, {"SR-A3"}),  # BMI 18.48
        ({"weight-value": kg(53.5), "height-value": cm(170)}, set()),  # BMI 18.51
        ({"weight-value": kg(115.6), "height-value": cm(170)}, {"SR-A4"}),  # BMI 40
        ({"diabetes": "yes"}, {"SR-X1"}),
        ({"diabetes": "not-sure"}, {"SR-X1"}),
        ({"prior-ketamine": "yes", "prior-ketamine-reaction": "bad-reaction"}, {"SR-X2"}),
        ({"other-treatments": ["ketamine"], "prior-ketamine-reaction": "bad-reaction"}, {"SR-X2"}),
        ({"sex-assigned": "male", "auditc-q1": TWO_TO_THREE_A_WEEK}, set()),
        ({"sex-assigned": "male", "auditc-q1": FOUR_A_WEEK}, {"SR-S3"}),
        ({"drug-use-recent": ["cocaine"]}, {"SR-S4"}),
        ({"drug-use-recent": ["meth"]}, {"SR-S4"}),
        ({"drug-use-recent": ["opioids"]}, {"SR-S4"}),
        ({"drug-use-recent": ["other"]}, {"SR-S4"}),
        ({"drug-use-recent": ["cannabis", "psychedelics"]}, {"SR-S4", "SR-S5"}),
        ({"escort-arranged": "transit-or-walk-alone"}, {"SR-V3"}),
        ({"tb-2": "taxi-alone"}, {"SR-V9"}),
        ({"tb-3": "coffee-then-drive"}, {"SR-V9"}),
        ({"kidney-disease": "yes", "kidney-severity": "not-sure"}, {"SR-K1"}),
    ],
)
def test_rule_is_raised_by_each_of_its_ways(changes, expected):
    assert fired(changes) == expected


def test_every_rule_has_a_case():
    by_submission = {"SR-CHANGED", "SR-CHANGED-HIGH", "SR-CHANGED-EMERGENCY"}

    assert {case.rule for case in RULE_CASES} | by_submission | {"SR-LANG"} == set(definition().rules)


@pytest.mark.parametrize(
    "question",
    [entry.question for entry in definition().rules["SR-UNSURE"].when.entries()],
)
def test_not_sure_on_each_stop_class_question_raises_review(question):
    opened_by = {
        "seizure-last-year": {"seizures": "yes"},
        "psychosis-now": {"psychosis-ever": "yes"},
    }.get(question, {})

    flag = flag_of("SR-UNSURE", {**opened_by, question: "not-sure"})

    assert flag.answers == {question: "not-sure"}
    assert flag.severity == Severity.REVIEW


def test_language_without_signed_off_translation_raises_review():
    assert fired(language="es") == {"SR-LANG"}
    assert fired(language="en") == set()


# What silences a rule


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # SR-C6 unless SR-C2 or SR-C3
        ({"safety-q2": "yes", "safety-q3": "yes", "safety-q4": "yes"}, {"SR-C2"}),
        ({"safety-q2": "yes", "safety-q3": "yes", "safety-q5": "yes"}, {"SR-C2"}),
        ({"safety-q2": "yes", "safety-q3": "yes", "safety-q6": "yes", "safety-q6-recent": "yes"}, {"SR-C3"}),
        # SR-C7 unless SR-C2, SR-C3, SR-C6, SR-C11 or SR-C12; other crisis rules leave it
        ({"safety-q1": "yes", "safety-q2": "yes", "safety-q4": "yes"}, {"SR-C2"}),
        ({"safety-q1": "yes", "safety-q6": "yes", "safety-q6-recent": "yes"}, {"SR-C3"}),
        ({"safety-q1": "yes", "safety-q2": "yes", "safety-q3": "yes"}, {"SR-C6"}),
        ({"safety-q1": "yes", "safety-q2": "in-person"}, {"SR-C11"}),
        ({"safety-q1": "yes", "safety-q2": "yes"}, {"SR-C12"}),
        ({"safety-q1": "yes", "phq9-q9": SEVERAL_DAYS}, {"SR-C1", "SR-C7"}),
        ({"safety-q1": "yes", "safe-now": "no"}, {"SR-C4", "SR-C7"}),
        ({"safety-q1": "yes", "chest-pain-now": "yes"}, {"SR-C5", "SR-C7"}),
        ({"safety-q1": "yes", "harm-others": "yes"}, {"SR-C13", "SR-C7"}),
        # SR-C10 unless SR-C11
        ({"safety-q1": "in-person", "safety-q2": "in-person"}, {"SR-C11"}),
        ({"safety-q1": "in-person", "safety-q2": "yes"}, {"SR-C10", "SR-C12"}),
        # SR-C11 unless SR-C2 or SR-C3
        ({"safety-q2": "yes", "safety-q3": "in-person", "safety-q4": "yes"}, {"SR-C2"}),
        ({"safety-q2": "in-person", "safety-q6": "yes", "safety-q6-recent": "yes"}, {"SR-C3"}),
        # SR-C12 unless SR-C2, SR-C3, SR-C6 or SR-C11
        ({"safety-q2": "yes", "safety-q5": "in-person"}, {"SR-C11"}),
        ({"safety-q2": "yes", "safety-q6": "yes", "safety-q6-recent": "yes"}, {"SR-C3"}),
        # SR-BP2 unless SR-BP1, SR-BP3 unless either
        ({"bp-systolic": mmhg(190), "bp-diastolic": mmhg(110)}, {"SR-BP1"}),
        ({"bp-systolic": mmhg(170), "bp-diastolic": mmhg(95)}, {"SR-BP2"}),
    ],
)
def test_rule_is_silenced_only_by_the_rules_it_names(changes, expected):
    assert fired(changes) == expected


SUICIDE = {"visit-reason": ["depression", "thoughts-of-suicide"]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"phq9-q9": SEVERAL_DAYS}, {"SR-C1"}),
        ({"safety-q2": "yes", "safety-q4": "yes"}, {"SR-C2"}),
        ({"safety-q6": "yes", "safety-q6-recent": "yes"}, {"SR-C3"}),
        ({"safe-now": "not-sure"}, {"SR-C4"}),
        ({"safety-q2": "yes", "safety-q3": "yes"}, {"SR-C6"}),
        ({"safety-q2": "in-person"}, {"SR-C11"}),
        ({"safety-q2": "yes"}, {"SR-C12"}),
        ({"chest-pain-now": "yes"}, {"SR-C5", "SR-C9"}),
        ({"safety-q1": "yes"}, {"SR-C7", "SR-C9"}),
        ({"safety-q6": "yes"}, {"SR-C8", "SR-C9"}),
        ({"safety-q1": "in-person"}, {"SR-C10", "SR-C9"}),
        ({"harm-others": "yes"}, {"SR-C13", "SR-C9"}),
    ],
)
def test_suicidal_reason_is_silent_only_beside_another_crisis_about_suicide(changes, expected):
    assert fired({**SUICIDE, **changes}) == expected


# In person


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"safety-q1": "in-person"}, "SR-C10"),
        ({"safety-q6": "in-person"}, "SR-C10"),
        ({"safety-q2": "in-person"}, "SR-C11"),
        ({"safety-q2": "yes", "safety-q3": "in-person"}, "SR-C11"),
        ({"safety-q2": "yes", "safety-q4": "in-person"}, "SR-C11"),
        ({"safety-q2": "yes", "safety-q5": "in-person"}, "SR-C11"),
        ({"safety-q6": "yes", "safety-q6-recent": "in-person"}, "SR-C11"),
        ({"harm-others": "in-person"}, "SR-C13"),
    ],
)
def test_in_person_is_an_answer_that_shows_help_and_is_never_no(changes, rule):
    screening = screened(changes)

    assert screening.rules == (rule,)
    assert screening.missing == ()
    assert screening.help_panels() == ("suicide",)


# Help at once


def test_help_panels_are_those_of_the_rulings():
    rules = definition().rules.values()

    assert {rule.id: rule.help for rule in rules if rule.help} == {
        **{f"SR-C{n}": "suicide" for n in range(1, 14)},
        "SR-C5": "emergency",
        "SR-CHANGED-HIGH": "suicide",
        "SR-A1": "suicide",
    }
    assert {rule.id for rule in rules if rule.severity == Severity.CRISIS} <= {r.id for r in rules if r.help}
    assert {rule.id for rule in rules if rule.shown_at_once and not rule.help} == {"SR-BP1"}


def test_emergency_panel_comes_first():
    assert screened({"chest-pain-now": "yes", "safe-now": "no"}).help_panels() == ("emergency", "suicide")


# Single rulings


def test_bipolar_depression_is_not_depression_for_the_number_of_trials():
    assert fired({"visit-reason": ["bipolar-depression"], "antidepressant-trials": "none"}) == {"SR-P5"}


@pytest.mark.parametrize("word", ["none", "No", "N/A.", "nothing.", "NINGUNO", "ninguna", "No aplica.", "  none  "])
def test_none_words_are_no_text(word):
    answers = dict.fromkeys(("med-list", "other-allergies", "other-conditions"), word)
    reason = {"visit-reason": ["depression", "other"], "visit-reason-other": word}

    assert fired({**answers, **reason}) == set()
    assert fired({"emergency-contact-name": word}) == {"SR-E2"}


@pytest.mark.parametrize("question", ["med-list", "other-allergies", "other-conditions", "visit-reason-other"])
def test_any_other_text_is_for_staff_to_read(question):
    flag = flag_of("SR-X5", {"visit-reason": ["depression", "other"], question: "not known"})

    assert flag.answers == {question: "not known"}


def test_emergency_contact_is_flagged_once():
    flags = screened({"emergency-contact-name": "none", "emergency-contact-phone": None}).flags

    assert [flag.rule for flag in flags] == ["SR-E2"]


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (140, 90, set()),
        (141, 90, {"SR-BP3"}),
        (140, 91, {"SR-BP3"}),
        (159, 99, {"SR-BP3"}),
        (160, 90, {"SR-BP2"}),
        (130, 100, {"SR-BP2"}),
        (179, 119, {"SR-BP2"}),
        (180, 90, {"SR-BP1"}),
        (130, 120, {"SR-BP1"}),
        (190, None, {"SR-BP1", "SR-BP7"}),
        (None, 120, {"SR-BP1", "SR-BP7"}),
        (None, None, {"SR-BP7"}),
        (89, 60, {"SR-BP8"}),
    ],
)
def test_blood_pressure_bands(systolic, diastolic, expected):
    changes = {"bp-systolic": systolic and mmhg(systolic), "bp-diastolic": diastolic and mmhg(diastolic)}

    assert fired(changes) == expected


def test_clinic_threshold_makes_a_rule_stricter():
    changes = {"bp-systolic": mmhg(150)}

    assert fired(changes) == {"SR-BP3"}
    assert fired(changes, thresholds={"bp2-systolic": 150}) == {"SR-BP2"}


def test_threshold_outside_its_range_is_held_within_it():
    screening = screened({"bp-systolic": mmhg(185)}, thresholds={"bp1-systolic": 200, "unknown": 1})

    assert screening.rules == ("SR-BP1",)
    assert screening.thresholds["bp1-systolic"] == 180


@pytest.mark.parametrize(
    ("yes", "cut", "expected"), [(3, 4, {"SR-P12"}), (3, 3, {"SR-P12", "SR-S6"}), (2, 3, {"SR-P12"})]
)
def test_trauma_screen_uses_the_clinics_cut(yes, cut, expected):
    changes = {"visit-reason": ["ptsd"], **{f"pcptsd5-q{n}": "yes" for n in range(1, yes + 1)}}

    assert fired(changes, thresholds={"pcptsd5-cut": cut}) == expected


@pytest.mark.parametrize(
    ("sex", "raised"),
    [("male", False), ("female", True), ("intersex", True), ("prefer-not-to-say", True), (None, True)],
)
def test_alcohol_cut_is_4_only_for_someone_recorded_as_male(sex, raised):
    changes = {"sex-assigned": sex, "auditc-q1": TWO_TO_THREE_A_WEEK, "auditc-q2": ONE_OR_TWO, "auditc-q3": SIX_NEVER}

    assert ("SR-S3" in fired(changes)) is raised


def test_alcohol_points_all_from_the_first_question_are_named():
    drinks = {"sex-assigned": "male", "auditc-q1": FOUR_A_WEEK, "auditc-q2": ONE_OR_TWO, "auditc-q3": SIX_NEVER}

    assert flag_of("SR-S3", drinks).reason == "AUDIT-C positive (all points from q1: may be within limits)"
    assert flag_of("SR-S3", drinks).answers == {"sex-assigned": "male", "auditc-total": 4}
    assert flag_of("SR-S3", {**drinks, "auditc-q2": "LA15695-2"}).reason == "AUDIT-C positive"


def test_weight_and_bmi_are_compared_unrounded():
    assert fired({"weight-value": kg(102.4), "height-value": cm(160)}) == {"SR-A4"}  # exactly 40
    assert fired({"weight-value": kg(102.39), "height-value": cm(160)}) == set()
    assert screened({"weight-value": kg(102.39), "height-value": cm(160)}).computed["bmi"] == 39.996
    assert fired({"weight-value": {"value": 99.2, "unit": "lb"}, "height-value": cm(150)}) == {"SR-A3"}
    assert fired({"weight-value": {"value": 99.21, "unit": "[lb_av]"}, "height-value": cm(150)}) == set()


def test_emergency_stands_beside_a_suicidal_reason():
    assert fired({**SUICIDE, "chest-pain-now": "not-sure"}) == {"SR-C5", "SR-C9"}


def test_past_misuse_that_is_not_sure_asks_when_it_was():
    changes = {"ketamine-misuse": "not-sure", "ketamine-misuse-recent": "no"}

    assert fired(changes) == {"SR-UNSURE"}


def test_by_phone_is_answered_and_not_correct():
    screening = screened({"tb-2": "by-phone"})

    assert screening.rules == ("SR-V9",)
    assert screening.flags[0].answers == {"tb-2": "by-phone"}
    assert screening.missing == ()


def test_acknowledgment_given_as_false_is_missing():
    screening = screened({"ack-risks": False})

    assert screening.missing == ("ack-risks",)
    assert screening.rules == ("SR-INCOMPLETE",)
    assert "signature-name" in screening.ignored


# Incomplete


def test_screen_of_nothing_names_what_is_missing_and_reads_nothing_as_no():
    screening = screen(response({}), as_of=TODAY)

    assert [(flag.rule, flag.severity) for flag in screening.flags] == [
        ("SR-INCOMPLETE", Severity.REVIEW),
        ("SR-E2", Severity.NOTE),
        ("SR-BP7", Severity.NOTE),
    ]
    assert screening.computed == {}
    assert {"filled-by", "phq9-q9", "safety-q1", "med-list", "tb-3", "ack-truth"} <= set(screening.missing)
    assert not {"signature-name", "gad7-q1", "pregnant-now", "safety-q3", "phq9-difficulty"} & set(screening.missing)


def test_incomplete_names_questions_and_totals():
    flag = flag_of("SR-INCOMPLETE", {"phq9-q3": None, "weight-value": None})

    assert flag.reason == (
        "Not complete; what is missing is never read as no. "
        "Not answered: weight-value, phq9-q3. Cannot be made: bmi, phq9-total."
    )
    assert flag.answers == {}


def test_item_nine_fires_on_a_form_with_nothing_else():
    screening = screen(response({"phq9-q9": NEARLY_EVERY_DAY}), as_of=TODAY)

    assert screening.flags[0].rule == "SR-C1"
    assert "phq9-total" not in screening.computed


def test_rule_that_cannot_be_evaluated_is_named_for_review_and_the_rest_still_fires():
    broken = {"bp-systolic": {"value": 190, "unit": "bar"}, "heart-failure": "yes"}

    screening = screened(broken)

    assert "SR-H2" in screening.rules
    assert "Rules that cannot be evaluated: SR-BP1, SR-BP2, SR-BP3, SR-BP8." in flag_of("SR-INCOMPLETE", broken).reason


def test_a_total_that_cannot_be_made_is_named_for_review_though_nothing_is_missing():
    broken = {"height-value": {"value": 170, "unit": "furlong"}}

    assert screened(broken).missing == ()
    assert flag_of("SR-INCOMPLETE", broken).reason.endswith("Cannot be made: bmi.")


def test_one_true_part_is_enough_though_another_cannot_be_evaluated():
    broken = {"bp-systolic": {"value": 190, "unit": "bar"}, "bp-diastolic": mmhg(125)}

    assert "SR-BP1" in fired(broken)


def test_switched_off_answers_are_ignored_and_named():
    screening = screened({"bp-diagnosis": "no", "bp-controlled": "no", "sex-assigned": "male", "pregnant-now": "yes"})

    assert screening.flags == ()
    assert {"bp-controlled", "pregnant-now", "trying-pregnant"} <= set(screening.ignored)


# Flags


def test_flags_come_worst_first_then_in_file_order():
    changes = {"med-bp": "yes", "stroke-tia": "yes", "safe-now": "no", "heart-failure": "yes", "porphyria": "yes"}

    assert screened(changes).rules == ("SR-C4", "SR-H2", "SR-N1", "SR-O1", "SR-M10")


def test_flag_carries_what_staff_and_patient_see():
    assert flag_of("SR-BP4", {"bp-diagnosis": "yes", "bp-controlled": "no"}) == Raised(
        rule="SR-BP4",
        severity=Severity.STOP,
        answers={"bp-diagnosis": "yes", "bp-controlled": "no"},
        reason="Uncontrolled hypertension: label contraindication where a rise would be hazardous; 2018 consensus",
        patient=(
            "High blood pressure that is not yet controlled needs care first. "
            "Please do not come for an infusion until our team has talked with you."
        ),
        sources=("LABEL-KETALAR", "ASRA-CHRONIC-2018", "ASRA-ACUTE-2018"),
        learn="tell-us-first#heart-blood-pressure",
    )


def test_evidence_holds_only_the_answers_that_made_the_rule_true():
    assert flag_of("SR-X1", {"diabetes": "yes"}).answers == {"diabetes": "yes"}
    assert flag_of("SR-A3", {"weight-value": kg(44), "height-value": cm(170)}).answers == {
        "weight-value": kg(44),
        "bmi": 15.2,
    }


def test_true_rules_are_read_without_unless():
    screening = screened({"safety-q2": "yes", "safety-q3": "yes", "safety-q4": "yes"})

    assert screening.rules == ("SR-C2",)
    assert set(screening.true_rules) == {"SR-C2", "SR-C6", "SR-C12"}
    assert screening.true_rules["SR-C2"] == ("safety-q4",)


def test_thresholds_may_be_decimals():
    assert fired({"weight-value": kg(50)}, thresholds={"low-weight": Decimal("50.1")}) >= {"SR-A3"}


def test_age_is_counted_on_the_day_given():
    assert "SR-A1" in fired({"date-of-birth": "2008-11-22"}, as_of=date(2026, 11, 21))
    assert "SR-A1" not in fired({"date-of-birth": "2008-11-22"}, as_of=date(2026, 11, 22))


# The worklist


@pytest.mark.parametrize(
    ("changes", "rank"),
    [
        ({"chest-pain-now": "yes", "safe-now": "no"}, 0),
        ({"safety-q6": "yes", "safety-q6-recent": "yes"}, 1),
        ({"safe-now": "no", "harm-others": "yes"}, 2),
        ({"harm-others": "yes", "safety-q2": "in-person"}, 3),
        ({"safety-q2": "in-person", "phq9-q9": SEVERAL_DAYS}, 4),
        ({"safety-q2": "yes", "safety-q3": "yes"}, 5),
        ({"safety-q2": "yes"}, 6),
        ({"phq9-q9": SEVERAL_DAYS}, 7),
        (SUICIDE, 7),
        ({"stroke-tia": "yes", "safety-q1": "yes"}, 8),
        ({"safety-q1": "yes"}, 9),
        ({"med-bp": "yes"}, 10),
        ({}, 11),
    ],
)
def test_worklist_rank_follows_the_order_inside_crisis(changes, rank):
    screening = screened(changes)

    assert worklist_rank(definition(), screening.flags) == rank


def test_an_answer_that_waits_for_the_question_before_it_is_named():
    found = screen(response({"safety-q4": "yes", "pregnant-now": "yes"}), as_of=TODAY)

    reason = next(flag.reason for flag in found.flags if flag.rule == "SR-INCOMPLETE")
    assert reason.endswith("Given, but not counted until the question before is answered: safety-q4, pregnant-now.")

"""Plain data for intake tests: a complete quiet form, and what each rule needs, and the nearest that it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from intake.definition.documents import Documents
from intake.definition.model import Definition
from intake.definition.parse import parse_definition
from intake.questionnaires.publishing import FOLDER, load_folder
from intake.response.response import Response

TODAY = date(2026, 11, 21)
CHILD = f"{date.today().year - 10}-01-01"  # born then, somebody is under 18 in any year of these tests

NOT_AT_ALL, SEVERAL_DAYS, MORE_THAN_HALF, NEARLY_EVERY_DAY = "LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"
NEVER, MONTHLY_OR_LESS, TWO_TO_FOUR_A_MONTH, TWO_TO_THREE_A_WEEK, FOUR_A_WEEK = (
    "LA6270-8",
    "LA18926-8",
    "LA18927-6",
    "LA18928-4",
    "LA18929-2",
)
ONE_OR_TWO, THREE_OR_FOUR, TEN_OR_MORE = "LA15694-5", "LA15695-2", "LA18932-6"
SIX_NEVER, SIX_LESS_THAN_MONTHLY, SIX_DAILY = "LA6270-8", "LA18933-4", "LA18934-2"

# A woman of 40 with depression who never drinks: every question answered, follow-ups too, and no rule fires.
QUIET: dict[str, Any] = {
    "filled-by": "self",
    "filled-by-name": "Ruth Helper",
    "filled-by-relationship": "sister",
    "date-of-birth": "1986-05-17",
    "chest-pain-now": "no",
    "ack-not-emergency": True,
    "legal-name": "Alex Example",
    "preferred-name": "Alex",
    "sex-assigned": "female",
    "phone-number": "555 0100",
    "phone-message-ok": "yes",
    "email-address": "alex@example.org",
    "home-address": "1 Main Street",
    "preferred-language": "english",
    "preferred-language-other": "Tagalog",
    "interpreter-needed": "no",
    "emergency-contact-name": "Sam Example",
    "emergency-contact-phone": "555 0101",
    "weight-value": {"value": 70, "unit": "kg"},
    "height-value": {"value": 170, "unit": "cm"},
    "visit-reason": ["depression"],
    "visit-reason-other": "none",
    "pain-condition": "crps",
    "symptom-duration": "over-1-year",
    "antidepressant-trials": "3-or-more",
    "other-treatments": ["talk-therapy"],
    "current-clinician": "yes",
    "clinician-contact": "Dr. Lee, 555 0102",
    **{f"phq9-q{n}": NOT_AT_ALL for n in range(1, 10)},
    "phq9-difficulty": "LA6572-7",
    **{f"safety-q{n}": "no" for n in range(1, 7)},
    "safety-q6-recent": "no",
    "safe-now": "yes",
    "harm-others": "no",
    **{f"gad7-q{n}": NOT_AT_ALL for n in range(1, 8)},
    "bp-diagnosis": "no",
    "bp-controlled": "yes",
    "bp-systolic": {"value": 120, "unit": "mmHg"},
    "bp-diastolic": {"value": 80, "unit": "mmHg"},
    "heart-recent-event": "no",
    "heart-failure": "no",
    "heart-rhythm": "no",
    "heart-other": "no",
    "stroke-tia": "no",
    "brain-bleed": "no",
    "aneurysm-avm": "no",
    "intracranial-pressure": "no",
    "head-injury-recent": "no",
    "eye-pressure": "no",
    "seizures": "no",
    "seizure-last-year": "no",
    "liver-disease": "no",
    "liver-severity": "mild",
    "kidney-disease": "no",
    "kidney-severity": "mild-moderate",
    "bladder-problem": "no",
    "bladder-symptoms": ["none"],
    "thyroid-problem": "no",
    "thyroid-treated": "yes",
    "porphyria": "no",
    "breathing-problem": "no",
    "sleep-apnea": "no",
    "sleep-apnea-treated": "yes",
    "memory-dementia": "no",
    "confusion-recent": "no",
    "diabetes": "no",
    "other-conditions": "none",
    "schizophrenia-dx": "no",
    "psychosis-ever": "no",
    "psychosis-now": "no",
    "psychosis-family": "no",
    "bipolar-dx": "no",
    "mania-now": "no",
    "dissociation-distress": "no",
    "psych-hospital-recent": "no",
    "pcptsd5-exposure": "yes",
    **{f"pcptsd5-q{n}": "no" for n in range(1, 6)},
    "pregnant-now": "no",
    "breastfeeding": "no",
    "pregnancy-possible": "no",
    "trying-pregnant": "no",
    "med-list": "None.",
    "ketamine-allergy": "no",
    "other-allergies": "n/a",
    "med-maoi": "no",
    "med-benzo": "no",
    "med-opioid": "no",
    "med-sedative": "no",
    "med-stimulant": "no",
    "med-lamotrigine": "no",
    "med-theophylline": "no",
    "med-cyp3a4": "no",
    "med-bp": "no",
    "med-glp1": "no",
    "auditc-q1": NEVER,
    "auditc-q2": ONE_OR_TWO,
    "auditc-q3": SIX_NEVER,
    "sud-active": "no",
    "sud-recovery": "no",
    "drug-use-recent": ["none"],
    "ketamine-misuse": "no",
    "ketamine-misuse-recent": "no",
    "prior-ketamine": "no",
    "prior-ketamine-reaction": "helped",
    "anesthesia-problem": "no",
    "plan-drive": "no",
    "escort-arranged": "named-adult",
    "escort-name": "Sam Example",
    "escort-phone": "555 0101",
    "tb-1": "tuesday-after-4pm",
    "tb-2": "named-adult",
    "tb-3": "do-not-drive",
    "ack-offlabel": True,
    "ack-driving": True,
    "ack-risks": True,
    "ack-truth": True,
    "signature-name": "Alex Example",
}


@cache
def documents() -> Documents:
    return load_folder(FOLDER / "previsit" / "1")


@cache
def definition() -> Definition:
    return parse_definition(documents())


def complete_answers(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the quiet form with changes; None takes an answer out."""
    answers = {**QUIET, **(changes or {})}
    return {link_id: value for link_id, value in answers.items() if value is not None}


def response(answers: Mapping[str, Any]) -> Response:
    return Response(definition(), answers)


def complete_response(changes: Mapping[str, Any] | None = None) -> Response:
    return response(complete_answers(changes))


def mmhg(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "mmHg"}


def kg(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "kg"}


def cm(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "cm"}


@dataclass(frozen=True)
class Case:
    """What raises a rule, the nearest answers that do not, and 'not sure' or a missing answer.

    `beside`, `near_rules` and `unsure_rules` are the rules that fire then, the case's own left out of `beside`.
    """

    rule: str
    raises: Mapping[str, Any]
    near: Mapping[str, Any]
    unsure: Mapping[str, Any]
    unsure_rules: frozenset[str] = frozenset({"SR-INCOMPLETE"})
    beside: frozenset[str] = frozenset()
    near_rules: frozenset[str] = field(default_factory=frozenset)


def case(
    rule: str,
    raises: Mapping[str, Any],
    near: Mapping[str, Any],
    unsure: Mapping[str, Any],
    unsure_rules: str = "SR-INCOMPLETE",
    beside: str = "",
    near_rules: str = "",
) -> Case:
    return Case(
        rule,
        raises,
        near,
        unsure,
        frozenset(unsure_rules.split()),
        frozenset(beside.split()),
        frozenset(near_rules.split()),
    )


def yes_only(rule: str, question: str, unsure_rules: str = "SR-UNSURE", **first: Any) -> Case:
    """A rule on yes alone, whose 'not sure' another rule catches."""
    return case(
        rule, {**first, question: "yes"}, {**first, question: "no"}, {**first, question: "not-sure"}, unsure_rules
    )


def yes_or_unsure(rule: str, question: str) -> Case:
    """A rule on yes and on 'not sure' alike."""
    return yes_only(rule, question, rule)


THOUGHTS = {"safety-q2": "yes"}
PTSD_YES = {"visit-reason": ["ptsd"], **{f"pcptsd5-q{n}": "yes" for n in range(1, 5)}}
DRINKS = {"auditc-q1": TWO_TO_FOUR_A_MONTH, "auditc-q2": ONE_OR_TWO, "auditc-q3": SIX_LESS_THAN_MONTHLY}

RULE_CASES = [
    # Crisis and urgent
    case("SR-C1", {"phq9-q9": SEVERAL_DAYS}, {"phq9-q8": SEVERAL_DAYS}, {"phq9-q9": None}),
    case(
        "SR-C2",
        {**THOUGHTS, "safety-q4": "yes"},
        THOUGHTS,
        {**THOUGHTS, "safety-q4": "in-person"},
        "SR-C11",
        near_rules="SR-C12",
    ),
    case(
        "SR-C3",
        {"safety-q6": "yes", "safety-q6-recent": "yes"},
        {"safety-q6": "yes", "safety-q6-recent": "no"},
        {"safety-q6": "yes", "safety-q6-recent": "in-person"},
        "SR-C11",
        near_rules="SR-C8",
    ),
    case("SR-C4", {"safe-now": "no"}, {"safe-now": "yes"}, {"safe-now": "not-sure"}, "SR-C4"),
    yes_or_unsure("SR-C5", "chest-pain-now"),
    case(
        "SR-C6",
        {**THOUGHTS, "safety-q3": "yes"},
        THOUGHTS,
        {**THOUGHTS, "safety-q3": "in-person"},
        "SR-C11",
        near_rules="SR-C12",
    ),
    case("SR-C7", {"safety-q1": "yes"}, {"safety-q1": "no"}, {"safety-q1": "in-person"}, "SR-C10"),
    case(
        "SR-C8",
        {"safety-q6": "yes", "safety-q6-recent": "no"},
        {"safety-q6": "no"},
        {"safety-q6": "yes", "safety-q6-recent": None},
    ),
    case("SR-C9", {"visit-reason": ["depression", "thoughts-of-suicide"]}, {}, {"visit-reason": None}),
    case("SR-C10", {"safety-q6": "in-person"}, {"safety-q6": "no"}, {"safety-q6": None}),
    case("SR-C11", {"safety-q2": "in-person"}, {"safety-q1": "in-person"}, {"safety-q2": None}, near_rules="SR-C10"),
    case("SR-C12", THOUGHTS, {"safety-q2": "no"}, {"safety-q2": None}),
    case("SR-C13", {"harm-others": "yes"}, {"harm-others": "no"}, {"harm-others": "in-person"}, "SR-C13"),
    # Who fills in, contact and language
    case("SR-F1", {"filled-by": "proxy"}, {"filled-by": "helped"}, {"filled-by": None}),
    case(
        "SR-E2",
        {"emergency-contact-name": "None."},
        {"emergency-contact-name": "Nona"},
        {"emergency-contact-phone": None},
        "SR-E2",
    ),
    case(
        "SR-I1",
        {"preferred-language": "spanish", "interpreter-needed": "yes"},
        {"preferred-language": "english", "interpreter-needed": "yes"},
        {"preferred-language": "spanish", "interpreter-needed": None},
    ),
    # Heart, brain and blood pressure
    case(
        "SR-BP1",
        {"bp-systolic": mmhg(180)},
        {"bp-systolic": mmhg(179)},
        {"bp-systolic": None},
        "SR-BP7",
        near_rules="SR-BP2",
    ),
    case(
        "SR-BP2",
        {"bp-diastolic": mmhg(100)},
        {"bp-diastolic": mmhg(99)},
        {"bp-diastolic": None},
        "SR-BP7",
        near_rules="SR-BP3",
    ),
    case("SR-BP3", {"bp-systolic": mmhg(141)}, {"bp-systolic": mmhg(140)}, {"bp-systolic": None}, "SR-BP7"),
    case(
        "SR-BP4",
        {"bp-diagnosis": "yes", "bp-controlled": "no"},
        {"bp-diagnosis": "no", "bp-controlled": "no"},
        {"bp-diagnosis": "yes", "bp-controlled": "not-sure"},
        "SR-BP5",
    ),
    case(
        "SR-BP5",
        {"bp-diagnosis": "not-sure"},
        {"bp-diagnosis": "yes", "bp-controlled": "yes"},
        {"bp-diagnosis": "yes", "bp-controlled": "not-sure"},
        "SR-BP5",
        near_rules="SR-BP6",
    ),
    case(
        "SR-BP6",
        {"bp-diagnosis": "yes", "bp-controlled": "yes"},
        {"bp-diagnosis": "no", "bp-controlled": "yes"},
        {"bp-diagnosis": "yes", "bp-controlled": None},
    ),
    case("SR-BP7", {"bp-systolic": None}, {}, {"bp-systolic": None, "bp-diastolic": None}, "SR-BP7"),
    case("SR-BP8", {"bp-systolic": mmhg(89)}, {"bp-systolic": mmhg(90)}, {"bp-systolic": None}, "SR-BP7"),
    yes_only("SR-H1", "heart-recent-event"),
    yes_only("SR-H2", "heart-failure"),
    yes_only("SR-H3", "heart-rhythm"),
    yes_or_unsure("SR-H4", "heart-other"),
    yes_only("SR-N1", "stroke-tia"),
    yes_only("SR-N2", "brain-bleed"),
    yes_only("SR-N3", "aneurysm-avm"),
    yes_only("SR-N4", "intracranial-pressure"),
    yes_only("SR-N5", "head-injury-recent"),
    yes_only("SR-E1", "eye-pressure"),
    case(
        "SR-N6",
        {"seizures": "yes", "seizure-last-year": "yes"},
        {"seizures": "yes", "seizure-last-year": "no"},
        {"seizures": "yes", "seizure-last-year": "not-sure"},
        "SR-N7 SR-UNSURE",
        near_rules="SR-N7",
    ),
    case("SR-N7", {"seizures": "yes"}, {"seizures": "no"}, {"seizures": "not-sure"}, "SR-UNSURE"),
    # Mental health
    yes_only("SR-P1", "schizophrenia-dx"),
    case(
        "SR-P2",
        {"psychosis-ever": "not-sure", "psychosis-now": "yes"},
        {"psychosis-ever": "no", "psychosis-now": "yes"},
        {"psychosis-ever": "yes", "psychosis-now": "not-sure"},
        "SR-P3 SR-UNSURE",
        beside="SR-UNSURE",
    ),
    case("SR-P3", {"psychosis-ever": "yes"}, {"psychosis-ever": "no"}, {"psychosis-ever": "not-sure"}, "SR-UNSURE"),
    yes_only("SR-P4", "mania-now"),
    yes_only("SR-P5", "bipolar-dx"),
    yes_or_unsure("SR-P6", "psychosis-family"),
    yes_or_unsure("SR-P7", "dissociation-distress"),
    yes_or_unsure("SR-P8", "psych-hospital-recent"),
    case(
        "SR-P9",
        {**{f"phq9-q{n}": NEARLY_EVERY_DAY for n in range(1, 7)}, "phq9-q7": MORE_THAN_HALF},
        {**{f"phq9-q{n}": NEARLY_EVERY_DAY for n in range(1, 7)}, "phq9-q7": SEVERAL_DAYS},
        {**{f"phq9-q{n}": NEARLY_EVERY_DAY for n in range(1, 8)}, "phq9-q8": None},
    ),
    case(
        "SR-P10", {"current-clinician": "no"}, {"current-clinician": "yes"}, {"current-clinician": "not-sure"}, "SR-P10"
    ),
    case(
        "SR-P11",
        {"antidepressant-trials": "1"},
        {"antidepressant-trials": "2"},
        {"antidepressant-trials": "not-sure"},
        "SR-P11",
    ),
    case("SR-P12", {"visit-reason": ["ptsd"]}, {"visit-reason": ["ocd"]}, {"visit-reason": None}),
    # Pregnancy
    yes_only("SR-G1", "pregnant-now", "SR-G2"),
    case(
        "SR-G2",
        {"pregnancy-possible": "yes", "trying-pregnant": "yes"},
        {"pregnancy-possible": "yes", "trying-pregnant": "no"},
        {"pregnancy-possible": "yes", "trying-pregnant": "not-sure"},
        "SR-G2 SR-G4",
        beside="SR-G4",
        near_rules="SR-G4",
    ),
    yes_only("SR-G3", "breastfeeding"),
    yes_only("SR-G4", "pregnancy-possible"),
    # Organs and other conditions
    case(
        "SR-L1",
        {"liver-disease": "yes", "liver-severity": "severe"},
        {"liver-disease": "yes", "liver-severity": "moderate"},
        {"liver-disease": "yes", "liver-severity": "not-sure"},
        "SR-L2",
        near_rules="SR-L2",
    ),
    case("SR-L2", {"liver-disease": "yes"}, {"liver-disease": "no"}, {"liver-disease": "not-sure"}, "SR-L2"),
    case(
        "SR-K1",
        {"kidney-disease": "yes", "kidney-severity": "severe"},
        {"kidney-disease": "yes", "kidney-severity": "mild-moderate"},
        {"kidney-disease": "not-sure"},
        "SR-K1",
        near_rules="SR-K2",
    ),
    case(
        "SR-K2",
        {"kidney-disease": "yes"},
        {"kidney-disease": "no"},
        {"kidney-disease": "yes", "kidney-severity": "not-sure"},
        "SR-K1",
    ),
    case(
        "SR-B1",
        {"bladder-symptoms": ["blood"]},
        {"bladder-symptoms": ["pain"]},
        {"bladder-symptoms": ["not-sure"]},
        "SR-B2",
        near_rules="SR-B2",
    ),
    case(
        "SR-B2",
        {"bladder-symptoms": ["leaking"]},
        {"bladder-symptoms": ["none"]},
        {"bladder-problem": "not-sure"},
        "SR-B2",
    ),
    case(
        "SR-T1",
        {"thyroid-problem": "yes", "thyroid-treated": "no"},
        {"thyroid-problem": "yes", "thyroid-treated": "yes"},
        {"thyroid-problem": "not-sure"},
        "SR-T1",
    ),
    yes_or_unsure("SR-O1", "porphyria"),
    yes_or_unsure("SR-R1", "breathing-problem"),
    case(
        "SR-R2",
        {"sleep-apnea": "yes", "sleep-apnea-treated": "no"},
        {"sleep-apnea": "yes", "sleep-apnea-treated": "yes"},
        {"sleep-apnea": "not-sure"},
        "SR-R2",
        near_rules="SR-R3",
    ),
    case(
        "SR-R3",
        {"sleep-apnea": "yes"},
        {"sleep-apnea": "no"},
        {"sleep-apnea": "yes", "sleep-apnea-treated": "not-sure"},
        "SR-R2",
    ),
    yes_only("SR-D1", "confusion-recent"),
    yes_only("SR-D2", "memory-dementia"),
    case("SR-A1", {"date-of-birth": "2008-11-22"}, {"date-of-birth": "2008-11-21"}, {"date-of-birth": None}),
    case("SR-A2", {"date-of-birth": "1961-11-21"}, {"date-of-birth": "1961-11-22"}, {"date-of-birth": None}),
    case(
        "SR-A3",
        {"weight-value": kg(44.9), "height-value": cm(150)},
        {"weight-value": kg(45), "height-value": cm(150)},
        {"weight-value": None},
    ),
    case(
        "SR-A4",
        {"weight-value": kg(150.1), "height-value": cm(200)},
        {"weight-value": kg(150), "height-value": cm(200)},
        {"height-value": None},
    ),
    yes_or_unsure("SR-X1", "med-glp1"),
    case(
        "SR-X2",
        {"prior-ketamine": "yes", "prior-ketamine-reaction": "helped-bad-reaction"},
        {"prior-ketamine": "yes", "prior-ketamine-reaction": "no-change"},
        {"prior-ketamine": "yes", "prior-ketamine-reaction": "not-sure"},
        "",
    ),
    yes_or_unsure("SR-X3", "anesthesia-problem"),
    case("SR-X5", {"other-conditions": "asthma"}, {"other-conditions": " Ninguna. "}, {"med-list": None}),
    case(
        "SR-X4",
        {"visit-reason": ["long-term-pain"], "pain-condition": "headache"},
        {"visit-reason": ["long-term-pain"], "pain-condition": "crps"},
        {"visit-reason": ["long-term-pain"], "pain-condition": "not-sure"},
        "SR-X4",
    ),
    # Medicines, alcohol and drugs
    yes_only("SR-M1", "ketamine-allergy"),
    yes_or_unsure("SR-M2", "med-maoi"),
    yes_or_unsure("SR-M3", "med-benzo"),
    yes_or_unsure("SR-M4", "med-opioid"),
    yes_or_unsure("SR-M5", "med-sedative"),
    yes_or_unsure("SR-M6", "med-theophylline"),
    yes_or_unsure("SR-M7", "med-stimulant"),
    yes_or_unsure("SR-M8", "med-lamotrigine"),
    yes_or_unsure("SR-M9", "med-cyp3a4"),
    yes_or_unsure("SR-M10", "med-bp"),
    yes_only("SR-S1", "sud-active"),
    case(
        "SR-S2",
        {"ketamine-misuse": "yes", "ketamine-misuse-recent": "yes"},
        {"ketamine-misuse": "yes", "ketamine-misuse-recent": "no"},
        {"ketamine-misuse": "not-sure", "ketamine-misuse-recent": "not-sure"},
        "SR-S2 SR-UNSURE",
        near_rules="SR-S9",
    ),
    case("SR-S3", DRINKS, {**DRINKS, "auditc-q3": SIX_NEVER}, {**DRINKS, "auditc-q3": None}),
    case("SR-S4", {"drug-use-recent": ["psychedelics"]}, {"drug-use-recent": ["none"]}, {"drug-use-recent": None}),
    case(
        "SR-S5",
        {"drug-use-recent": ["cannabis"]},
        {"drug-use-recent": ["cocaine"]},
        {"drug-use-recent": None},
        near_rules="SR-S4",
    ),
    case(
        "SR-S6",
        PTSD_YES,
        {**PTSD_YES, "pcptsd5-q4": "no"},
        {**PTSD_YES, "pcptsd5-q5": None},
        "SR-INCOMPLETE SR-P12",
        beside="SR-P12",
        near_rules="SR-P12",
    ),
    case(
        "SR-S7",
        {"auditc-q1": FOUR_A_WEEK, "auditc-q2": TEN_OR_MORE, "auditc-q3": SIX_NEVER},
        {"auditc-q1": TWO_TO_THREE_A_WEEK, "auditc-q2": TEN_OR_MORE, "auditc-q3": SIX_NEVER},
        {"auditc-q1": FOUR_A_WEEK, "auditc-q2": None, "auditc-q3": SIX_DAILY},
        beside="SR-S3",
        near_rules="SR-S3",
    ),
    case("SR-S8", {"sud-recovery": "yes"}, {"sud-recovery": "no"}, {"sud-recovery": None}),
    case(
        "SR-S9",
        {"ketamine-misuse": "yes", "ketamine-misuse-recent": "no"},
        {"ketamine-misuse": "no"},
        {"ketamine-misuse": "yes", "ketamine-misuse-recent": None},
    ),
    # Getting home
    yes_only("SR-V1", "plan-drive", "SR-V2"),
    case("SR-V2", {"plan-drive": "not-sure"}, {"plan-drive": "no"}, {"plan-drive": None}),
    case(
        "SR-V3",
        {"escort-arranged": "ride-alone"},
        {"escort-arranged": "ride-with-adult"},
        {"escort-arranged": "no-one-yet"},
        "SR-V10",
    ),
    case("SR-V9", {"tb-1": "tuesday-morning"}, {"tb-1": "tuesday-after-4pm"}, {"tb-3": "not-sure"}, "SR-V9"),
    case("SR-V10", {"escort-arranged": "no-one-yet"}, {"escort-arranged": "named-adult"}, {"escort-arranged": None}),
    # What is not sure, missing, or answered in another language
    case(
        "SR-UNSURE", {"eye-pressure": "not-sure"}, {"porphyria": "not-sure"}, {"eye-pressure": None}, near_rules="SR-O1"
    ),
    case("SR-INCOMPLETE", {"legal-name": None}, {"preferred-name": None}, {"ack-risks": False}, "SR-INCOMPLETE"),
]

"""Plain data for version 2: a complete quiet form, and what each rule needs, and the nearest that it does not."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from intake.definition.documents import Documents
from intake.definition.model import Definition
from intake.definition.parse import parse_definition
from intake.questionnaires.publishing import FOLDER, load_folder
from intake.response.answers import parse_answers
from intake.response.response import Response
from tests.intake import cases as version_1
from tests.intake.cases import (
    MORE_THAN_HALF,
    NEARLY_EVERY_DAY,
    NOT_AT_ALL,
    SEVERAL_DAYS,
    TODAY,
    Case,
    case,
    mmhg,
    yes_only,
    yes_or_unsure,
)

RETIRED = frozenset(
    {
        "preferred-language",
        "symptom-duration",
        "bladder-symptoms",
        "pregnancy-possible",
        "trying-pregnant",
        "sud-active",
        "sud-recovery",
    }
)

# A woman of 40 with depression (PHQ-9 of 5) who takes no medicine: every question answered, follow-ups too, and no
# rule fires. What the gates and lists switch off is answered no, so that opening one opens nothing else.
QUIET: dict[str, Any] = {
    **{link_id: answer for link_id, answer in version_1.QUIET.items() if link_id not in RETIRED},
    **dict.fromkeys(("phq9-q1", "phq9-q2", "phq9-q3", "phq9-q4", "phq9-q5"), SEVERAL_DAYS),
    "phone-number": "503 555 0177",
    "emergency-contact-phone": "503 555 0178",
    "escort-phone": "503 555 0178",
    "clinician-contact": "Dr. Lee, 503 555 0179",
    "ketamine-now": "no",
    "heart-any": "no",
    "brain-vessels-any": "no",
    "urine-blood": "no",
    "health-list": ["none"],
    "adrenal-tumor": "no",
    "mind-list": ["none"],
    "pregnancy-chance": "no",
    "med-none": True,
    "med-list": None,
    "med-kinds-list": ["none"],
    "med-lithium": "no",
    "med-naltrexone": "no",
    "med-blood-thinner": "no",
    "sud-status": "no",
}


@cache
def documents() -> Documents:
    return load_folder(FOLDER / "previsit" / "2")


@cache
def definition() -> Definition:
    return parse_definition(documents())


def complete_answers(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the quiet form with changes; None takes an answer out."""
    answers = {**QUIET, **(changes or {})}
    return {link_id: value for link_id, value in answers.items() if value is not None}


def response(changes: Mapping[str, Any] | None = None) -> Response:
    """Give the quiet form with changes as answered, checked as `screen` checks it."""
    return Response(definition(), parse_answers(definition(), complete_answers(changes), today=TODAY))


def takes(*names: str) -> dict[str, Any]:
    """Give a list of medicines, in the words of the person."""
    return {"medicine": [{"medicine-name": name} for name in names], "med-none": None}


def behind(gate: str, question: str, unsure_rules: str, near_rules: str) -> Case:
    """A rule on yes to a question that a gate opens; all no behind an open gate is a rule of its own."""
    return yes_only_beside(question, unsure_rules, near_rules, {gate: "yes"})


def yes_only_beside(question: str, unsure_rules: str, near_rules: str, first: Mapping[str, Any]) -> Case:
    return case(
        RULE_OF[question],
        {**first, question: "yes"},
        {**first, question: "no"},
        {**first, question: "not-sure"},
        unsure_rules,
        near_rules=near_rules,
    )


def listed(rule: str, list_id: str, code: str, row: str, unsure_rules: str = "", beside: str = "") -> Case:
    """A rule on a tick of a list, on yes to its row, and on 'not sure' to its row, unless another rule catches that."""
    return case(
        rule,
        {list_id: [code]},
        {list_id: ["none"]},
        {list_id: ["not-sure"], row: "not-sure"},
        unsure_rules or f"{rule} {beside}",
        beside=beside,
    )


def named(rule: str, name: str, other: str = "sertraline", unsure: str = "Zorblax", beside: str = "") -> Case:
    """A rule on a medicine's name; a name that nobody knows is for staff to read."""
    return case(rule, takes(name), takes(other), takes(unsure), "SR-X5", beside=beside)


RULE_OF = {
    "heart-recent-event": "SR-H1",
    "heart-failure": "SR-H2",
    "heart-rhythm": "SR-H3",
    "stroke-tia": "SR-N1",
    "brain-bleed": "SR-N2",
    "aneurysm-avm": "SR-N3",
}
HYPERTENSION = {"bp-diagnosis": "yes", "bp-controlled": "yes"}
HAD_KETAMINE = {"other-treatments": ["ketamine"]}
ALL_NOT_AT_ALL = {f"phq9-q{n}": NOT_AT_ALL for n in range(1, 10)}
SEVERE = {f"phq9-q{n}": NEARLY_EVERY_DAY for n in range(1, 7)}
TO_CONTACT = {"escort-arranged": "emergency-contact"}

# The rules that kept their condition are tried with the answers of version 1, but for what other rules now add.
SAME = ("SR-C1", "SR-C2", "SR-C3", "SR-C4", "SR-C5", "SR-C6", "SR-C7", "SR-C8", "SR-C9", "SR-C10", "SR-C11", "SR-C12")
SAME += ("SR-C13", "SR-BP4", "SR-BP5", "SR-BP6", "SR-N5", "SR-E1", "SR-N6", "SR-N7", "SR-P1", "SR-P3")
SAME += ("SR-P4", "SR-P10", "SR-P11", "SR-G1", "SR-G3", "SR-L1", "SR-L2", "SR-D1", "SR-D2", "SR-A1", "SR-A2", "SR-A3")
SAME += ("SR-A4", "SR-X4", "SR-M2", "SR-M3", "SR-M4", "SR-M5", "SR-M6", "SR-M7", "SR-S2", "SR-S3", "SR-S4", "SR-S5")
SAME += ("SR-S6", "SR-S7", "SR-S9", "SR-V1", "SR-V2", "SR-V3", "SR-V9")

RULE_CASES = [
    *(one for one in version_1.RULE_CASES if one.rule in SAME),
    # Who fills in, contact, language and signature
    case(
        "SR-F1",
        {"filled-by": "proxy", "signature-name": "Ruth Helper"},
        {"filled-by": "helped"},
        {"filled-by": None},
    ),
    case("SR-F2", {"signature-name": "Chris Other"}, {"signature-name": "alex EXAMPLE"}, {"signature-name": None}),
    case(
        "SR-E2",
        {"emergency-contact-name": "None."},
        {"emergency-contact-name": "Nona"},
        {"emergency-contact-phone": None},
        "SR-E2 SR-INCOMPLETE",
    ),
    case(
        "SR-I1",
        {"interpreter-needed": "yes", "preferred-language-other": "Tagalog"},
        {"interpreter-needed": "no"},
        {"interpreter-needed": None},
        "",
    ),
    # Heart, brain and blood pressure
    case("SR-BP1", {"bp-systolic": mmhg(180)}, {"bp-systolic": mmhg(179)}, {"bp-systolic": None}, "", "", "SR-BP2"),
    case("SR-BP2", {"bp-diastolic": mmhg(100)}, {"bp-diastolic": mmhg(99)}, {"bp-diastolic": None}, "", "", "SR-BP3"),
    case("SR-BP3", {"bp-systolic": mmhg(141)}, {"bp-systolic": mmhg(140)}, {"bp-systolic": None}, ""),
    case(
        "SR-BP7",
        {**HYPERTENSION, "bp-systolic": None},
        {"bp-systolic": None},
        {"bp-diagnosis": "not-sure", "bp-diastolic": None},
        "SR-BP5 SR-BP7",
        beside="SR-BP6",
    ),
    case("SR-BP8", {"bp-systolic": mmhg(89)}, {"bp-systolic": mmhg(90)}, {"bp-systolic": None}, ""),
    case(
        "SR-BP9",
        {"med-kinds-list": ["blood-pressure"]},
        {"med-kinds-list": ["blood-pressure"], **HYPERTENSION},
        {"med-kinds-list": ["not-sure"], "med-bp": "not-sure"},
        "SR-M10",
        beside="SR-M10",
        near_rules="SR-BP6 SR-M10",
    ),
    behind("heart-any", "heart-recent-event", "SR-UNSURE-LABEL", "SR-H5"),
    behind("heart-any", "heart-failure", "SR-UNSURE-LABEL", "SR-H5"),
    behind("heart-any", "heart-rhythm", "SR-UNSURE", "SR-H5"),
    case(
        "SR-H4",
        {"heart-any": "yes", "heart-other": "yes"},
        {"heart-any": "yes", "heart-other": "no"},
        {"heart-any": "not-sure", "heart-other": "not-sure"},
        "SR-H4",
        near_rules="SR-H5",
    ),
    yes_or_unsure("SR-H5", "heart-any"),
    behind("brain-vessels-any", "stroke-tia", "SR-UNSURE", "SR-N8"),
    behind("brain-vessels-any", "brain-bleed", "SR-UNSURE-LABEL", "SR-N8"),
    behind("brain-vessels-any", "aneurysm-avm", "SR-UNSURE-LABEL", "SR-N8"),
    yes_or_unsure("SR-N8", "brain-vessels-any"),
    yes_only("SR-N4", "intracranial-pressure", "SR-UNSURE-LABEL"),
    # Mental health
    case(
        "SR-P2",
        {"psychosis-ever": "not-sure", "psychosis-now": "yes"},
        {"psychosis-ever": "yes", "psychosis-now": "no"},
        {"psychosis-ever": "yes", "psychosis-now": "not-sure"},
        "SR-P3 SR-UNSURE",
        beside="SR-UNSURE",
        near_rules="SR-P3",
    ),
    listed("SR-P5", "mind-list", "bipolar", "bipolar-dx", "SR-UNSURE"),
    listed("SR-P6", "mind-list", "family", "psychosis-family"),
    listed("SR-P7", "mind-list", "unreal", "dissociation-distress"),
    case(
        "SR-P8",
        {"other-treatments": ["hospital-stay"], "psych-hospital-recent": "yes"},
        {"other-treatments": ["hospital-stay"], "psych-hospital-recent": "no"},
        {"other-treatments": ["not-sure"], "psych-hospital-recent": "not-sure"},
        "SR-P8",
    ),
    case(
        "SR-P9",
        {**SEVERE, "phq9-q7": MORE_THAN_HALF},
        {**SEVERE, "phq9-q7": SEVERAL_DAYS},
        {**SEVERE, "phq9-q7": NEARLY_EVERY_DAY, "phq9-q8": None},
    ),
    case(
        "SR-P12",
        {"visit-reason": ["ptsd"]},
        {"visit-reason": ["bipolar-depression"]},
        {"visit-reason": None},
        near_rules="SR-P5",
    ),
    case("SR-P13", {"visit-reason": ["ocd"]}, {"visit-reason": ["ocd", "depression"]}, {"visit-reason": None}),
    case("SR-P14", {"visit-reason": ["other"]}, {"visit-reason": ["other", "long-term-pain"]}, {"visit-reason": None}),
    case("SR-P15", {"phq9-q1": NOT_AT_ALL}, {}, {"phq9-q1": None}),
    # Pregnancy
    case(
        "SR-G2",
        {"pregnancy-chance": "unprotected"},
        {"pregnancy-chance": "protected"},
        {"pregnancy-chance": "not-sure"},
        "SR-G2 SR-UNSURE",
        beside="SR-G4",
        near_rules="SR-G4",
    ),
    case(
        "SR-G4",
        {"pregnancy-chance": "protected"},
        {"pregnancy-chance": "no"},
        {"pregnancy-chance": "not-sure"},
        "SR-G2 SR-UNSURE",
    ),
    # Organs and other conditions
    case(
        "SR-K1",
        {"health-list": ["kidney"], "kidney-severity": "severe"},
        {"health-list": ["kidney"], "kidney-severity": "mild-moderate"},
        {"health-list": ["not-sure"], "kidney-disease": "not-sure"},
        "SR-K1",
        near_rules="SR-K2",
    ),
    case(
        "SR-K2",
        {"health-list": ["kidney"]},
        {"health-list": ["none"]},
        {"health-list": ["kidney"], "kidney-severity": "not-sure"},
        "SR-K1",
    ),
    yes_only("SR-B1", "urine-blood", "SR-B2"),
    listed("SR-B2", "health-list", "bladder", "bladder-problem"),
    case(
        "SR-T1",
        {"health-list": ["thyroid"], "thyroid-treated": "no"},
        {"health-list": ["thyroid"], "thyroid-treated": "yes"},
        {"health-list": ["not-sure"], "thyroid-problem": "not-sure"},
        "SR-T1",
    ),
    listed("SR-O1", "health-list", "porphyria", "porphyria"),
    listed("SR-R1", "health-list", "lungs", "breathing-problem"),
    case(
        "SR-R2",
        {"health-list": ["sleep-apnea"], "sleep-apnea-treated": "no"},
        {"health-list": ["sleep-apnea"], "sleep-apnea-treated": "yes"},
        {"health-list": ["not-sure"], "sleep-apnea": "not-sure"},
        "SR-R2",
        near_rules="SR-R3",
    ),
    case(
        "SR-R3",
        {"health-list": ["sleep-apnea"]},
        {"health-list": ["none"]},
        {"health-list": ["sleep-apnea"], "sleep-apnea-treated": "not-sure"},
        "SR-R2",
    ),
    listed("SR-X1", "health-list", "diabetes", "diabetes"),
    listed("SR-X3", "health-list", "anesthesia", "anesthesia-problem"),
    case(
        "SR-X8",
        {"health-list": ["not-sure"]},
        {"health-list": ["none"]},
        {"health-list": ["not-sure"], "porphyria": None},
    ),
    case("SR-X5", {"other-conditions": "asthma"}, {"other-conditions": " Ninguna. "}, takes("Zorblax"), "SR-X5"),
    # Ketamine before and now
    case(
        "SR-X2",
        {**HAD_KETAMINE, "prior-ketamine-reaction": "helped-bad-reaction"},
        {**HAD_KETAMINE, "prior-ketamine-reaction": "helped"},
        {**HAD_KETAMINE, "prior-ketamine-reaction": "not-sure"},
        "SR-X7",
        beside="SR-X7",
        near_rules="SR-X7",
    ),
    case(
        "SR-X9",
        {**HAD_KETAMINE, "prior-ketamine-reaction": "no-change"},
        {**HAD_KETAMINE, "prior-ketamine-reaction": "helped"},
        {**HAD_KETAMINE, "prior-ketamine-reaction": "not-sure"},
        "SR-X7",
        beside="SR-X7",
        near_rules="SR-X7",
    ),
    case(
        "SR-X6",
        {**HAD_KETAMINE, "ketamine-now": "yes"},
        {**HAD_KETAMINE, "ketamine-now": "no"},
        {"other-treatments": ["not-sure"], "ketamine-now": "not-sure"},
        "SR-X6",
        beside="SR-X7",
        near_rules="SR-X7",
    ),
    case(
        "SR-X7",
        {"other-treatments": ["esketamine"]},
        {"other-treatments": ["ect"]},
        {"other-treatments": ["not-sure"], "prior-ketamine": "not-sure"},
        "",
    ),
    yes_only("SR-M1", "ketamine-allergy", "SR-UNSURE-LABEL"),
    # Medicines
    listed("SR-M8", "med-kinds-list", "lamotrigine", "med-lamotrigine"),
    listed("SR-M9", "med-kinds-list", "cyp3a4", "med-cyp3a4"),
    case(
        "SR-M10",
        {**HYPERTENSION, "med-kinds-list": ["blood-pressure"]},
        HYPERTENSION,
        {**HYPERTENSION, "med-kinds-list": ["not-sure"], "med-bp": "not-sure"},
        "SR-BP6 SR-M10",
        beside="SR-BP6",
        near_rules="SR-BP6",
    ),
    case(
        "SR-M11",
        {"med-benzo": "yes", "med-opioid": "yes"},
        {"med-benzo": "yes"},
        {"med-benzo": "not-sure", "med-opioid": "not-sure"},
        "SR-M3 SR-M4 SR-M11",
        beside="SR-M3 SR-M4",
        near_rules="SR-M3",
    ),
    listed("SR-M12", "med-kinds-list", "lithium", "med-lithium"),
    listed("SR-M13", "med-kinds-list", "naltrexone", "med-naltrexone"),
    named("SR-M14", "rifampin"),
    listed("SR-M15", "med-kinds-list", "blood-thinner", "med-blood-thinner", beside="SR-X10"),
    named("SR-M16", "Synthroid"),
    named("SR-M17", "Abilify"),
    named("SR-M18", "Namenda"),
    case("SR-M19", takes("Xanex"), takes("Xanax"), takes("Zorblax"), "SR-X5", "SR-X5", "SR-M3"),
    case(
        "SR-X10",
        takes("digoxin"),
        {**takes("digoxin"), "heart-any": "yes", "heart-other": "yes"},
        {**takes("digoxin"), "heart-any": "not-sure"},
        "SR-H5",
        near_rules="SR-H4",
    ),
    # Alcohol and drugs
    case(
        "SR-S1",
        {"sud-status": "active"},
        {"sud-status": "recovery"},
        {"sud-status": "not-sure"},
        "SR-UNSURE",
        near_rules="SR-S8",
    ),
    case("SR-S8", {"sud-status": "recovery"}, {"sud-status": "no"}, {"sud-status": "not-sure"}, "SR-UNSURE"),
    # Getting home
    case(
        "SR-V10",
        {**TO_CONTACT, "emergency-contact-phone": "(503) 555-0177"},
        TO_CONTACT,
        {"escort-arranged": None},
        beside="SR-E2",
    ),
    # What is not sure, missing or switched off
    case(
        "SR-OFF",
        {"heart-any": "no", "heart-failure": "yes"},
        {"heart-any": "no", "heart-failure": "no"},
        {"heart-any": "no", "heart-failure": "not-sure"},
        "SR-OFF",
    ),
    case(
        "SR-UNSURE",
        {"eye-pressure": "not-sure"},
        {"bp-diagnosis": "not-sure"},
        {"eye-pressure": None},
        near_rules="SR-BP5",
    ),
    case(
        "SR-UNSURE-LABEL",
        {"heart-any": "yes", "heart-failure": "not-sure"},
        {"heart-any": "yes", "heart-rhythm": "not-sure"},
        {"heart-any": "yes", "heart-failure": None},
        near_rules="SR-UNSURE",
    ),
    case("SR-INCOMPLETE", {"med-none": None}, {"preferred-name": None}, {"ack-risks": False}, "SR-INCOMPLETE"),
]

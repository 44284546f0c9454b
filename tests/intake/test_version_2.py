"""What version 2 must keep: every rule has its questions, every safety sentence its place, every id its meaning."""

from itertools import combinations

import pytest

from intake.definition.rules import Severity
from intake.questionnaires.publishing import FOLDER, load_folder
from intake.screening.engine import screen
from tests.intake import cases as version_1
from tests.intake.cases import TODAY
from tests.intake.cases_v2 import RETIRED, RULE_CASES, definition, response

NAMES = "medicine-classes"  # the classes of the medicine names that were typed
LISTED_PRESSURE = f"med-kinds-list med-bp {NAMES}"

# Every rule and the questions it reads. A question that is cut from the form leaves a rule here without its food.
FOOD = {
    "SR-C1": "phq9-q9",
    "SR-C2": "safety-q4 safety-q5",
    "SR-C3": "safety-q6-recent",
    "SR-C4": "safe-now",
    "SR-C5": "chest-pain-now",
    "SR-C6": "safety-q3",
    "SR-C7": "safety-q1",
    "SR-C8": "safety-q6 safety-q6-recent",
    "SR-C9": "visit-reason",
    "SR-C10": "safety-q1 safety-q6",
    "SR-C11": "safety-q2 safety-q3 safety-q4 safety-q5 safety-q6-recent",
    "SR-C12": "safety-q2",
    "SR-C13": "harm-others",
    "SR-BP1": "bp-systolic bp-diastolic",
    "SR-BP2": "bp-systolic bp-diastolic",
    "SR-BP3": "bp-systolic bp-diastolic",
    "SR-BP8": "bp-systolic",
    "SR-BP4": "bp-diagnosis bp-controlled",
    "SR-BP5": "bp-diagnosis bp-controlled",
    "SR-BP6": "bp-diagnosis bp-controlled",
    "SR-BP7": f"bp-systolic bp-diastolic bp-diagnosis {LISTED_PRESSURE}",
    "SR-BP9": f"bp-diagnosis {LISTED_PRESSURE}",
    "SR-H1": "heart-recent-event",
    "SR-H2": "heart-failure",
    "SR-H3": "heart-rhythm",
    "SR-H4": "heart-other health-list adrenal-tumor",
    "SR-H5": "heart-any heart-recent-event heart-failure heart-rhythm heart-other",
    "SR-N1": "stroke-tia",
    "SR-N2": "brain-bleed",
    "SR-N3": "aneurysm-avm",
    "SR-N8": "brain-vessels-any stroke-tia brain-bleed aneurysm-avm",
    "SR-N4": "intracranial-pressure",
    "SR-N5": "head-injury-recent",
    "SR-N6": "seizure-last-year",
    "SR-N7": "seizures seizure-last-year",
    "SR-E1": "eye-pressure",
    "SR-L1": "liver-severity",
    "SR-L2": "liver-disease liver-severity",
    "SR-K1": "kidney-disease kidney-severity",
    "SR-K2": "kidney-severity",
    "SR-B1": "urine-blood",
    "SR-B2": "health-list bladder-problem urine-blood",
    "SR-T1": f"health-list thyroid-problem thyroid-treated {NAMES}",
    "SR-O1": "health-list porphyria",
    "SR-R1": "health-list breathing-problem",
    "SR-R2": "health-list sleep-apnea sleep-apnea-treated",
    "SR-R3": "health-list sleep-apnea sleep-apnea-treated",
    "SR-M11": "",
    "SR-X1": f"health-list diabetes med-kinds-list med-glp1 {NAMES}",
    "SR-X3": "health-list anesthesia-problem",
    "SR-D1": "confusion-recent",
    "SR-D2": "memory-dementia",
    "SR-P1": "schizophrenia-dx",
    "SR-P2": "psychosis-now",
    "SR-P3": "psychosis-ever psychosis-now",
    "SR-P6": "mind-list psychosis-family",
    "SR-P4": "mania-now",
    "SR-P5": "mind-list bipolar-dx visit-reason",
    "SR-M12": f"med-kinds-list med-lithium {NAMES}",
    "SR-P7": "mind-list dissociation-distress",
    "SR-P8": "psych-hospital-recent",
    "SR-P9": "phq9-total gad7-total",
    "SR-P10": "current-clinician",
    "SR-P11": "visit-reason antidepressant-trials",
    "SR-P12": "visit-reason",
    "SR-P13": "visit-reason",
    "SR-P14": "visit-reason",
    "SR-P15": "phq9-total visit-reason",
    "SR-X4": "pain-condition visit-reason",
    "SR-S6": "pcptsd5-total",
    "SR-G1": "pregnant-now",
    "SR-G2": "pregnant-now pregnancy-chance",
    "SR-G4": "pregnant-now pregnancy-chance",
    "SR-G3": "breastfeeding",
    "SR-A1": "age",
    "SR-A2": "age",
    "SR-A3": "weight-value bmi",
    "SR-A4": "weight-value bmi",
    "SR-M1": "ketamine-allergy",
    "SR-X2": "prior-ketamine-reaction",
    "SR-X9": "prior-ketamine-reaction",
    "SR-X6": f"ketamine-now {NAMES}",
    "SR-X7": "other-treatments prior-ketamine",
    "SR-M2": f"med-maoi {NAMES}",
    "SR-M3": f"med-benzo {NAMES}",
    "SR-M4": f"med-opioid {NAMES}",
    "SR-M5": f"med-sedative {NAMES}",
    "SR-M6": f"med-theophylline {NAMES}",
    "SR-M7": f"med-stimulant {NAMES}",
    "SR-M8": f"med-kinds-list med-lamotrigine {NAMES}",
    "SR-M9": f"med-kinds-list med-cyp3a4 {NAMES}",
    "SR-M10": f"med-kinds-list med-bp {NAMES}",
    "SR-M13": f"med-kinds-list med-naltrexone {NAMES}",
    "SR-M14": NAMES,
    "SR-M15": f"med-kinds-list med-blood-thinner {NAMES}",
    "SR-M16": NAMES,
    "SR-M17": NAMES,
    "SR-M18": NAMES,
    "SR-M19": NAMES,
    "SR-X10": f"{NAMES} med-kinds-list med-blood-thinner heart-any brain-vessels-any eye-pressure seizures "
    "memory-dementia",
    "SR-S1": "sud-status",
    "SR-S8": "sud-status",
    "SR-S2": "ketamine-misuse-recent",
    "SR-S9": "ketamine-misuse ketamine-misuse-recent",
    "SR-S3": "auditc-total sex-assigned",
    "SR-S7": "auditc-total",
    "SR-S4": "drug-use-recent",
    "SR-S5": "drug-use-recent",
    "SR-V1": "plan-drive",
    "SR-V2": "plan-drive",
    "SR-V3": "escort-arranged",
    "SR-V9": "tb-1 tb-2 tb-3",
    "SR-V10": "escort-arranged escort-name escort-phone emergency-contact-name emergency-contact-phone",
    "SR-F1": "filled-by",
    "SR-F2": "signature-fits",
    "SR-E2": "emergency-contact-name emergency-contact-phone",
    "SR-I1": "interpreter-needed",
    "SR-X5": f"other-allergies other-conditions visit-reason-other med-list {NAMES}",
    "SR-X8": "",
    "SR-UNSURE": "",
    "SR-UNSURE-LABEL": "",
}
RAISED_BY_THE_PROGRAM = {
    "SR-CHANGED",
    "SR-CHANGED-HIGH",
    "SR-CHANGED-EMERGENCY",
    "SR-OFF",
    "SR-INCOMPLETE",
    "SR-LANG",
}


def test_no_rule_is_an_orphan():
    rules = {rule.id: set(rule.when.questions()) for rule in definition().rules.values() if rule.when}

    assert set(rules) == set(FOOD)
    for rule_id, food in FOOD.items():
        if food:
            assert rules[rule_id] == set(food.split()), rule_id
    assert set(definition().rules) - set(rules) == RAISED_BY_THE_PROGRAM


def test_what_a_rule_reads_is_asked_or_computed_from_what_is_asked():
    asked = set(definition().questions)
    for link_id, item in definition().computed.items():
        score = definition().scores.get(link_id)
        assert item.computed != "sum" or (score and set(score.sum) <= asked), link_id
    for rule in definition().rules.values():
        for question in (*(rule.when.questions() if rule.when else ()), *rule.gates, *rule.gates.values()):
            assert question in asked | set(definition().computed), (rule.id, question)


def test_every_rule_of_version_1_is_in_version_2_with_its_severity():
    severities = {rule.id: rule.severity for rule in definition().rules.values()}

    for rule in version_1.definition().rules.values():
        assert severities[rule.id] == rule.severity, rule.id


def test_what_silences_a_rule_and_what_opens_help_is_as_in_version_1():
    for rule in version_1.definition().rules.values():
        now = definition().rules[rule.id]
        assert (now.unless, now.help, now.shown_at_once) == (rule.unless, rule.help, rule.shown_at_once), rule.id
        assert now.watches == rule.watches, rule.id


def test_help_has_four_grades():
    grades: dict[int, set[str]] = {}
    for rule in definition().rules.values():
        if rule.help == "suicide" and rule.id != "SR-A1":
            grades.setdefault(rule.grade, set()).add(rule.id)

    assert grades == {
        4: {"SR-C2", "SR-C3", "SR-CHANGED-HIGH"},
        3: {"SR-C4", "SR-C13", "SR-C11", "SR-C6"},
        2: {"SR-C12", "SR-C1", "SR-C9"},
        1: {"SR-C10", "SR-C8", "SR-C7"},
    }


def test_the_gravest_help_speaks_first_among_equals():
    crisis = [rule for rule in definition().rules.values() if rule.severity == Severity.CRISIS]
    suicide = [rule.grade for rule in crisis if rule.help == "suicide"]

    assert suicide == sorted(suicide, reverse=True)


# Ids


def test_retired_questions_are_reserved_and_not_asked():
    assert definition().retired >= RETIRED
    assert version_1.definition().retired <= definition().retired
    assert not definition().retired & set(definition().items)


def test_questions_of_version_1_are_all_asked_or_retired():
    assert set(version_1.definition().questions) - set(definition().questions) == RETIRED


def test_an_option_keeps_its_code_and_a_question_its_type():
    for link_id, item in version_1.definition().questions.items():
        now = definition().questions.get(link_id)
        if now is not None:
            assert now.type == item.type, link_id
            assert now.repeats == item.repeats, link_id
            assert set(item.option_by_code) <= set(now.option_by_code), link_id
            assert now.codes == item.codes, link_id
            for code, option in item.option_by_code.items():
                assert now.option_by_code[code].score == option.score, (link_id, code)


def test_instruments_are_word_for_word_those_of_version_1():
    for link_id, item in version_1.definition().questions.items():
        if link_id.startswith(("phq9-", "gad7-", "auditc-", "pcptsd5-", "safety-q", "tb-")):
            now = definition().questions[link_id]
            assert now.text == item.text
            assert [(o.code, o.label) for o in now.options] == [(o.code, o.label) for o in item.options]


def test_limits_and_scores_are_those_of_version_1():
    first = version_1.definition()

    assert definition().thresholds == first.thresholds
    for link_id, score in first.scores.items():
        assert definition().scores[link_id] == score


# What the patient is told

DO_NOT_COME = "Please do not come for an infusion until our team has talked with you."


def test_who_was_told_not_to_come_is_told_so_still():
    told = {rule.id for rule in definition().rules.values() if rule.do_not_come}
    told_first = {rule.id for rule in version_1.definition().rules.values() if "Please do not come" in rule.patient}

    assert told == told_first | {"SR-UNSURE-LABEL"}
    assert not any(DO_NOT_COME in rule.patient for rule in definition().rules.values())


# What version 1 tells to do, where more than a clinician's talk. Calls to 988 and 911 stand on the confirmation of
# everybody whose rule opens help, in the panel above all entries.
INSTRUCTIONS = {
    "SR-C6": "This form is not watched all the time.",
    "SR-C13": "If anyone is in danger, call 911.",
    "SR-CHANGED-EMERGENCY": "If chest pain, trouble breathing or stroke signs come back, call 911.",
    "SR-C5": "Call 911 now. Do not wait and do not drive yourself.",
    "SR-C2": "If someone is with you, tell them. Do not wait for us to call: this form is not watched all the time.",
    "SR-C3": "If someone is with you, tell them. Do not wait for us to call: this form is not watched all the time.",
    "SR-BP1": "Please call your doctor today. "
    "If you have chest pain, a bad headache, or trouble seeing or talking, call 911.",
    "SR-G3": "Please do not come for an infusion until our team has talked with you about breastfeeding.",
    "SR-R2": "Please bring your CPAP if you have one.",
    "SR-R3": "Please bring your CPAP if you have one.",
    "SR-X1": "Do not skip or stop it on your own.",
    "SR-M2": "Do not stop it on your own.",
    "SR-M3": "Do not stop it on your own: stopping fast can be dangerous.",
    "SR-M4": "Do not stop it on your own.",
    "SR-M5": "Do not stop it on your own.",
    "SR-M6": "Do not stop it on your own.",
    "SR-M7": "Do not stop it on your own.",
    "SR-M8": "Keep taking it.",
    "SR-M9": "Do not stop it on your own.",
    "SR-M10": "Ask us when to take your blood pressure medicine that day.",
    "SR-S7": "If you drink most days, please do not stop all at once on your own. That can be dangerous.",
    "SR-V1": "Please set up a ride, then tell us.",
    "SR-V2": "Please read the driving page and set up a ride.",
    "SR-V3": "We need the name of an adult who will take you home. Please set this up, then tell us.",
    "SR-V10": "Please tell us their name and phone number before your visit. "
    "If you cannot find anyone, call us: we can help.",
}
EXCLUSIVE = [  # of these at most one can fire, by their conditions or by `unless`
    {"SR-M8", "SR-M9"},
    {"SR-R2", "SR-R3"},
    {"SR-V3", "SR-V10"},
    {"SR-V1", "SR-V2"},
    {"SR-C5", "SR-CHANGED-EMERGENCY"},
]


def subject(rule):
    """Give what a rule's entry is named by; medicines may share a name, so all that stand under one are together."""
    return "name" if rule.under == "name" else rule.subject


def pairs():
    rules = [rule for rule in definition().rules.values() if rule.under != "question"]
    for one, other in combinations(rules, 2):
        if subject(one) == subject(other) and {one.id, other.id} not in EXCLUSIVE:
            yield (one, other) if one.severity >= other.severity else (other, one)


def test_no_instruction_of_version_1_is_lost_when_another_rule_of_its_subject_speaks():
    lost = []
    for speaker, silent in pairs():
        wanted = INSTRUCTIONS.get(silent.id, "")
        if subject(silent) == "name" and not share_a_name(speaker, silent):
            continue
        printed = f"{speaker.patient} {silent.always_say}"
        if wanted and wanted not in printed:
            lost.append((speaker.id, silent.id))

    assert lost == []


def share_a_name(one, other):
    """Say whether one medicine can raise both rules: it is on a list of each."""
    medicines = definition().medicines
    assert medicines is not None
    read = [{str(entry.expected) for entry in rule.when.entries() if entry.question == NAMES} for rule in (one, other)]
    return any(all(set(codes) & lists for lists in read) for codes in medicines.codes_of.values())


def test_instructions_of_version_1_are_still_said():
    for rule_id, words in INSTRUCTIONS.items():
        assert words in version_1.definition().rules[rule_id].patient, rule_id
        rule = definition().rules[rule_id]
        assert words in f"{rule.patient} {rule.always_say}", rule_id


def test_every_wording_is_neutral_and_promises_no_clearance():
    for rule in definition().rules.values():
        words = f"{rule.patient} {rule.at_once} {rule.always_say}".casefold()
        for never in ("eligible", "approved", "refuse", "you have bipolar", "we will call you"):
            assert never not in words, (rule.id, never)


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.rule)
def test_every_text_is_filled_and_stands_under_a_subject(case):
    titles = {subject.title for subject in definition().subjects}
    for flag in screen(response(case.raises), as_of=TODAY).flags:
        for text in (flag.reason, flag.patient, flag.words_at_once, flag.always_say):
            assert "{" not in text
            assert "  " not in text
        assert flag.titles, flag.rule
        rule = definition().rules[flag.rule]
        assert rule.under == "name" or set(flag.titles) <= titles


def test_both_versions_are_shipped():
    assert (load_folder(FOLDER / "previsit" / "1").version, load_folder(FOLDER / "previsit" / "2").version) == (1, 2)

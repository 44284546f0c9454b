"""Version 2: every rule three ways, each of its ways, names of medicines, and what is said about it."""

import re
from copy import deepcopy

import pytest
from msgspec.structs import replace

from intake.definition.parse import parse_definition
from intake.definition.rules import Severity
from intake.response.response import Response
from intake.response.values import AnswerError
from intake.screening.engine import screen
from intake.screening.results import Raised
from tests.intake.cases import NEARLY_EVERY_DAY, NOT_AT_ALL, SEVERAL_DAYS, TODAY
from tests.intake.cases_v2 import (
    ALL_NOT_AT_ALL,
    HAD_KETAMINE,
    HYPERTENSION,
    RULE_CASES,
    complete_answers,
    definition,
    documents,
    response,
    takes,
)


def fired(changes=None, **options):
    return set(screen(response(changes), **{"as_of": TODAY, **options}).rules)


def flag_of(rule, changes) -> Raised:
    return next(flag for flag in screen(response(changes), as_of=TODAY).flags if flag.rule == rule)


def test_a_quiet_form_raises_nothing_and_misses_nothing():
    screened = screen(response(), as_of=TODAY)

    assert screened.flags == ()
    assert screened.missing == ()
    assert screened.computed["phq9-total"] == 5
    assert screened.computed["gad7-total"] == 0


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


def test_no_text_of_a_flag_has_a_hole():
    ticked = [{"med-kinds-list": [code]} for code in ("blood-thinner", "blood-pressure", "lithium", "cyp3a4")]
    walks = [changes for case in RULE_CASES for changes in (case.raises, case.unsure)]

    for changes in [*walks, *ticked]:
        for flag in screen(response(changes), as_of=TODAY).flags:
            for text in (flag.reason, flag.patient, flag.at_once):
                assert not re.search(r" [,.;:]|  |[{}]|\b(of|takes),", text), (flag.rule, text)


def test_a_ticked_blood_thinner_is_named_as_such():
    reason = flag_of("SR-X10", {"med-kinds-list": ["blood-thinner"]}).reason

    assert reason.startswith("Takes a blood thinner, often given for a heart problem, a clot or a stroke, which was")


def test_every_rule_has_a_case():
    by_submission = {"SR-CHANGED", "SR-CHANGED-HIGH", "SR-CHANGED-EMERGENCY"}

    assert {case.rule for case in RULE_CASES} | by_submission | {"SR-LANG"} == set(definition().rules)


def test_language_without_signed_off_translation_raises_review():
    assert fired(language="es") == {"SR-LANG"}


UNSURE_LIST = {"health-list": ["not-sure"]}
KIND_UNSURE = {"med-kinds-list": ["not-sure"]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"safety-q2": "yes", "safety-q5": "yes"}, {"SR-C2"}),
        ({"psychosis-ever": "yes", "psychosis-now": "yes"}, {"SR-P2"}),
        ({"visit-reason": ["bipolar-depression"]}, {"SR-P5"}),
        ({**{f"gad7-q{n}": NEARLY_EVERY_DAY for n in range(1, 6)}}, {"SR-P9"}),
        ({"visit-reason": ["anxiety"]}, {"SR-P13"}),
        ({"visit-reason": ["anxiety", "bipolar-depression"]}, {"SR-P13", "SR-P5"}),
        ({"visit-reason": ["bipolar-depression"], **ALL_NOT_AT_ALL}, {"SR-P15", "SR-P5"}),
        ({"visit-reason": ["thoughts-of-suicide"], **ALL_NOT_AT_ALL}, {"SR-C9", "SR-P15"}),
        ({"visit-reason": ["long-term-pain"], **ALL_NOT_AT_ALL}, set()),
        ({"antidepressant-trials": "none"}, {"SR-P11"}),
        ({"visit-reason": ["other"], "visit-reason-other": "stress"}, {"SR-P14", "SR-X5"}),
        # pregnancy
        ({"pregnant-now": "not-sure"}, {"SR-G2"}),
        ({"pregnant-now": "yes", "pregnancy-chance": "unprotected"}, {"SR-G1"}),
        ({"pregnant-now": "not-sure", "pregnancy-chance": "protected"}, {"SR-G2", "SR-G4"}),
        ({"sex-assigned": "male", "pregnancy-chance": "unprotected", "breastfeeding": "yes"}, set()),
        # a list's tick, its row, and both
        ({"health-list": ["adrenal-tumor"]}, {"SR-H4"}),
        ({**UNSURE_LIST, "adrenal-tumor": "yes"}, {"SR-H4"}),
        ({**UNSURE_LIST, "adrenal-tumor": "not-sure"}, {"SR-H4"}),
        ({**UNSURE_LIST, "bladder-problem": "yes"}, {"SR-B2"}),
        ({**UNSURE_LIST, "diabetes": "yes"}, {"SR-X1"}),
        ({**UNSURE_LIST, "sleep-apnea": "yes"}, {"SR-R3"}),
        ({**UNSURE_LIST, "sleep-apnea": "yes", "sleep-apnea-treated": "not-sure"}, {"SR-R2"}),
        ({**UNSURE_LIST, "thyroid-problem": "yes", "thyroid-treated": "no"}, {"SR-T1"}),
        ({**UNSURE_LIST, "kidney-disease": "yes", "kidney-severity": "severe"}, {"SR-K1"}),
        ({"health-list": ["kidney", "not-sure"]}, {"SR-K2", "SR-X8"}),
        ({"health-list": ["kidney", "not-sure"], "porphyria": "yes"}, {"SR-K2", "SR-O1"}),
        ({**UNSURE_LIST, "porphyria": None}, {"SR-INCOMPLETE"}),
        ({"mind-list": ["not-sure"]}, {"SR-X8"}),
        ({"mind-list": ["not-sure"], "bipolar-dx": "yes"}, {"SR-P5"}),
        ({"mind-list": ["not-sure"], "psychosis-family": "not-sure"}, {"SR-P6"}),
        ({"mind-list": ["not-sure"], "dissociation-distress": "yes"}, {"SR-P7"}),
        (KIND_UNSURE, {"SR-X8"}),
        ({**KIND_UNSURE, "med-glp1": "not-sure"}, {"SR-X1"}),
        ({"med-kinds-list": ["glp1"]}, {"SR-X1"}),
        ({**KIND_UNSURE, "med-bp": "yes"}, {"SR-BP9", "SR-M10"}),
        ({**KIND_UNSURE, "med-lithium": "yes"}, {"SR-M12"}),
        ({**KIND_UNSURE, "med-blood-thinner": "yes", "heart-any": "yes", "heart-other": "yes"}, {"SR-M15", "SR-H4"}),
        ({**KIND_UNSURE, "med-cyp3a4": "not-sure"}, {"SR-M9"}),
        # gates
        ({"heart-any": "yes", "heart-failure": None}, {"SR-INCOMPLETE"}),
        ({"heart-any": "not-sure", "heart-failure": "yes"}, {"SR-H2"}),
        ({"brain-vessels-any": "not-sure", "stroke-tia": "yes", "brain-bleed": "yes"}, {"SR-N1", "SR-N2"}),
        # blood pressure
        ({"bp-systolic": None, "bp-diastolic": None}, set()),
        ({"bp-systolic": None, "med-kinds-list": ["blood-pressure"]}, {"SR-BP7", "SR-BP9", "SR-M10"}),
        ({"bp-systolic": None, **KIND_UNSURE, "med-bp": "not-sure"}, {"SR-BP7", "SR-M10"}),
        ({"bp-systolic": None, **takes("lisinopril")}, {"SR-BP7", "SR-BP9", "SR-M10"}),
        ({"bp-systolic": None, **takes("propranolol")}, {"SR-M10"}),
        ({**HYPERTENSION, **takes("lisinopril")}, {"SR-BP6", "SR-M10"}),
        # ketamine before
        ({"other-treatments": ["not-sure"], "prior-ketamine": "yes"}, {"SR-X7"}),
        ({"other-treatments": ["not-sure"], "prior-ketamine": "yes", "prior-ketamine-reaction": "bad-reaction"},
         {"SR-X2", "SR-X7"}),
        ({"other-treatments": ["not-sure"], "prior-ketamine": "not-sure", "prior-ketamine-reaction": "bad-reaction"},
         {"SR-X2"}),
        ({"other-treatments": ["not-sure"], "psych-hospital-recent": "yes"}, {"SR-P8"}),
        ({**HAD_KETAMINE, "prior-ketamine-reaction": "bad-reaction"}, {"SR-X2", "SR-X7"}),
        # alcohol and drugs
        ({"sud-status": "active-treated"}, {"SR-S1", "SR-S8"}),
        # stacked breathing risk
        ({"med-sedative": "yes", "health-list": ["lungs"]}, {"SR-M5", "SR-R1", "SR-M11"}),
        ({"med-opioid": "yes", "health-list": ["sleep-apnea"]}, {"SR-M4", "SR-R3"}),
        ({"med-opioid": "yes", "health-list": ["sleep-apnea"], "sleep-apnea-treated": "no"},
         {"SR-M4", "SR-R2", "SR-M11"}),
        (takes("Xanax", "oxycodone"), {"SR-M3", "SR-M4", "SR-M11"}),
        # cross-checks
        (takes("latanoprost"), {"SR-X10"}),
        ({**takes("latanoprost"), "eye-pressure": "yes"}, {"SR-E1"}),
        (takes("Keppra"), {"SR-X10"}),
        ({**takes("Keppra"), "seizures": "yes"}, {"SR-N7"}),
        (takes("Aricept"), {"SR-X10"}),
        (takes("Eliquis"), {"SR-M15", "SR-X10"}),
        ({**takes("Eliquis"), "brain-vessels-any": "yes", "stroke-tia": "yes"}, {"SR-M15", "SR-N1"}),
        # who is called, who takes them home
        ({"emergency-contact-name": "none", "emergency-contact-phone": None}, {"SR-E2"}),
        ({"emergency-contact-phone": "none"}, {"SR-E2"}),
        ({"emergency-contact-phone": "+1 503.555.0177"}, {"SR-E2"}),
        ({"escort-arranged": "emergency-contact"}, set()),
        ({"escort-arranged": "emergency-contact", "emergency-contact-name": "none"}, {"SR-E2", "SR-V10"}),
        ({"escort-arranged": "emergency-contact", "emergency-contact-name": "ALEX Example"}, {"SR-V10"}),
        ({"escort-arranged": "emergency-contact", "emergency-contact-phone": "none"}, {"SR-E2", "SR-V10"}),
        ({"escort-name": "none"}, {"SR-V10"}),
        ({"escort-name": "?"}, {"SR-V10"}),
        ({"escort-name": "alex example"}, {"SR-V10"}),
        ({"escort-phone": "(503) 555-0177"}, {"SR-V10"}),
        ({"escort-phone": "n/a"}, {"SR-V10"}),
        ({"escort-arranged": "transit-or-walk-alone"}, {"SR-V3"}),
        ({"escort-arranged": "ride-with-adult", "escort-name": "none"}, {"SR-V10"}),
        ({"escort-arranged": "no-one-yet", "escort-name": "none"}, {"SR-V10"}),
        # signature
        ({"signature-name": "Alex M. Example"}, set()),
        ({"signature-name": "Alex Other"}, {"SR-F2"}),
        ({"filled-by": "proxy"}, {"SR-F1", "SR-F2"}),
        # no medicines, or none that was named
        ({"med-none": None, "med-list": "None."}, {"SR-INCOMPLETE"}),
        ({**takes("none")}, {"SR-INCOMPLETE"}),
        ({"med-none": None, "med-list": "lithium 900 mg"}, {"SR-M12", "SR-X5"}),
        ({"med-none": None, "med-list": "I take klonopin at night"}, {"SR-M3", "SR-X5"}),
        (takes("sertraline"), set()),
    ],
)  # fmt: skip
def test_rule_is_raised_by_each_of_its_ways(changes, expected):
    assert fired(changes) == expected


# Names of medicines

CLASS_RULES = {
    "maoi": {"SR-M2"},
    "benzodiazepine": {"SR-M3"},
    "opioid": {"SR-M4"},
    "sedative": {"SR-M5"},
    "theophylline": {"SR-M6"},
    "stimulant": {"SR-M7"},
    "lamotrigine": {"SR-M8"},
    "cyp3a4": {"SR-M9"},
    "blood-pressure": {"SR-M10", "SR-BP9"},
    "blood-pressure-or-other": {"SR-M10"},
    "lithium": {"SR-M12"},
    "naltrexone": {"SR-M13"},
    "inducer": {"SR-M14"},
    "blood-thinner": {"SR-M15", "SR-X10"},
    "thyroid-hormone": {"SR-M16"},
    "antithyroid": {"SR-T1"},
    "antipsychotic": {"SR-M17"},
    "nmda": {"SR-M18"},
    "fasting": {"SR-X1"},
    "ketamine": {"SR-X6"},
    "heart": {"SR-X10"},
    "eye": {"SR-X10"},
    "seizure": {"SR-X10"},
    "memory": {"SR-X10"},
}


def names_by_rules() -> list[tuple[str, set[str]]]:
    medicines = definition().medicines
    assert medicines is not None
    rules: dict[str, set[str]] = {}
    for one in medicines.lists:
        for name in one.names:
            rules.setdefault(name, set()).update(CLASS_RULES[one.code])
    return list(rules.items())


def test_every_name_raises_the_rules_of_its_lists_and_no_other():
    wrong = {name: got for name, rules in names_by_rules() if (got := fired(takes(name))) != rules}

    assert wrong == {}


def test_every_name_is_found_in_capitals_with_a_strength_and_in_a_pasted_list():
    for name, rules in names_by_rules():
        assert fired(takes(f"{name.upper()} 10 mg")) == rules, name
        pasted = f"At night {name.lower()}, 10 mg; and others"
        assert fired({"med-none": None, "med-list": pasted}) == rules | {"SR-X5"}, name


def test_a_suggested_name_is_known_and_raises_nothing():
    medicines = definition().medicines
    assert medicines is not None

    for name in medicines.suggestions:
        assert fired(takes(name)) == set(), name


@pytest.mark.parametrize(
    ("typed", "rules"),
    [
        ("Xanex", {"SR-M19", "SR-X5"}),
        ("Zanax", {"SR-M19", "SR-X5"}),
        ("Adavan", {"SR-M19", "SR-X5"}),
        ("Nardill", {"SR-M19", "SR-X5"}),
        ("Valum", {"SR-M19", "SR-X5"}),
        ("lithum", {"SR-M19", "SR-X5"}),
        ("oxycotin", {"SR-M19", "SR-X5"}),
        ("oxycotton", {"SR-M19", "SR-X5"}),
        ("adderal", {"SR-M19", "SR-X5"}),
        ("theophyline", {"SR-M19", "SR-X5"}),
        ("ketamin", {"SR-M19", "SR-X5"}),
        ("Claritin", {"SR-X5"}),
        ("Zyrtec", {"SR-X5"}),
        ("Allegra", {"SR-X5"}),
        ("Claritin-D", {"SR-M7"}),
        ("claritin d", {"SR-M7"}),
        ("ClaritinD", {"SR-M7"}),
        ("Theo 24", {"SR-M6"}),
        ("theo-24", {"SR-M6"}),
        ("theo24", {"SR-M6"}),
        ("St Johns wort", {"SR-M14"}),
        ("St. John\u2019s Wort", {"SR-M14"}),
        ("MS Contin", {"SR-M4"}),
        ("Tylenol PM", {"SR-M5"}),
        ("Tylenol", set()),
        ("Tylenol with codeine", {"SR-M4"}),
        ("CBD oil", {"SR-M5"}),
        ("NyQuil", {"SR-M5", "SR-M18"}),
        ("Lybalvi", {"SR-M13", "SR-M17"}),
        ("phenobarbital", {"SR-M5", "SR-M14"}),
        ("Dilantin", {"SR-M14", "SR-X10"}),
        ("coral calcium", {"SR-X5"}),
        ("oral iron", set()),
        ("Zorblax", {"SR-X5"}),
        ("hydralazine", {"SR-BP9", "SR-M10"}),
        ("hydroxyzine", {"SR-M5"}),
    ],
)  # fmt: skip
def test_name_as_people_type_it(typed, rules):
    assert fired(takes(typed)) == rules


def test_a_near_match_in_a_pasted_list_counts_word_by_word():
    assert fired({"med-none": None, "med-list": "zanax when needed, coral calcium"}) == {"SR-M19", "SR-X5"}


def test_no_medicines_beside_a_medicine_is_bad_input_that_names_both():
    with pytest.raises(AnswerError) as error:
        response({"medicine": [{"medicine-name": "Xanax"}]})

    assert "med-none" in str(error.value)
    assert "medicine" in str(error.value).replace("med-none", "")


def test_answered_no_stands_in_the_reason_of_a_name_that_the_row_denies():
    flag = flag_of("SR-M3", takes("Klonopin"))

    assert flag.reason.startswith("Takes Klonopin")
    assert flag.reason.endswith("(answered No)")
    assert flag.titles == ("Klonopin",)
    assert "Do not stop it on your own" in flag.patient


def test_a_class_without_a_name_stands_under_the_class():
    sure, unsure = flag_of("SR-M4", {"med-opioid": "yes"}), flag_of("SR-M4", {"med-opioid": "not-sure"})

    assert sure.titles == unsure.titles == ("Opioid",)
    assert sure.reason.startswith("Takes an opioid.")
    assert not sure.reason.endswith(")")
    assert unsure.reason.endswith("(not sure)")


def test_a_cross_check_names_only_what_is_denied():
    flag = flag_of("SR-X10", {**takes("timolol", "digoxin"), "heart-any": "yes", "heart-other": "yes"})

    assert flag.reason.startswith("Takes timolol, often given for high eye pressure")
    assert flag.patient == "A clinician will ask what timolol is for."
    assert flag_of("SR-X10", {"med-kinds-list": ["blood-thinner"]}).patient == (
        "A clinician will ask what your blood thinner is for."
    )


def test_theophylline_is_a_stop_by_row_by_not_sure_and_by_name():
    for changes in ({"med-theophylline": "yes"}, {"med-theophylline": "not-sure"}, takes("Theo-24")):
        flag = flag_of("SR-M6", changes)
        assert flag.severity == Severity.STOP
        assert flag.do_not_come
        assert flag.patient == "Do not stop it on your own."


def test_lithium_asks_about_bipolar_disorder_unless_it_was_said():
    clarify = "(bipolar disorder was not answered yes: clarify)"

    assert flag_of("SR-M12", takes("lithium")).reason.endswith(clarify)
    assert clarify not in flag_of("SR-M12", {**takes("lithium"), "mind-list": ["bipolar"]}).reason


def test_lamotrigine_not_sure_is_not_told_to_keep_taking_it():
    assert flag_of("SR-M8", {**KIND_UNSURE, "med-lamotrigine": "not-sure"}).patient == (
        "We will go over it at your visit."
    )
    assert flag_of("SR-M8", {"med-kinds-list": ["lamotrigine"]}).patient.startswith("Keep taking it.")


def test_stacked_risk_lists_what_is_stacked():
    reason = flag_of("SR-M11", {**takes("Xanax"), "health-list": ["lungs"]}).reason

    assert "Xanax" in reason
    assert "severe lung disease or home oxygen" in reason


# What was switched off


@pytest.mark.parametrize(("question", "gate"), sorted(definition().rules["SR-OFF"].gates.items()))
@pytest.mark.parametrize("gate_answer", ["no", None])
def test_a_switched_off_yes_is_for_review_and_never_a_pass(question, gate, gate_answer):
    codes = set(definition().questions[question].option_by_code) & {"yes", "not-sure", "in-person"}
    expected = {"SR-OFF"} | ({"SR-INCOMPLETE"} if gate_answer is None else set())

    for code in codes:
        assert fired({gate: gate_answer, question: code}) == expected, code
    assert fired({gate: gate_answer, question: "no"}) == expected - {"SR-OFF"}


def test_a_switched_off_answer_is_told_with_its_gate():
    flag = flag_of("SR-OFF", {"heart-any": "no", "heart-failure": "yes"})

    assert flag.reason == ("Said Yes to Weak heart or heart failure first, then no to A heart problem, ever. Ask.")
    assert flag.titles == ("Your form",)
    assert flag.answers == {"heart-failure": "yes", "heart-any": "no"}
    blank = flag_of("SR-OFF", {"heart-any": None, "heart-failure": "yes"})
    assert blank.reason == "Said Yes to Weak heart or heart failure, and A heart problem, ever is blank. Ask."
    assert blank.answers == {"heart-failure": "yes"}


@pytest.mark.parametrize(("opened", "sex"), [("heart-failure", "female"), ("heart-any", "male")])
def test_what_another_answer_opens_or_closes_is_not_switched_off_by_its_gate(opened, sex):
    """A woman who is asked of her heart failure all the same, and one who is not asked of her heart at all."""
    questionnaire = deepcopy(documents().questionnaire)
    item = find_item(questionnaire, opened)
    coded = find_item(questionnaire, "safety-q3")["enableWhen"][0]["answerCoding"]
    when = {"question": "sex-assigned", "operator": "=", "answerCoding": coded | {"code": sex}}
    item |= {"enableWhen": [*item.get("enableWhen", []), when], "enableBehavior": "any"}
    form = parse_definition(replace(documents(), questionnaire=questionnaire))
    answers = complete_answers({"heart-any": "no", "heart-failure": "yes"})

    screened = screen(Response(form, answers), as_of=TODAY)

    assert "SR-OFF" not in screened.rules
    assert ("heart-failure" in screened.answers) == (opened == "heart-failure")


def find_item(parent, link_id):
    """Return an item of a questionnaire, wherever it stands."""
    for item in parent.get("item", []):
        found = item if item["linkId"] == link_id else find_item(item, link_id)
        if found:
            return found
    return None


def test_an_open_gate_with_blank_rows_waits():
    rows = dict.fromkeys(("heart-recent-event", "heart-failure", "heart-rhythm", "heart-other"))

    assert fired({"heart-any": "yes", **rows}) == {"SR-INCOMPLETE"}
    assert fired({"heart-any": "not-sure", **rows}) == {"SR-INCOMPLETE"}


def test_answers_hidden_by_sex_are_not_switched_off_facts():
    assert fired({"sex-assigned": "male", "pregnant-now": "yes", "breastfeeding": "yes"}) == set()


# Not sure


@pytest.mark.parametrize("rule", ["SR-UNSURE", "SR-UNSURE-LABEL"])
def test_not_sure_stands_under_the_subject_of_its_question(rule):
    opened = {
        **{key: {"heart-any": "yes"} for key in ("heart-recent-event", "heart-failure", "heart-rhythm")},
        **{key: {"brain-vessels-any": "yes"} for key in ("stroke-tia", "brain-bleed", "aneurysm-avm")},
        "seizure-last-year": {"seizures": "yes"},
        "psychosis-now": {"psychosis-ever": "yes"},
        "bipolar-dx": {"mind-list": ["not-sure"]},
    }
    subjects = {question: one.title for one in definition().subjects for question in one.questions}
    when = definition().rules[rule].when
    assert when is not None
    for question in when.questions():
        flag = flag_of(rule, {**opened.get(question, {}), question: "not-sure"})
        assert flag.answers == {question: "not-sure"}
        assert flag.severity == Severity.REVIEW
        assert flag.titles == (subjects[question],)
        assert definition().questions[question].words in flag.reason


# Instruments


def test_gad7_is_asked_by_the_reason_or_by_the_mood_that_goes_with_depression():
    def asked(changes):
        return any(item.link_id == "gad7-q1" for item in response(changes).asked)

    nothing = {f"phq9-q{n}": NOT_AT_ALL for n in range(1, 10)}
    four = {**nothing, **{f"phq9-q{n}": SEVERAL_DAYS for n in range(1, 5)}}
    five = {**four, "phq9-q5": SEVERAL_DAYS}
    for reason in ("anxiety", "ptsd", "ocd", "thoughts-of-suicide"):
        assert asked({**nothing, "visit-reason": [reason]}), reason
    for reason in ("depression", "bipolar-depression"):
        assert not asked({**four, "visit-reason": [reason]}), reason
        assert asked({**five, "visit-reason": [reason]}), reason
        assert not asked({**five, "phq9-q9": None, "visit-reason": [reason]}), reason
    for reason in ("long-term-pain", "other"):
        assert not asked({**five, "visit-reason": [reason]}), reason


def test_an_instrument_that_is_not_asked_has_no_total_and_misses_nothing():
    screened = screen(response({**ALL_NOT_AT_ALL, "gad7-q1": None}), as_of=TODAY)

    assert "gad7-total" not in screened.computed
    assert screened.rules == ("SR-P15",)
    assert "PHQ-9 is 0 but" in screened.flags[0].reason

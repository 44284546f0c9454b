import copy
import json
import re

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire

from intake.definition.documents import NAMES, Documents
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError, Severity
from intake.definition.validate import check_documents
from tests.intake.cases import definition, documents

SECTIONS = {
    "before-you-start": (
        "filled-by filled-by-name filled-by-relationship date-of-birth chest-pain-now ack-not-emergency"
    ),
    "about-you": (
        "legal-name preferred-name sex-assigned phone-number phone-message-ok email-address home-address "
        "preferred-language preferred-language-other interpreter-needed emergency-contact-name "
        "emergency-contact-phone weight-value height-value"
    ),
    "why-you-are-coming": (
        "visit-reason visit-reason-other pain-condition symptom-duration antidepressant-trials other-treatments "
        "current-clinician clinician-contact"
    ),
    "mood-and-safety": (
        "phq9-q1 phq9-q2 phq9-q3 phq9-q4 phq9-q5 phq9-q6 phq9-q7 phq9-q8 phq9-q9 phq9-difficulty "
        "safety-q1 safety-q2 safety-q3 safety-q4 safety-q5 safety-q6 safety-q6-recent safe-now harm-others "
        "gad7-q1 gad7-q2 gad7-q3 gad7-q4 gad7-q5 gad7-q6 gad7-q7"
    ),
    "body-health": (
        "bp-diagnosis heart-recent-event heart-failure heart-rhythm heart-other bp-controlled bp-systolic "
        "bp-diastolic stroke-tia brain-bleed aneurysm-avm intracranial-pressure head-injury-recent eye-pressure "
        "seizures seizure-last-year liver-disease kidney-disease bladder-problem thyroid-problem breathing-problem "
        "sleep-apnea liver-severity kidney-severity thyroid-treated sleep-apnea-treated bladder-symptoms porphyria "
        "memory-dementia confusion-recent diabetes other-conditions"
    ),
    "mental-health-history": (
        "schizophrenia-dx psychosis-ever psychosis-family bipolar-dx mania-now psychosis-now dissociation-distress "
        "psych-hospital-recent pcptsd5-exposure pcptsd5-q1 pcptsd5-q2 pcptsd5-q3 pcptsd5-q4 pcptsd5-q5"
    ),
    "pregnancy": "pregnant-now breastfeeding pregnancy-possible trying-pregnant",
    "medicines": (
        "med-list ketamine-allergy other-allergies med-maoi med-benzo med-opioid med-sedative med-stimulant "
        "med-lamotrigine med-theophylline med-cyp3a4 med-bp med-glp1"
    ),
    "alcohol-and-drugs": (
        "auditc-q1 auditc-q2 auditc-q3 sud-active sud-recovery drug-use-recent ketamine-misuse ketamine-misuse-recent"
    ),
    "ketamine-before": "prior-ketamine prior-ketamine-reaction anesthesia-problem",
    "getting-home": "plan-drive escort-arranged escort-name escort-phone",
    "agreement": "tb-1 tb-2 tb-3 ack-offlabel ack-driving ack-risks ack-truth signature-name",
}
COMPUTED = ["age", "bmi", "phq9-total", "gad7-total", "safety-level", "pcptsd5-total", "auditc-total"]
INSTRUMENTS = re.compile(r"(phq9|gad7|auditc|pcptsd5|safety)-(q\d|difficulty|exposure)")

REQUIRED_NOT = {
    "preferred-name", "email-address", "home-address", "emergency-contact-phone", "visit-reason-other",
    "clinician-contact", "bp-systolic", "bp-diastolic", "other-conditions", "other-allergies", "phq9-difficulty",
}  # fmt: skip

LOINC = {
    **dict(zip([f"phq9-q{n}" for n in range(1, 10)], (
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8",
    ), strict=True)),
    "phq9-difficulty": "69722-7",
    "phq9-total": "44261-6",
    **dict(zip([f"gad7-q{n}" for n in range(1, 8)], (
        "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    ), strict=True)),
    "gad7-total": "70274-6",
    "auditc-q1": "68518-0", "auditc-q2": "68519-8", "auditc-q3": "68520-6", "auditc-total": "75626-2",
    "pcptsd5-exposure": "102011-4",
    **dict(zip([f"pcptsd5-q{n}" for n in range(1, 6)], (
        "102012-2", "102013-0", "102014-8", "102015-5", "102016-3",
    ), strict=True)),
    "pcptsd5-total": "102017-1",
    "weight-value": "29463-7", "height-value": "8302-2", "bmi": "39156-5", "bp-systolic": "8480-6",
    "bp-diastolic": "8462-4", "pregnant-now": "82810-3",
}  # fmt: skip


def changed(document, change):
    """Parse the documents after `change` was made to a copy of one of them."""
    parts = {name: copy.deepcopy(getattr(documents(), name)) for name in NAMES}
    change(parts[document])
    return check_documents(Documents(**parts))


def find(questionnaire, link_id):
    waiting = list(questionnaire["item"])
    while waiting:
        item = waiting.pop()
        if item["linkId"] == link_id:
            return item
        waiting += item.get("item", [])
    raise LookupError(link_id)


def rule(rules, rule_id):
    return next(row for row in rules["rules"] if row["id"] == rule_id)


def test_questionnaire_is_valid_fhir_r4():
    parsed = Questionnaire.model_validate(documents().questionnaire)

    assert parsed.id == "previsit"


def test_questions_are_all_there_in_their_sections_and_order():
    found = {
        section.link_id: [item.link_id for page in section.pages for item in page.items]
        for section in definition().sections
    }

    assert found == {name: link_ids.split() for name, link_ids in SECTIONS.items()}
    assert list(definition().computed) == COMPUTED


def test_size_is_that_of_the_form():
    link_ids = list(definition().questions)

    assert len([q for q in link_ids if INSTRUMENTS.fullmatch(q) or q == "safety-q6-recent"]) == 33
    assert len([q for q in link_ids if q.startswith("tb-")]) == 3
    assert len(link_ids) == 104 + 33 + 3
    assert len(definition().rules) == 110 - 6  # six belong to the check-in form


def test_required_is_everything_but_what_is_optional():
    assert {q for q, item in definition().questions.items() if not item.required} == REQUIRED_NOT


def test_codes_are_loinc_where_there_is_one():
    found = {q: item.codes[0].code for q, item in definition().items.items() if item.codes}

    assert found == LOINC
    assert {item.codes[0].system for item in definition().items.values() if item.codes} == {"http://loinc.org"}


@pytest.mark.parametrize("code", sorted(set(LOINC.values()) | {"44249-1", "69737-5", "72109-2", "102010-6"}))
def test_loinc_code_passes_its_check_digit(code):
    number, check = code.split("-")
    doubled = "".join(str(int(digit) * (2 if place % 2 == 0 else 1)) for place, digit in enumerate(reversed(number)))

    assert (10 - sum(map(int, doubled)) % 10) % 10 == int(check)


def test_instruments_have_their_panels_stems_and_answers():
    panels = {page.codes[0].code: page for page in definition().pages if page.codes}

    assert set(panels) == {"44249-1", "69737-5", "72109-2", "102010-6"}
    stem = "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
    for page in definition().pages:
        if page.link_id in ("mood", "mood-continued", "worry", "worry-continued"):
            assert page.intro[-1] == stem
    four = [("LA6568-5", 0), ("LA6569-3", 1), ("LA6570-1", 2), ("LA6571-9", 3)]
    for link_id, item in definition().questions.items():
        if re.fullmatch(r"(phq9|gad7)-q\d", link_id):
            assert [(option.code, option.score) for option in item.options] == four
    assert [o.score for o in definition().questions["auditc-q2"].options] == [0, 1, 2, 3, 4]


def test_pages_hold_one_to_five_questions_or_are_one_of_the_grids():
    grids = {page.link_id: len(page.items) for page in definition().pages if page.is_grid}

    assert grids == {"heart-and-blood-pressure": 5, "brain-head-eyes": 7, "organs": 6, "medicines-to-check": 10}
    assert all(1 <= len(page.items) <= 5 for page in definition().pages if not page.is_grid)
    for page in definition().pages:
        if page.is_grid:
            assert {tuple(o.code for o in item.options) for item in page.items} == {("yes", "no", "not-sure")}
            assert all(item.enable_when is None for item in page.items)


def test_limits_and_hints():
    questions = definition().questions

    assert {q for q, item in questions.items() if item.is_long_text} == {
        "med-list", "other-allergies", "other-conditions", "visit-reason-other",
    }  # fmt: skip
    assert {item.max_length for item in questions.values() if item.is_long_text} == {4000}
    assert {q for q, item in questions.items() if item.max_length == 200} == {
        "filled-by-name", "legal-name", "preferred-name", "emergency-contact-name", "escort-name", "signature-name",
    }  # fmt: skip
    assert questions["weight-value"].units == ("[lb_av]", "kg")
    assert questions["bp-diastolic"].below == "bp-systolic"
    assert questions["email-address"].autocomplete == "email"
    assert {q for q, item in questions.items() if item.exclusive_codes} == {
        "other-treatments", "bladder-symptoms", "drug-use-recent",
    }  # fmt: skip


def test_help_panel_stands_below_every_question_that_can_open_it():
    assert definition().help_panels == {
        "chest-pain-now": "emergency",
        **dict.fromkeys(
            ("phq9-q9", "safe-now", "visit-reason", "harm-others", *(f"safety-q{n}" for n in range(1, 7))), "suicide"
        ),
        "safety-q6-recent": "suicide",
    }


def test_texts_hold_no_marks_and_no_notes_to_ourselves():
    text = json.dumps([documents().questionnaire, documents().rules, documents().notices])

    assert "**" not in text
    assert "POLICY]" not in text
    assert "(GK)" not in text
    assert "C-SSRS" not in text


def test_patient_wording_promises_no_call_before_the_form_is_sent():
    call = definition().notices["confirmation-call"]

    assert call.paragraphs == (
        "We have your form. Our team will try to reach you when the clinic is open. "
        "If you need help before then, call or text 988.",
    )
    assert set(call.rules) == {
        "SR-C1", "SR-C2", "SR-C3", "SR-C4", "SR-C6", "SR-C9", "SR-C11", "SR-C12", "SR-C13", "SR-CHANGED-HIGH",
    }  # fmt: skip
    assert not [r.id for r in definition().rules.values() if re.search(r"we will (call|phone)", r.patient.lower())]


def test_driving_notice_and_teach_back():
    notice = definition().driving_notice()

    assert notice.id == "drive-1.1-en"
    assert len(notice.bullets) == 9
    assert notice.text.startswith("Do not drive after your infusion.\n- Do not drive until the next day: at least 24")
    assert definition().page_of["tb-1"].notices == ("drive-1.1-en",)
    assert {q: t.correct for q, t in definition().teach_back.items()} == {
        "tb-1": "tuesday-after-4pm", "tb-2": "named-adult", "tb-3": "do-not-drive",
    }  # fmt: skip
    for link_id, teach_back in definition().teach_back.items():
        codes = {option.code for option in definition().questions[link_id].options}
        assert set(teach_back.wrong) == codes - {teach_back.correct, "by-phone"}
        assert teach_back.feedback(teach_back.correct) == teach_back.right
        assert teach_back.feedback("by-phone") == ""


def test_disclosure_follows_the_clinics_setting():
    assert definition().disclosure(True).startswith("If an answer tells us you may be in danger, our staff may see")
    assert definition().disclosure(False) == "We cannot see your answers until you send the form."
    assert [s.link_id for s in definition().sections if s.has_disclosure] == ["mood-and-safety"]


def test_severities_are_ordered_and_named():
    assert [severity.word for severity in sorted(Severity)] == ["note", "review", "stop", "crisis"]


# The hash


def test_hash_ignores_spacing_and_key_order_and_nothing_else():
    parts = [getattr(documents(), name) for name in NAMES]
    shuffled = [json.loads(json.dumps(part, sort_keys=True, indent=8)) for part in parts]
    assert Documents(*parts).content_hash == Documents(*shuffled).content_hash == definition().content_hash


@pytest.mark.parametrize("name", NAMES)
def test_hash_binds_every_document(name):
    parts = {one: copy.deepcopy(getattr(documents(), one)) for one in NAMES}
    parts[name]["more"] = ""

    assert Documents(**parts).content_hash != documents().content_hash


# What is refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q: find(q, "seizures").update(answerValueSet="x"), "seizures: answerValueSet is not supported"),
        (lambda q: find(q, "seizures").update(type="open-choice"), "seizures: type 'open-choice' is not supported"),
        (
            lambda q: find(q, "filled-by").update(extension=[{"url": "http://x", "valueString": "y"}]),
            "filled-by: extension http://x is not supported",
        ),
        (lambda q: find(q, "seizures").update(linkId="Seizures"), "'Seizures' is not a linkId in lower case"),
        (lambda q: find(q, "seizures").update(linkId="stroke-tia"), "stroke-tia: the linkId stands twice"),
        (lambda q: find(q, "other-health").update(linkId="iv-difficulty"), "iv-difficulty: the linkId is reserved"),
        (lambda q: find(q, "seizures").pop("text"), "seizures: it has no text"),
        (
            lambda q: find(q, "seizure-last-year")["enableWhen"][0].update(question="diabetes"),
            "seizure-last-year: its condition reads diabetes, which is asked on no earlier page",
        ),
        (
            lambda q: find(q, "seizure-last-year")["enableWhen"][0].update(operator="~"),
            "seizure-last-year: operator '~' is not supported",
        ),
        (
            lambda q: find(q, "seizure-last-year")["enableWhen"][0]["answerCoding"].update(code="maybe"),
            "seizure-last-year: seizures has no answer 'maybe'",
        ),
        (
            lambda q: find(q, "seizure-last-year")["enableWhen"][0].update(operator=">"),
            "seizure-last-year: > does not fit answerCoding",
        ),
        (
            lambda q: find(q, "pregnancy-possible").pop("enableBehavior"),
            "pregnancy-possible: enableBehavior is missing",
        ),
        (
            lambda q: find(q, "seizures").update(item=[{"linkId": "x", "type": "string", "text": "x"}]),
            "seizures: items under a question are not supported",
        ),
        (lambda q: q.update(version="1.2"), "the questionnaire's version is not a whole number"),
        (lambda q: q.update(contained=[]), "Questionnaire: contained is not supported"),
        (lambda q: q.pop("item"), "Questionnaire: item is missing"),
    ],
)
def test_questionnaire_that_we_would_not_ask_as_written_is_refused(change, message):
    with pytest.raises(DefinitionError, match=re.escape(message)):
        changed("questionnaire", change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: rule(r, "SR-C1").update(colour="red"), "rules.json: SR-C1: Object contains unknown field `colour`"),
        (lambda r: rule(r, "SR-C1").pop("sources"), "SR-C1: Object missing required field `sources`"),
        (
            lambda r: rule(r, "SR-C1").update(severity="bad"),
            "SR-C1: Invalid enum value 'bad' - at `$.rules[0].severity`",
        ),
        (lambda r: rule(r, "SR-C1").update(help="police"), "SR-C1: Invalid enum value 'police'"),
        (lambda r: rule(r, "SR-C1").pop("when"), "SR-C1: it has no condition"),
        (lambda r: rule(r, "SR-C2").update(id="SR-C1"), "SR-C1: it stands twice"),
        (lambda r: rule(r, "SR-C6").update(unless=["SR-C99"]), "SR-C6: there is no rule SR-C99"),
        (lambda r: rule(r, "SR-C2").update(unless=["SR-C6"]), "SR-C2: its unless leads back to itself"),
        (lambda r: rule(r, "SR-H1").update(when={"some": []}), "SR-H1: a group is one of all, any, none"),
        (lambda r: rule(r, "SR-H1").update(when={"all": []}), "SR-H1: a group is empty"),
        (
            lambda r: rule(r, "SR-H1")["when"]["all"][0].update(question="heart-attack"),
            "SR-H1: there is no question heart-attack",
        ),
        (
            lambda r: rule(r, "SR-BP8")["when"]["all"][0].update(answerThreshold="bp9"),
            "SR-BP8: there is no threshold bp9",
        ),
        (
            lambda r: r["thresholds"]["bp1-systolic"].update(default=190),
            "threshold bp1-systolic: its default is outside its range",
        ),
    ],
)
def test_rules_that_do_not_fit_are_refused(change, message):
    with pytest.raises(DefinitionError, match=re.escape(message)):
        changed("rules", change)


def test_notices_that_do_not_fit_are_refused():
    with pytest.raises(DefinitionError, match="tb-1: its teach-back does not fit its options"):
        changed("notices", lambda n: n["teachBack"]["tb-1"].update(correct="never"))
    with pytest.raises(DefinitionError, match=re.escape("driving-notice: there is no notice drive-1.1-en")):
        changed("notices", lambda n: n["notices"].pop(0))


def test_texts_come_in_the_readers_language_where_they_are_translated():
    parts = {name: copy.deepcopy(getattr(documents(), name)) for name in NAMES}
    find(parts["questionnaire"], "seizures")["_text"] = {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/translation",
                "extension": [
                    {"url": "lang", "valueCode": "es"},
                    {"url": "content", "valueString": "¿Ha tenido convulsiones o epilepsia?"},
                ],
            }
        ]
    }

    spanish = parse_definition(Documents(**parts), language="es")

    assert spanish.questions["seizures"].text == "¿Ha tenido convulsiones o epilepsia?"
    assert spanish.questions["diabetes"].text == "Do you have diabetes?"
    assert parse_definition(Documents(**parts)).questions["seizures"].text == "Have you ever had a seizure or epilepsy?"

"""What a form may not be: whatever would fail before a patient, or could never be decided, is refused with its path."""

import copy
import io
import json

import pytest
from django.core.management import CommandError, call_command

from intake.definition.documents import NAMES
from intake.definition.rules import DefinitionError
from intake.definition.validate import check_documents
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import load_folder, newest
from tests.intake.test_second_form import changed, second


def written(folder, **documents):
    for name in NAMES:
        document = documents.get(name, getattr(second(), name))
        if document:
            (folder / f"{name}.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return str(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("document", "change", "message"),
    [
        (
            "rules",
            lambda d: d["rules"][2].update(colour="red"),
            r"rules\.json: RV-STOP: .*`colour` - at `\$\.rules.2.`",
        ),
        ("rules", lambda d: d["rules"].pop(-2), "no rule is raised by incomplete"),
        ("rules", lambda d: d["rules"].pop(1), "no rule is raised by changed"),
        (
            "rules",
            lambda d: d["rules"][1].update(watches=[]),
            "RV-DANGER: no rule that is raised by changed watches it",
        ),
        ("rules", lambda d: d["scores"]["strain"].update(sum=["visitor"]), "strain: it cannot add up visitor"),
        ("rules", lambda d: d["scores"].pop("strain-level"), "strain-level: rules.json does not say its levels"),
        ("notices", lambda d: d["notices"].pop(0), "no notice has the use panel-suicide"),
        ("notices", lambda d: d["notices"].pop(1), "no notice has the use no-rule-fired"),
        ("notices", lambda d: d["notices"].pop(2), "no notice has the use long-text"),
        ("notices", lambda d: d["notices"][0].update(use="poster"), "rv-panel: there is no use poster"),
        ("staff", lambda d: d["facts"][0].update(item="x"), r"staff\.json: Strain: there is no item x"),
        ("staff", lambda d: d["contacts"][0].update(item="tell-us"), "tell-us is no identity"),
        ("questionnaire", lambda d: d.update(id="check"), "'check' cannot be an address"),
        (
            "questionnaire",
            lambda d: d["item"][0]["item"][1]["extension"][0].update(valueCode="nonsense"),
            "strain: nothing computes nonsense",
        ),
        ("questionnaire", lambda d: d["item"][0]["item"][0]["item"][0].pop("type"), "page-one: type is missing"),
        (
            "questionnaire",
            lambda d: d["item"][0]["item"][0]["item"][0]["extension"][0].update(valueCode="boss"),
            "visitor: there is no role boss",
        ),
        (
            "questionnaire",
            lambda d: d["item"][1]["item"][1].update(
                enableWhen=[{"question": "temperature", "operator": ">", "answerThreshold": "fever"}]
            ),
            "page-three: a question's condition may read no threshold",
        ),
    ],
)
def test_what_the_engine_cannot_run_is_refused_and_nothing_is_loaded(tmp_path, document, change, message):
    broken = copy.deepcopy(getattr(second(), document))
    change(broken)

    with pytest.raises(CommandError, match=message):
        call_command("load_questionnaires", "--from", written(tmp_path, **{document: broken}), stdout=io.StringIO())
    assert not QuestionnaireVersion.objects.exists()


def node(document, link_id):
    """Find an item of a questionnaire, however deep."""
    found = [one for one in document["item"] if one["linkId"] == link_id]
    return (
        found[0]
        if found
        else next((one for child in document["item"] if "item" in child if (one := node(child, link_id))), None)
    )


def rule(document, rule_id):
    return next(one for one in document["rules"] if one["id"] == rule_id)


def own(name, **value):
    return {"url": f"https://previsit.example/fhir/StructureDefinition/{name}", **value}


def level(question, **answer):
    return {"levels": [{"value": "low", "when": {"all": [{"question": question, **answer}]}}]}


HIGH = {"operator": "=", "answerCoding": {"code": "high"}}
LIMIT = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity"
TB = {"correct": "no", "right": "Yes.", "wrong": {}}
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
PLACES = "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces"
WHEN = [{"question": "in-danger", "operator": "=", "answerCoding": {"code": "yes"}}]


def coded(code):
    return {"valueCodeableConcept": {"coding": [{"code": code}]}}


QUESTIONS = [
    ("in-danger", {"answerOption": [{"valueCoding": {"code": "yes"}}]}, "in-danger: the answer yes has no words"),
    ("in-danger", {"answerOption": [{"valueCoding": {"code": "", "display": "A"}}]}, "the code '' cannot be posted"),
    (
        "in-danger",
        {"answerOption": [{"valueCoding": {"code": 5, "display": "A"}}]},
        "in-danger: an answer option: code cannot be 5",
    ),
    ("visitor", {"maxLength": 0}, "visitor: maxLength 0 leaves nothing"),
    ("visitor", {"maxLength": "many"}, "visitor: maxLength cannot be 'many'"),
    ("visitor", {"text": "  "}, "visitor: it has no text"),
    ("tell-us", {"text": "More of {nothing}?"}, "tell-us: nothing fills {nothing}"),
    ("tell-us", {"linkId": "keep"}, "keep: the linkId is reserved"),
    ("tell-us", {"linkId": "x" * 81}, "at most 80 characters"),
    ("tell-us", {"extension": [own("learn", valueString="No such/page")]}, "tell-us: 'No such/page' cannot be"),
    ("tell-us", {"extension": [own("role", valueCode="helper")]}, "tell-us: the role helper needs one choice"),
    ("agrees", {"extension": [own("role", valueCode="driving-agreement")]}, "agrees: no teach-back opens it"),
    ("agrees", {"extension": [own("role", valueCode="signature")]}, "agrees: the role signature needs one string"),
    ("tired", {"extension": [own("control", valueCode="buttons")]}, "tired: no button of this page"),
    ("strain", {"type": "decimal"}, "strain: what computes sum is of type integer"),
    ("page-two", {"item": []}, "page-two: a page without questions"),
    ("page-two", {"extension": [own("page-kind", valueCode="start")]}, "nights: no button of this page answers it"),
    ("page-three", {"enableBehavior": "some"}, "page-three: enableBehavior is all or any"),
]


HELP = {"linkId": "aid", "type": "display", "text": "Help", "extension": [{"url": CONTROL, **coded("help")}]}
A_POINT = {
    "valueCoding": {"code": "b", "display": "B"},
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1}],
}
MISPLACED = [
    ("part-two", {"enableWhen": WHEN}, "part-two: enableWhen is not supported here"),
    ("part-two", {"repeats": True}, "part-two: repeats is not supported here"),
    ("page-two", {"required": True}, "page-two: required is not supported here"),
    ("page-two", {"extension": [own("identity", valueBoolean=True)]}, "page-two: extension .*identity is not"),
    ("page-two", {"extension": [{"url": CONTROL, **coded("tab-container")}]}, "itemControl tab-container is not"),
    ("strain", {"enableWhen": WHEN}, "strain: enableWhen is not supported here"),
    ("visitor", {"prefix": "1."}, "visitor: prefix is not supported here"),
    ("visitor", {"item": [{**HELP, "enableWhen": WHEN}]}, "aid: enableWhen is not supported here"),
    ("visitor", {"item": [{**HELP, "type": None}]}, "aid: type cannot be None"),
    ("visitor", {"_text": {"extension": [{"url": "http://x"}]}}, "visitor: extension http://x is not supported here"),
    ("visitor", {"answerOption": [{"valueCoding": {"code": "a", "display": "A"}}]}, "visitor: answerOption is not"),
    ("visitor", {"extension": [own("identity", valueString="false")]}, "identity takes valueBoolean"),
    (
        "visitor",
        {"extension": [own("short", valueString=word) for word in "ab"]},
        "visitor: extension .*short stands twice",
    ),
    ("tired", {"answerOption": [{"valueCoding": {"code": ["a"], "display": "A"}}]}, r"tired: .*code cannot be \['a'\]"),
    ("page-three", {"enableWhen": [{**WHEN[0], "question": ["x"]}]}, "page-three: a condition needs a question"),
    ("weighed", {"extension": [{"url": UNIT, "valueCoding": {"code": {}}}]}, "weighed: code cannot be {}"),
    ("nights", {"maxLength": 1}, "nights: maxLength is not supported on type integer"),
    (
        "nights",
        {"extension": [{"url": HIDDEN, "valueBoolean": True}]},
        "nights: extension .*hidden is not supported here",
    ),
    ("temperature", {"extension": [{"url": PLACES, "valueInteger": 1}]}, "temperature: only 0 is supported"),
    (
        "tired",
        {"answerOption": [{"valueCoding": {"code": "a", "display": "A", "extension": []}}]},
        "tired: an answer option: extension",
    ),
    (
        "tired",
        {"answerOption": [{"valueCoding": {"code": "a", "display": "A"}}, A_POINT]},
        "strain: some answers of tired have points",
    ),
]


@pytest.mark.parametrize(("link_id", "change", "message"), MISPLACED, ids=[row[2][:40] for row in MISPLACED])
def test_what_would_be_read_past_in_its_place_is_refused(link_id, change, message):
    with pytest.raises(DefinitionError, match=message):
        changed("questionnaire", lambda document: node(document, link_id).update(change))


@pytest.mark.parametrize(
    ("link_id", "change"),
    [
        ("part-two", {"required": False, "repeats": False, "prefix": "B"}),
        ("visitor", {"readOnly": False, "repeats": False}),
        ("visitor", {"item": [{**HELP, "required": False}]}),
        ("in-danger", {"code": [{"system": "http://loinc.org", "code": "1-8"}]}),
    ],
)
def test_what_says_nothing_or_is_for_other_programs_may_stand(link_id, change):
    changed("questionnaire", lambda document: node(document, link_id).update(change))


@pytest.mark.parametrize(("link_id", "change", "message"), QUESTIONS, ids=[row[2][:32] for row in QUESTIONS])
def test_a_question_that_would_fail_before_a_patient_is_refused(link_id, change, message):
    with pytest.raises(DefinitionError, match=message):
        changed("questionnaire", lambda document: node(document, link_id).update(change))


def add(document, link_id, extension):
    node(document, link_id)["extension"].append(extension)


def only_pages_on_a_condition(document):
    node(document, "page-one")["extension"] = [own("page-kind", valueCode="start")]
    node(document, "page-two")["enableWhen"] = node(document, "page-three")["enableWhen"]


DOCUMENTS = [
    ("questionnaire", lambda d: d.pop("title"), "the questionnaire has no title"),
    ("questionnaire", only_pages_on_a_condition, "no page of the way is asked whatever the answers are"),
    (
        "questionnaire",
        lambda d: add(d, "weighed", own("below", valueString="weighed")),
        "weighed: it cannot be below weighed",
    ),
    (
        "questionnaire",
        lambda d: node(d, "nights")["extension"][0].update(valueInteger=9),
        "nights: no answer lies between its limits",
    ),
    (
        "questionnaire",
        lambda d: node(d, "nights").update(
            extension=[
                {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueDecimal": 1.2},
                {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueDecimal": 1.8},
            ]
        ),
        "nights: no answer lies between its limits",
    ),
    (
        "questionnaire",
        lambda d: add(d, "weighed", {"url": LIMIT, "valueQuantity": {"value": 300, "code": "[lb_av]"}}),
        "weighed: its limits must be in kg",
    ),
    (
        "questionnaire",
        lambda d: node(d, "tired")["answerOption"][1]["extension"][0].update(valueDecimal=1.5),
        "tired: the points of an answer are whole",
    ),
    ("rules", lambda d: d["scores"].update({"strain-level": level("strain-level", **HIGH)}), "computed no earlier"),
    (
        "rules",
        lambda d: d["scores"].update(
            {"strain-level": level("temperature", operator=">", answerThreshold="fever")},
        ),
        "strain-level: a level may read no threshold",
    ),
    (
        "rules",
        lambda d: d["scores"]["strain-level"]["levels"][0].update(when={"all": [{"fired": ["RV-DANGER"]}]}),
        "strain-level: a level cannot read which rules fire",
    ),
    (
        "rules",
        lambda d: d["scores"]["strain"].update(
            incompleteWhen={"all": [{"question": "gone", "operator": "exists", "answerBoolean": True}]}
        ),
        "strain: there is no question gone",
    ),
    ("rules", lambda d: d["scores"]["strain"]["bands"][0].update({"from": 2}), "strain: the band low is empty"),
    ("rules", lambda d: d["thresholds"]["fever"].update(notAbove="gone"), "fever: there is no threshold gone"),
    ("rules", lambda d: rule(d, "RV-NIGHTS").update(when={"all": [5]}), "RV-NIGHTS: 5 is no condition"),
    (
        "rules",
        lambda d: rule(d, "RV-NIGHTS").update(
            when={"all": [{"question": "nights", "operator": "=", "answerInteger": "5"}]}
        ),
        "RV-NIGHTS: answerInteger cannot be '5'",
    ),
    ("rules", lambda d: rule(d, "RV-NIGHTS").update(id="a/b"), "'a/b': a rule's id is made of"),
    ("rules", lambda d: rule(d, "RV-NIGHTS").update(id="R" * 41), "a rule's id is made of up to 40"),
    ("rules", lambda d: rule(d, "RV-NIGHTS").update(reason="{what}?"), "RV-NIGHTS: nothing fills {what}"),
    ("rules", lambda d: rule(d, "RV-NIGHTS").update(learn="No such page"), "RV-NIGHTS: 'No such page' cannot be"),
    (
        "rules",
        lambda d: rule(d, "RV-STOP").update(when={"all": [{"fired": {"of": ["RV-FEVER"], "atLeast": 2}}]}),
        "RV-STOP: atLeast 2 of 1 rules",
    ),
    ("notices", lambda d: d["notices"].append(d["notices"][0]), "rv-panel: it stands twice"),
    ("notices", lambda d: d["notices"][0].update(title=""), "rv-panel: it has no title"),
    ("notices", lambda d: d["notices"][0].update(paragraphs=[" "]), "rv-panel: it says nothing"),
    ("notices", lambda d: d.update(teachBack={"in-danger": TB}), "no rule is raised by tries"),
]


@pytest.mark.parametrize(("document", "change", "message"), DOCUMENTS, ids=[row[2][:32] for row in DOCUMENTS])
def test_what_would_fail_before_a_patient_is_refused(document, change, message):
    with pytest.raises(DefinitionError, match=message):
        changed(document, change)


def without(use):
    def change(documents):
        documents.notices["notices"] = [one for one in documents.notices["notices"] if one["use"] != use]

    return change


def moved(documents):
    """Put the agreement before the questions that open it."""
    part = next(part for part in documents.questionnaire["item"] if node(part, "sign"))
    part["item"].sort(key=lambda page: page["linkId"] != "sign")


OF_THE_FIRST = [
    (without("driving"), "no notice has the use driving"),
    (without("by-phone"), "no notice has the use by-phone"),
    (without("agreement"), "no notice has the use agreement"),
    (without("under-age"), "ends: there is no notice under-18"),
    (without("disclosure-off"), "no notice has the use disclosure-off"),
    (without("panel-emergency"), "no notice has the use panel-emergency"),
    (lambda d: d.rules["ends"].update(notice="start-2"), "ends: there is no notice start-2 of use under-age"),
    (
        lambda d: next(one for one in d.notices["notices"] if one["use"] == "under-age").update(paragraphs=["One."]),
        "needs a paragraph and a question",
    ),
    (lambda d: node(d.questionnaire, "tb-2").update(required=False), "tb-2: its teach-back does not fit"),
    (lambda d: node(d.questionnaire, "tb-2")["answerOption"].pop(), "tb-2: its teach-back does not fit"),
    (lambda d: d.notices["teachBack"].pop("tb-3"), "the teach-back has one page of its own"),
    (moved, "no teach-back opens it"),
]


@pytest.mark.parametrize(("change", "message"), OF_THE_FIRST, ids=[row[1][:32] for row in OF_THE_FIRST])
def test_what_the_first_form_needs_of_its_notices_is_there(change, message):
    documents = load_folder(newest("previsit"))
    change(documents)

    with pytest.raises(DefinitionError, match=message):
        check_documents(documents)


COMPARED = [
    ("visitor", "=", {"answerInteger": 4}, "visitor is compared with a text"),
    ("tell-us", "=", {"answerBoolean": True}, "tell-us is compared with a text"),
    ("last-session", "<", {"answerDate": "2020-13-45"}, "last-session is compared with a date"),
    ("last-session", "<", {"answerInteger": 4}, "last-session is compared with a date"),
    ("last-session", "<", {"answerThreshold": "fever"}, "last-session cannot be compared with fever"),
    ("weighed", ">", {"answerThreshold": "fever"}, "weighed cannot be compared with fever"),
    ("weighed", ">", {"answerQuantity": {"value": 1, "code": "cm"}}, "compared with a quantity of its own kind"),
    ("nights", "=", {"answerString": "4"}, "nights is compared with a number"),
]


@pytest.mark.parametrize(("question", "operator", "answer", "message"), COMPARED)
def test_a_comparison_that_could_never_be_decided_is_refused(question, operator, answer, message):
    """It would raise no flag and no error, only a line about a rule that cannot be evaluated."""
    when = {"all": [{"question": question, "operator": operator, **answer}]}

    with pytest.raises(DefinitionError, match=f"RV-STOP: .*{message}"):
        changed("rules", lambda document: rule(document, "RV-STOP").update(when=when))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("document", "text", "message"),
    [
        ("rules", "{", r"rules\.json: it is not JSON"),
        ("notices", '{"notices": [], "notices": []}', r"notices\.json: notices stands twice"),
        ("staff", "", r"staff\.json cannot be read"),
        ("questionnaire", "[]", r"questionnaire\.json is not a JSON object"),
        ("notices", '{"notices": [{"id": "\\ud800"}]}', r"notices\.json holds a character that no text has"),
        ("rules", '{"a":' * 70 + "{" + "}" * 71, r"rules\.json is nested too deep"),
        (
            "staff",
            '{"facts": [{"label": "a\\u0000b", "item": "strain"}]}',
            r"staff\.json holds a character that no text has",
        ),
    ],
)
def test_folder_that_cannot_be_read_names_the_document(tmp_path, document, text, message):
    with pytest.raises(CommandError, match=message):
        call_command("load_questionnaires", "--from", written(tmp_path, **{document: text}), stdout=io.StringIO())

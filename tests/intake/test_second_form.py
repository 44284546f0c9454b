"""A second questionnaire, with nothing in common with the first: the engine knows neither by heart."""

import copy
import io
import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clinic.audit.actions import Action
from clinic.audit.binding import record_rows
from clinic.models import AuditEntry
from intake.definition.documents import NAMES, Documents
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError
from intake.definition.validate import check_definition
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import load_folder, newest
from intake.response.answers import parse_answers
from intake.response.response import Response
from intake.response.values import AnswerError
from intake.screening.engine import screen

FOLDER = Path(__file__).parent / "second"
TODAY = date(2026, 11, 21)
CALM = {
    "visitor": "Kim Example",
    "tired": "never",
    "restless": "sometimes",
    "in-danger": "no",
    "nights": 1,
    "temperature": 36.6,
    "last-session": "2026-10-01",
    "weighed": {"value": 70, "unit": "kg"},
    "agrees": True,
}


@cache
def second():
    return load_folder(FOLDER)


@cache
def definition():
    return parse_definition(second())


def screened(changes=None, **options):
    raw = {key: value for key, value in {**CALM, **(changes or {})}.items() if value is not None}
    answers = parse_answers(definition(), raw, today=TODAY)
    return screen(Response(definition(), answers), as_of=TODAY, **options)


def refused(**raw):
    with pytest.raises(AnswerError) as caught:
        parse_answers(definition(), {key.replace("_", "-"): value for key, value in raw.items()}, today=TODAY)
    return str(caught.value)


def changed(document, change):
    parts = {name: copy.deepcopy(getattr(second(), name)) for name in NAMES}
    change(parts[document])
    found = parse_definition(Documents(**parts))
    check_definition(found)
    return found


def test_calm_form_raises_nothing_and_is_computed():
    found = screened()

    assert found.rules == ()
    assert found.computed == {"strain": 1, "strain-level": "low"}
    assert found.missing == ()


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"in-danger": "yes"}, ("RV-DANGER",)),
        ({"asks-to-stop": True}, ("RV-STOP",)),
        ({"asks-to-stop": False}, ()),
        ({"temperature": 38}, ("RV-FEVER",)),
        ({"temperature": 37.9}, ()),
        ({"nights": 4}, ("RV-NIGHTS",)),
        ({"nights": 3}, ()),
        ({"tired": "often", "restless": "often"}, ("RV-NIGHTS",)),
        ({"weighed": {"value": 331, "unit": "lb"}}, ("RV-NIGHTS",)),
        ({"last-session": "2019-12-31"}, ("RV-NIGHTS",)),
        ({"nights": None}, ("RV-OPEN",)),
        ({"tired": None}, ("RV-OPEN",)),
        ({"in-danger": None}, ("RV-OPEN",)),
        (
            {"in-danger": "yes", "asks-to-stop": True, "temperature": 39, "nights": 7},
            ("RV-DANGER", "RV-STOP", "RV-FEVER", "RV-NIGHTS"),
        ),
    ],
)
def test_rule_of_each_severity(changes, rules):
    assert screened(changes).rules == rules


def test_threshold_of_the_clinic_counts():
    assert screened({"temperature": 37.6}, thresholds={"fever": 37.5}).rules == ("RV-FEVER",)


@pytest.mark.parametrize("raw", [3.5, "three", "3", True, -1, 8, [3], 10**30])
def test_whole_number_is_one_within_its_limits(raw):
    assert refused(nights=raw).startswith("nights: ")


@pytest.mark.parametrize("raw", ["36.6", 33.99, 43.01, True, {"value": 36}])
def test_decimal_number_is_one_within_its_limits(raw):
    assert refused(temperature=raw).startswith("temperature: ")


def test_limit_of_a_number_is_said():
    assert refused(nights=9) == "nights: Check this number. Enter one from 0 to 7."


def test_numbers_are_kept_as_numbers():
    assert parse_answers(definition(), {"nights": 7, "temperature": 36.55}, today=TODAY) == {
        "nights": 7,
        "temperature": 36.55,
    }


def test_page_that_hangs_on_an_earlier_answer_is_asked_after_it():
    pages = [page.link_id for page in Response(definition(), {}).pages]

    assert pages == ["page-one", "page-two"]
    assert [page.link_id for page in Response(definition(), CALM).pages] == ["page-one", "page-two", "page-three"]


def test_wording_may_hang_on_a_level_that_no_other_condition_reads():
    def ask_otherwise(questionnaire):
        item = questionnaire["item"][1]["item"][1]["item"][0]
        parts = {"question": "strain-level", "answer": "high", "text": "What wears you out?"}
        said = [{"url": name, "valueString": value} for name, value in parts.items()]
        item["extension"] = [{"url": "https://previsit.example/fhir/StructureDefinition/text-when", "extension": said}]

    found = changed("questionnaire", ask_otherwise)
    calm = Response(found, CALM)
    worn = calm.with_answers(CALM | {"tired": "often", "restless": "often"})

    assert [form.text_of(found.questions["tell-us"]) for form in (calm, worn)] == [
        "What would you like to tell us?",
        "What wears you out?",
    ]


def test_flags_stand_under_their_subjects():
    (flag,) = screened({"asks-to-stop": True}).flags

    assert (flag.titles, flag.do_not_come) == (("Your treatment",), True)


@pytest.mark.django_db
def test_folder_is_published_beside_the_first_and_bound_by_the_audit_trail():
    call_command("load_questionnaires", stdout=io.StringIO())
    said = io.StringIO()
    call_command("load_questionnaires", "--from", str(FOLDER), stdout=said)

    version = QuestionnaireVersion.objects.get(slug="return-visit")
    entry = AuditEntry.objects.get(subject="questionnaire:return-visit/1")
    assert said.getvalue().startswith("return-visit 1: published")
    assert version.definition().questions.keys() == definition().questions.keys()
    assert (entry.action, entry.position) == (Action.QUESTIONNAIRE_PUBLISHED, version.audit_position)
    assert QuestionnaireVersion.objects.filter(slug="previsit").exists()


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
QUESTIONS = [
    ("in-danger", {"answerOption": [{"valueCoding": {"code": "yes"}}]}, "in-danger: the answer yes has no words"),
    ("in-danger", {"answerOption": [{"valueCoding": {"code": "", "display": "A"}}]}, "the code '' cannot be posted"),
    ("in-danger", {"answerOption": [{"valueCoding": {"code": 5, "display": "A"}}]}, "the code 5 cannot be posted"),
    ("visitor", {"maxLength": 0}, "visitor: maxLength 0 leaves nothing"),
    ("visitor", {"maxLength": "many"}, "visitor: maxLength 'many' leaves nothing"),
    ("visitor", {"text": "  "}, "visitor: it has no text"),
    ("tell-us", {"text": "More of {nothing}?"}, "tell-us: nothing fills {nothing}"),
    ("tell-us", {"linkId": "keep"}, "keep: the linkId is reserved"),
    ("tell-us", {"linkId": "x" * 81}, "at most 80 characters"),
    ("tell-us", {"extension": [own("learn", valueString="No such/page")]}, "tell-us: 'No such/page' cannot be"),
    ("tell-us", {"extension": [own("role", valueCode="helper")]}, "tell-us: the role helper needs one choice"),
    ("agrees", {"extension": [own("role", valueCode="driving-agreement")]}, "agrees: no teach-back opens it"),
    ("agrees", {"extension": [own("role", valueCode="signature")]}, "agrees: the role signature needs one string"),
    ("strain", {"type": "decimal"}, "strain: what computes sum is of type integer"),
    ("page-two", {"item": []}, "page-two: a page without questions"),
    ("page-two", {"extension": [own("page-kind", valueCode="start")]}, "nights: no button of this page answers it"),
    ("page-three", {"enableBehavior": "some"}, "page-three: enableBehavior is all or any"),
]


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
        check_definition(parse_definition(documents))


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


@pytest.mark.django_db
def test_published_documents_that_were_changed_are_not_read():
    call_command("load_questionnaires", "--from", str(FOLDER), stdout=io.StringIO())
    version = QuestionnaireVersion.objects.get()
    version.staff = {"facts": []}

    with pytest.raises(DefinitionError, match="return-visit 1: its documents are not those that were published"):
        version.__class__(**{**vars_of(version), "content_hash": "0" * 64}).definition()


def vars_of(version):
    return {name: getattr(version, name) for name in ("slug", "version", *NAMES)}


@pytest.mark.django_db
def test_published_version_opens_though_it_would_not_be_published_today():
    parts = {name: copy.deepcopy(getattr(second(), name)) for name in NAMES}
    parts["notices"]["notices"].clear()
    version = QuestionnaireVersion(slug="return-visit", version=9, **parts)
    version.content_hash = version.documents.content_hash
    record_rows(None, Action.QUESTIONNAIRE_PUBLISHED, "questionnaire:return-visit/9", [version], actor="test")

    assert version.definition().title == "Return visit"
    with pytest.raises(DefinitionError):
        check_definition(version.definition())

"""A second questionnaire, with nothing in common with the first: the engine knows neither by heart."""

import copy
import io
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

from clinic.audit.actions import Action
from clinic.audit.binding import record_rows
from clinic.models import AuditEntry
from intake.definition.documents import NAMES, Documents
from intake.definition.parse import parse_definition
from intake.definition.rules import DefinitionError
from intake.definition.validate import check_definition, check_documents
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import load_folder
from intake.response.answers import parse_answers
from intake.response.response import Response
from intake.response.values import AnswerError
from intake.screening.engine import screen
from intake.screening.history import Journey, screen_submission
from intake.screening.scores import score_notes

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
    found = check_documents(Documents(**parts))
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


def with_documents(change):
    parts = {name: copy.deepcopy(getattr(second(), name)) for name in NAMES}
    change(**parts)
    return parse_definition(Documents(**parts))


def rule(rules, rule_id):
    return next(one for one in rules["rules"] if one["id"] == rule_id)


def test_rows_that_must_be_there_may_hold_any_of_their_questions():
    def change(questionnaire, **_others):
        words = {"type": "string", "maxLength": 9}
        boxes = [{"linkId": name, "text": name, **words} for name in ("herb", "cup")]
        rows = {"linkId": "tea", "text": "Teas", "type": "group", "repeats": True, "required": True, "item": boxes}
        questionnaire["item"][1]["item"][0]["item"].append(rows)

    form = with_documents(change)

    assert Response(form, CALM).missing == ("tea",)
    assert Response(form, {**CALM, "tea[1].cup": "big"}).missing == ()


def test_a_silenced_rule_silences_no_other():
    def change(rules, **_others):
        rule(rules, "RV-FEVER")["unless"] = ["RV-STOP"]
        rule(rules, "RV-NIGHTS")["unless"] = ["RV-FEVER"]

    form = Response(with_documents(change), {**CALM, "asks-to-stop": True, "temperature": 39, "nights": 7})

    assert screen(form, as_of=TODAY).rules == ("RV-STOP", "RV-NIGHTS")


def test_what_only_sending_knows_stands_in_its_place_among_equals():
    journey = Journey(crisis={"RV-DANGER": ["in-danger"]}, tries={})
    form = Response(definition(), {**CALM, "temperature": 39})

    assert screen_submission(form, journey, as_of=TODAY).rules == ("RV-CHANGED", "RV-FEVER")


def test_a_crisis_that_was_true_by_no_answer_is_a_change_too():
    journey = Journey(crisis={"RV-DANGER": []}, tries={})

    assert screen_submission(Response(definition(), CALM), journey, as_of=TODAY).rules == ("RV-CHANGED",)


def test_in_person_is_said_later_only_where_a_crisis_stands_on_it_now():
    def change(questionnaire, rules, **_others):
        options = questionnaire["item"][0]["item"][0]["item"][3]["answerOption"]
        options.append({"valueCoding": {**options[0]["valueCoding"], "code": "in-person"}})
        when = rule(rules, "RV-DANGER")["when"]["all"][0]
        coding = when["answerCoding"]
        rule(rules, "RV-DANGER")["when"] = {"any": [when, {**when, "answerCoding": {**coding, "code": "in-person"}}]}
        rule(rules, "RV-STOP")["when"] = {"all": [{**when, "answerCoding": {**coding, "code": "no"}}]}

    journey = Journey(crisis={"RV-DANGER": ["in-danger"]}, tries={})
    form = Response(with_documents(change), CALM)

    assert screen_submission(form, journey, as_of=TODAY).rules == ("RV-STOP", "RV-CHANGED")


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


def test_the_line_beside_a_total_is_read_by_staff():
    note = {"url": "https://previsit.example/fhir/StructureDefinition/staff-note", "valueString": "No diagnosis."}
    form = changed("questionnaire", lambda d: d["item"][0]["item"][1]["extension"].append(note))

    assert score_notes(form, "strain", {}) == ["No diagnosis."]

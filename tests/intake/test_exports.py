"""Submissions taken out: FHIR that the standard accepts, tables that no spreadsheet runs."""

import csv
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle

from clinic.models import AuditEntry, Clinic, User
from intake.models import Submission, UnfinishedForm
from intake.models.retention import delete_contents
from intake.questionnaires.publishing import publish
from intake.review.deciding import decide
from intake.review.fhir import questionnaire
from intake.review.presenter import SubmissionPresenter
from intake.review.settling import log_contact
from intake.review.sheets.record import record_sheet
from intake.review.tables import TABS, submissions
from intake.review.unfinished import log_try
from tests.intake.submissions import make_staff, make_submission, make_unfinished
from tests.intake.test_second_form import second
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

KINDS = {"Questionnaire", "QuestionnaireResponse", "Patient", "Consent", "Observation", "Flag", "Provenance"}


@pytest.fixture
def clinician(client):
    return sign_in(client, make_staff("clinician"))


def taken_out(client, kind, **chosen):
    answer = client.get(f"/admin/intake/submission/export/{kind}/", chosen)
    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.order_by("position").last()
    said = " ".join([kind, *(f"{name}={value}" for name, value in chosen.items())])
    assert (entry.action, entry.subject, entry.detail) == ("submission.export", "submission:many", said)
    return b"".join(answer.streaming_content).decode()


def test_one_submission_is_a_valid_fhir_bundle_with_enabled_answers_only(clinician):
    submission = make_submission({"med-benzo": "yes", "liver-disease": "no", "liver-severity": "severe"})

    answer = clinician.get(f"/admin/intake/submission/{submission.pk}/export/")

    found = Bundle.model_validate_json(answer.content)
    by_kind = {entry.resource.get_resource_type(): entry.resource for entry in found.entry}
    assert by_kind.keys() == KINDS
    assert sum(entry.resource.get_resource_type() == "Flag" for entry in found.entry) == 1
    scores = [entry.resource for entry in found.entry if entry.resource.get_resource_type() == "Observation"]
    codes = {score.code.text: score.code.coding and score.code.coding[0].code for score in scores}
    assert (codes["PHQ-9 total"], codes["Age in whole years"]) == ("44261-6", None)
    asked, answered, agreed = by_kind["Questionnaire"], by_kind["QuestionnaireResponse"], by_kind["Consent"]
    assert answered.questionnaire == f"{asked.url}|{asked.version}"
    said = answered.model_dump_json()
    assert '"med-benzo"' in said
    assert '"liver-severity"' not in said
    notice = submission.record["notices"][0]
    assert (agreed.status, agreed.sourceAttachment.data.decode()) == ("active", notice["text"])
    addresses = {entry.fullUrl for entry in found.entry}
    for resource in (answered.subject, agreed.patient, by_kind["Flag"].subject, by_kind["Provenance"].target[0]):
        assert any(address.endswith(f"/fhir/{resource.reference}") for address in addresses)
    assert answer["Content-Disposition"] == f'attachment; filename="{submission.reference}.json"'
    assert AuditEntry.objects.order_by("position").last().detail == "fhir"
    assert json.loads(answer.content)["identifier"]["value"] == submission.reference


def test_the_last_day_there_is_asks_for_another(clinician):
    answer = clinician.get("/admin/intake/submission/export/forms/", {"last": "9999-12-31"})

    assert "Enter a date such as" in answer.content.decode()


def test_a_form_whose_author_gave_no_address_has_one_in_exports():
    version = publish(second())[0]

    assert questionnaire(Submission(version=version))["url"] == "urn:previsit:questionnaire:return-visit"


def test_many_are_lines_of_valid_resources_without_those_deleted(clinician):
    forms = [make_submission({"med-benzo": "yes"}, now=timezone.now()) for _ in range(3)]
    delete_contents(forms[0], reason="request", by="test")

    lines = [json.loads(line) for line in taken_out(clinician, "fhir_lines").splitlines()]

    for line in lines:
        get_fhir_model_class(line["resourceType"]).model_validate(line)
    kinds = [line["resourceType"] for line in lines]
    assert (kinds.count("Questionnaire"), kinds.count("Patient"), kinds.count("Flag")) == (1, 2, 2)
    assert len({(line["resourceType"], line["id"]) for line in lines}) == len(lines)


def test_days_and_a_tab_choose_what_is_taken_out(clinician):
    days = {"old": 40, "middle": 20, "new": 1}
    now = timezone.now()
    made = {name: make_submission({"med-benzo": "yes"}, now=now - timedelta(days=ago)) for name, ago in days.items()}
    decide(made["new"], by=make_staff("clinician", "decider"), decision="not-suitable", reason="Heart.")
    page = clinician.get("/admin/intake/submission/export/").content.decode()
    assert "One line each (CSV)" in page

    def found(**chosen):
        rows = csv.DictReader(taken_out(clinician, "forms", **chosen).splitlines())
        return [next(name for name, one in made.items() if one.reference == row["reference"]) for row in rows]

    zone = ZoneInfo(Clinic.current().time_zone)
    day = {name: timezone.localdate(now - timedelta(days=ago), zone).isoformat() for name, ago in days.items()}
    assert found() == ["old", "middle", "new"]
    assert found(first=day["middle"]) == ["middle", "new"]
    assert found(last=day["middle"]) == ["old", "middle"]
    assert found(first=day["middle"], last=day["middle"]) == ["middle"]
    assert found(tab="open") == ["old", "middle"]
    assert found(last=day["old"], tab="open") == ["old"]
    assert found(tab="done") == ["new"]
    wrong = {"first": day["new"], "last": day["old"], "tab": "x"}
    refused = clinician.get("/admin/intake/submission/export/answers/", wrong).content.decode()
    assert "before the first one" in refused
    assert f'value="{day["old"]}"' in refused
    assert "Enter a date" in clinician.get("/admin/intake/submission/export/forms/", {"first": "x"}).content.decode()


@pytest.mark.once
@pytest.mark.parametrize("tab", TABS)
def test_an_export_of_some_days_reads_only_what_an_index_gives(tab):
    now = timezone.now()

    plan = submissions(since=now - timedelta(days=7), before=now, tab=tab).explain()

    assert "SCAN" not in plan


def test_contacts_are_taken_out_those_from_before_sending_too(clinician):
    nurse, form = make_staff("nurse"), make_unfinished()
    log_try(form, nurse, reached="not-reached", means="call", text="Nobody answered, early.")
    submission = make_submission({"med-benzo": "yes"})
    UnfinishedForm.objects.update(reference=submission.reference, settled_at=timezone.now())
    log_contact(submission, by=nurse, reached="reached", means="text", text="Spoke later.")

    bundle = Bundle.model_validate_json(clinician.get(f"/admin/intake/submission/{submission.pk}/export/").content)

    found = [one.resource for one in bundle.entry if one.resource.get_resource_type() == "Communication"]
    said = [(one.status, one.medium[0].text, one.payload[0].contentString) for one in found]
    assert said == [
        ("not-done", "Call", "Nobody answered, early."),
        ("completed", "Text message", "Spoke later."),
    ]
    shown = SubmissionPresenter(submission, User.objects.get(username="clinician"))
    sheet = record_sheet(shown, shown.user).as_text()
    assert "Nobody answered, early." in sheet
    assert "Spoke later." in sheet
    make_submission()
    rows = [
        (row["reference"], row["result"], row["words"])
        for row in csv.DictReader(taken_out(clinician, "contacts").splitlines())
    ]
    assert rows == [
        (submission.reference, "Not reached", "Nobody answered, early."),
        (submission.reference, "Reached", "Spoke later."),
    ]


def test_the_tables_hold_no_formula(clinician):
    make_submission({"legal-name": "=HYPERLINK(1)", "phone-number": "+1 202 555 0143"})
    listed = make_submission({"med-benzo": "yes"}).content
    listed.computed = {"medicine-classes": ["opioid", "stimulant"]}
    listed.save()

    rows = list(csv.DictReader(taken_out(clinician, "forms").splitlines()))
    answers = list(csv.DictReader(taken_out(clinician, "answers").splitlines()))

    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Alex Example"]
    assert rows[0]["phone"].startswith("'+1")
    assert (rows[1]["open flags"], rows[1]["scores"]) == ("SR-M3", "medicine-classes opioid, stimulant")
    found = {(row["reference"], row["question id"]): row["answer"] for row in answers}
    assert found[rows[0]["reference"], "legal-name"] == "'=HYPERLINK(1)"
    assert found[rows[1]["reference"], "med-benzo"] == "Yes"


def test_a_table_is_read_some_rows_at_a_time(clinician, django_assert_max_num_queries):
    make_submission()
    lines = iter(clinician.get("/admin/intake/submission/export/answers/").streaming_content)

    assert next(lines).startswith(b"reference,")
    with django_assert_max_num_queries(4):
        assert next(lines)
    assert b"Alex Example" in b"".join(lines)

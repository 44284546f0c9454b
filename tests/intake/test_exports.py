"""Submissions taken out: FHIR that the standard accepts, tables that no spreadsheet runs."""

import csv
import json

import pytest
from django.utils import timezone
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle

from clinic.models import AuditEntry
from intake.models.retention import delete_contents
from tests.intake.submissions import make_staff, make_submission
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

KINDS = {"Questionnaire", "QuestionnaireResponse", "Patient", "Consent", "Observation", "Flag", "Provenance"}


@pytest.fixture
def clinician(client):
    return sign_in(client, make_staff("clinician"))


def taken_out(client, kind):
    answer = client.get(f"/admin/intake/submission/export/{kind}/")
    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.order_by("position").last()
    assert (entry.action, entry.subject, entry.detail) == ("submission.export", "submission:all", kind)
    return b"".join(answer.streaming_content).decode()


def test_one_submission_is_a_valid_fhir_bundle_with_enabled_answers_only(clinician):
    submission = make_submission({"med-benzo": "yes", "liver-disease": "no", "liver-severity": "severe"})

    answer = clinician.get(f"/admin/intake/submission/{submission.pk}/export/")

    found = Bundle.model_validate_json(answer.content)
    by_kind = {entry.resource.get_resource_type(): entry.resource for entry in found.entry}
    assert by_kind.keys() == KINDS
    assert sum(entry.resource.get_resource_type() == "Flag" for entry in found.entry) == 1
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


def test_many_are_lines_of_valid_resources_without_those_deleted(clinician):
    forms = [make_submission({"med-benzo": "yes"}, now=timezone.now()) for _ in range(3)]
    delete_contents(forms[0], reason="request", by="test")

    lines = [json.loads(line) for line in taken_out(clinician, "fhir_lines").splitlines()]

    for line in lines:
        get_fhir_model_class(line["resourceType"]).model_validate(line)
    kinds = [line["resourceType"] for line in lines]
    assert (kinds.count("Questionnaire"), kinds.count("Patient"), kinds.count("Flag")) == (1, 2, 2)
    assert len({(line["resourceType"], line["id"]) for line in lines}) == len(lines)


def test_the_tables_hold_no_formula(clinician):
    make_submission({"legal-name": "=HYPERLINK(1)", "phone-number": "+1 202 555 0143"})
    make_submission({"med-benzo": "yes"})

    rows = list(csv.DictReader(taken_out(clinician, "forms").splitlines()))
    answers = list(csv.DictReader(taken_out(clinician, "answers").splitlines()))

    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Alex Example"]
    assert rows[0]["phone"].startswith("'+1")
    assert rows[1]["open flags"] == "SR-M3"
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

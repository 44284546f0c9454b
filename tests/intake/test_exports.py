"""Submissions taken out: FHIR that the standard accepts, tables that no spreadsheet runs."""

import csv
import json

import pytest
from fhir.resources.R4B.bundle import Bundle

from clinic.models import AuditEntry
from tests.intake.submissions import make_staff, make_submission
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinician(client):
    return sign_in(client, make_staff("clinician"))


def test_one_submission_is_a_valid_fhir_bundle_with_enabled_answers_only(clinician):
    submission = make_submission({"med-benzo": "yes", "liver-disease": "no", "liver-severity": "severe"})

    answer = clinician.get(f"/admin/intake/submission/{submission.pk}/export/")

    found = Bundle.model_validate_json(answer.content)
    kinds = [entry.resource.get_resource_type() for entry in found.entry]
    assert {"Patient", "QuestionnaireResponse", "Observation", "Flag", "Provenance"} <= set(kinds)
    assert kinds.count("Flag") == 1
    text = answer.content.decode()
    assert '"med-benzo"' in text
    assert '"liver-severity"' not in text
    assert answer["Content-Disposition"] == f'attachment; filename="{submission.reference}.json"'
    assert AuditEntry.objects.order_by("position").last().action == "submission.export"
    assert json.loads(text)["identifier"]["value"] == submission.reference


def test_the_table_holds_one_line_each_and_no_formula(clinician):
    make_submission({"legal-name": "=HYPERLINK(1)", "phone-number": "+1 202 555 0143"})
    make_submission({"med-benzo": "yes"})

    answer = clinician.get("/admin/intake/submission/export/")

    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Alex Example"]
    assert rows[0]["phone"].startswith("'+1")
    assert rows[1]["open flags"] == "SR-M3"

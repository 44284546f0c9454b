import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command
from msgspec.structs import replace

from intake.definition.documents import NAMES
from intake.definition.parse import parse_definition
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import PublishingError, find_definition, load_folder, publish
from tests.intake.cases import complete_answers, documents
from tests.intake.test_second_form import second

pytestmark = pytest.mark.django_db

FIRST = ("--version", "1")  # whose answers tests.intake.cases holds


def run(tmp_path, answers, *options):
    path = tmp_path / "answers.json"
    path.write_text(answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8")
    out = io.StringIO()
    call_command("screen", str(path), "--as-of", "2026-11-21", *options, stdout=out)
    return out.getvalue()


def run_json(tmp_path, answers, *options):
    return json.loads(run(tmp_path, answers, "--json", *options))


def test_json_holds_what_the_documentation_says(tmp_path):
    answers = complete_answers(
        {"bp-diagnosis": "yes", "bp-controlled": "no", "legal-name": None, "seizure-last-year": "yes"}
    )

    result = run_json(tmp_path, answers, *FIRST)

    assert list(result) == ["version", "computed", "flags", "missing", "ignored"]
    assert result["version"] == 1
    assert result["computed"] == {"age": 40, "bmi": 24.2, "phq9-total": 0, "gad7-total": 0, "auditc-total": 0}
    assert result["flags"][0] == {
        "rule": "SR-BP4",
        "severity": "stop",
        "answers": {"bp-diagnosis": "yes", "bp-controlled": "no"},
        "reason": "Uncontrolled hypertension: label contraindication where a rise would be hazardous; 2018 consensus",
        "patient": (
            "High blood pressure that is not yet controlled needs care first. "
            "Please do not come for an infusion until our team has talked with you."
        ),
        "sources": ["LABEL-KETALAR", "ASRA-CHRONIC-2018", "ASRA-ACUTE-2018"],
        "learn": "tell-us-first#heart-blood-pressure",
    }
    assert [flag["rule"] for flag in result["flags"]] == ["SR-BP4", "SR-INCOMPLETE"]
    assert result["missing"] == ["legal-name"]
    assert "seizure-last-year" in result["ignored"]


def test_text_is_worst_first(tmp_path):
    answers = complete_answers({"safe-now": "no", "stroke-tia": "yes", "med-bp": "yes", "safety-q2": "yes"})
    text = run(tmp_path, answers, *FIRST)

    severities = [line.split()[0] for line in text.splitlines() if "  SR-" in line and not line.startswith(" ")]
    assert severities == ["CRISIS", "CRISIS", "STOP", "NOTE"]
    assert "Answers: safe-now: No" in text
    assert "safety-level: low" in text
    assert "Not a validated instrument: a clinician must assess." in text


def test_text_of_a_quiet_form_clears_nobody(tmp_path):
    assert "A clinician will review your form and confirm your visit." in run(tmp_path, complete_answers(), *FIRST)


def test_incomplete_answers_are_screened(tmp_path):
    assert [flag["rule"] for flag in run_json(tmp_path, {}, *FIRST)["flags"]] == [
        "SR-INCOMPLETE",
        "SR-E2",
        "SR-BP7",
    ]


def test_language_that_is_not_signed_off(tmp_path):
    result = run_json(tmp_path, complete_answers(), "--language", "es", *FIRST)

    assert [flag["rule"] for flag in result["flags"]] == ["SR-LANG"]


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"safe-now": "no"}')))
    out = io.StringIO()

    call_command("screen", "-", "--json", stdout=out)

    assert json.loads(out.getvalue())["flags"][0]["rule"] == "SR-C4"


@pytest.mark.parametrize(("text", "message"), [
    ('{"seizures": "maybe"}', "seizures: "),
    ('{"weight-value": {"value": 82, "unit": "stone"}}', "weight-value: "),
    ('{"weight-value": 82}', "weight-value: "),
    ('{"weight-value": {"value": 10, "unit": "kg"}}', "weight-value: "),
    ('{"bp-systolic": {"value": 80, "unit": "mmHg"}, "bp-diastolic": {"value": 90, "unit": "mmHg"}}', "bp-diastolic: "),
    ('{"phq9-total": 3}', "phq9-total: "),
    ('{"about-you": "x"}', "about-you: "),
    ('{"age-in-dog-years": 3}', "age-in-dog-years: "),
    ('{"other-treatments": ["none", "ect"]}', "other-treatments: "),
    ('{"date-of-birth": "2027-01-01"}', "date-of-birth: "),
    ('{"seizures": "yes", "seizures": "no"}', "seizures stands twice"),
    ('{"bp-systolic": {"value": 159.9999999999999999999, "unit": "mmHg"}}', "bp-systolic: "),
    ('{"weight-value": {"value": 400.00000000000000001, "unit": "kg"}}', "weight-value: "),
    ('{"weight-value": {"value": 82.123456789012345678, "unit": "kg"}}', "weight-value: Enter a number with fewer"),
    ('{"weight-value": {"value": 1e400, "unit": "kg"}}', "weight-value: "),
    ('{"weight-value": {"value": NaN, "unit": "kg"}}', "NaN is not a number"),
    ('["seizures"]', "answers: The answers are not a JSON object."),
    ('{"seizures": ', "it is not JSON"),
    ("", "it is not JSON"),
    ("[" * 100_000, "it is nested too deep"),
])  # fmt: skip
def test_bad_input_is_named_with_exit_status_2(tmp_path, text, message):
    with pytest.raises(CommandError) as caught:
        run(tmp_path, text, "--json")

    assert message in str(caught.value)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_file_that_is_not_utf_8_is_bad_input(tmp_path, encoding):
    path = tmp_path / "answers.json"
    path.write_bytes('{"safe-now": "no"}'.encode(encoding))

    with pytest.raises(CommandError) as caught:
        call_command("screen", str(path), "--json")
    assert caught.value.returncode == 2


def test_both_versions_are_published_in_order_and_the_first_goes_on_working(tmp_path):
    call_command("load_questionnaires", stdout=io.StringIO())

    assert run_json(tmp_path, {}, "--version", "1")["version"] == 1
    assert run_json(tmp_path, {"sud-active": "yes"}, "--version", "1")["flags"]
    assert run_json(tmp_path, {})["version"] == 2


def test_file_that_is_not_there_or_not_text(tmp_path):
    (tmp_path / "latin.json").write_bytes(b'{"legal-name": "Jos\xe9"}')

    for name, message in (("none.json", "No such file"), ("latin.json", "not UTF-8")):
        with pytest.raises(CommandError, match=message) as caught:
            call_command("screen", str(tmp_path / name))
        assert caught.value.returncode == 2


def test_version_named_and_unknown(tmp_path):
    assert run_json(tmp_path, {}, "--version", "1")["version"] == 1
    with pytest.raises(CommandError, match="There is no published version 7") as caught:
        run(tmp_path, {}, "--version", "7")
    assert caught.value.returncode == 2


def later(number, **changes):
    questionnaire = {**documents().questionnaire, "version": str(number), **changes}
    return replace(documents(), questionnaire=questionnaire)


def test_published_version_is_used_and_the_newest_unless_one_is_named(tmp_path):
    publish(later(4))
    publish(later(5))

    assert run_json(tmp_path, {})["version"] == 5
    assert run_json(tmp_path, {}, "--version", "4")["version"] == 4
    assert find_definition("previsit", 1) is None


def test_load_publishes_once_and_says_so():
    first, second = io.StringIO(), io.StringIO()

    call_command("load_questionnaires", stdout=first)
    call_command("load_questionnaires", stdout=second)

    published = QuestionnaireVersion.objects.get(slug="previsit", version=1)
    assert published.content_hash == documents().content_hash
    assert QuestionnaireVersion.objects.latest_published("previsit").version == 2
    assert first.getvalue().startswith("previsit 1: published")
    assert "previsit 2: published" in first.getvalue()
    assert "previsit 1: unchanged" in second.getvalue()
    assert "previsit 2: unchanged" in second.getvalue()
    assert parse_definition(published.documents).content_hash == published.content_hash


def test_version_published_with_another_text_stops():
    publish(later(1, title="Another title"))

    with pytest.raises(
        CommandError, match=r"previsit 1 is published with another text: .* begin with an empty database"
    ):
        call_command("load_questionnaires", stdout=io.StringIO())
    assert QuestionnaireVersion.objects.count() == 1


def test_older_version_is_not_published_after_a_newer_one():
    publish(later(3))

    with pytest.raises(PublishingError, match=r"the version in questionnaire\.json is older"):
        publish(later(2))


def test_files_that_are_broken_name_the_file(tmp_path):
    folder = tmp_path / "previsit"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.json").write_text(json.dumps(getattr(documents(), name)))
    (folder / "rules.json").write_text("[]")

    with pytest.raises(ValueError, match=r"rules\.json is not a JSON object"):
        load_folder(folder)


def test_another_form_is_screened_by_its_slug(tmp_path):
    publish(second())

    result = run_json(tmp_path, {"in-danger": "yes"}, "--form", "return-visit")

    assert result["flags"][0]["rule"] == "RV-DANGER"
    with pytest.raises(CommandError, match="There is no published questionnaire no-such"):
        run(tmp_path, {}, "--form", "no-such")
